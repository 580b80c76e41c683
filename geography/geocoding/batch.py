"""Geocoding for loads: the CSV batch of the national address API (data-sources 4.2).

Pass 1 filters on the commune or the postcode and places about 94 %; pass 2 repeats without
filter those without result. Whether an answer agrees with its address is decided by
``geography.locate``.
"""

import csv
import io
import math
import time
from collections.abc import Callable, Sequence
from http import HTTPStatus

import httpx
import structlog

from downloads.bounded_answers import ADDRESS_BATCH_BYTES, AnswerUnusable, fetch_answer
from geography.address import normalise_city, normalise_line
from geography.commune_lookup import PostalAddress, read_commune_code
from geography.gazetteer import Gazetteer, load_gazetteer
from geography.geocoding.breaker import Monotonic
from geography.geocoding.national_api import (
    GeocoderDownError,
    is_believable,
    require_available,
)
from geography.geocoding.privacy import keep_addresses_out_of_logs
from geography.geocoding.settings import GeocoderSettings, geocoder_settings
from geography.locate import CHUNK, GeocodedPoint
from mappings.records import Precision

MAX_REQUESTS_PER_S = 50
"""The public limit of the service, beyond which it answers 429."""

ATTEMPTS = 3
BACKOFF_S = 1.0
"""Pause after a failure, in seconds, doubled each time, unless the service gives one."""

MAX_WAIT_S = 60.0
GIVE_UP_AFTER = 2
"""Chunks lost in a row after which the service is left alone for the rest of the load."""

COLUMNS = ("rank", "line", "city", "postcode", "citycode")

_log = structlog.get_logger(__name__)


class BatchGeocoder:
    """Geocodes addresses by the thousand; one object a load.

    ``unanswered`` counts the addresses left out by a failing service: their offers are at
    their commune, and a load should report it.
    """

    def __init__(
        self,
        settings: GeocoderSettings | None = None,
        *,
        gazetteer: Gazetteer | None = None,
        clock: Monotonic = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        keep_addresses_out_of_logs()
        chosen = settings or geocoder_settings()
        self._url = f"{chosen.base}/search/csv" if chosen.base else None
        self._timeout_s = chosen.batch_timeout_s
        self._client = httpx.Client(timeout=self._timeout_s)
        self._gazetteer = gazetteer or load_gazetteer()
        self._clock, self._sleep = clock, sleep
        self._next_request = 0.0
        self._lost_chunks = 0
        self.unanswered = 0

    def geocode(self, addresses: Sequence[PostalAddress]) -> list[GeocodedPoint | None]:
        """One answer an address, in the same order; None when none is good enough."""
        answers: list[GeocodedPoint | None] = []
        for start in range(0, len(addresses), CHUNK):
            answers += self._geocode_chunk(addresses[start : start + CHUNK])
        return answers

    def close(self) -> None:
        """Closes the connections to the service."""
        self._client.close()

    def _geocode_chunk(self, addresses: Sequence[PostalAddress]) -> list[GeocodedPoint | None]:
        if self._url is None:
            return [None] * len(addresses)
        answers: list[GeocodedPoint | None] = [None] * len(addresses)
        try:
            for filtered in (True, False):
                self._fill_missing(answers, addresses, filtered)
        except GeocoderDownError as error:
            self._lost_chunks += 1
            left = sum(answer is None for answer in answers)
            self.unanswered += left
            _log.warning("batch_geocoder_unavailable", how=error.reason, addresses=left)
        return answers

    def _fill_missing(
        self,
        answers: list[GeocodedPoint | None],
        addresses: Sequence[PostalAddress],
        filtered: bool,
    ) -> None:
        """Asks for what has no answer yet; raises GeocoderDownError."""
        missing = [rank for rank, answer in enumerate(answers) if answer is None]
        if not missing:
            return
        if self._lost_chunks >= GIVE_UP_AFTER:
            raise GeocoderDownError("given up")
        found = self._request_answers(
            [self._build_row(rank, addresses[rank], filtered) for rank in missing]
        )
        self._lost_chunks = 0
        for rank, answer in found.items():
            answers[rank] = answer

    def _build_row(self, rank: int, address: PostalAddress, filtered: bool) -> dict[str, str]:
        """An address as the service reads it: no CEDEX, and filters only where they can match."""
        postcode = address.postal_code.strip()
        named = read_commune_code(self._gazetteer, address)
        commune = named and named.commune
        whole_city = commune and self._gazetteer.has_districts(commune.insee)
        citycode = commune.insee if commune and not whole_city and not commune.part else ""
        known = postcode if self._gazetteer.by_postcode(postcode) else ""
        return {
            "rank": str(rank),
            "line": normalise_line(address.line),
            "city": normalise_city(address.city),
            "postcode": known if filtered and not citycode else "",
            "citycode": citycode if filtered else "",
        }

    def _request_answers(self, rows: list[dict[str, str]]) -> dict[int, GeocodedPoint]:
        body = _build_csv(rows)
        for attempt in range(ATTEMPTS):
            self._throttle()
            try:
                return _parse_answers(self._post(body), {row["rank"] for row in rows})
            except GeocoderDownError as error:
                if attempt == ATTEMPTS - 1:
                    raise
                wait = error.retry_after_s or BACKOFF_S * 2**attempt
                self._sleep(min(MAX_WAIT_S, wait))
        return {}

    def _post(self, body: bytes) -> str:
        form = {"columns": ["line", "city"], "postcode": "postcode", "citycode": "citycode"}
        try:
            answer = fetch_answer(
                self._client,
                "POST",
                self._url or "",
                ADDRESS_BATCH_BYTES,
                seconds=self._timeout_s,
                data=form,
                files={"data": ("addresses.csv", body, "text/csv")},
            )
        except (httpx.HTTPError, httpx.InvalidURL, AnswerUnusable) as error:
            raise GeocoderDownError(type(error).__name__) from None
        require_available(answer)
        if answer.status != HTTPStatus.OK:
            raise GeocoderDownError(f"status {answer.status}")
        return answer.body.decode("utf-8-sig", errors="replace")

    def _throttle(self) -> None:
        """Waits so that no more than 50 requests leave in a second."""
        now = self._clock()
        if now < self._next_request:
            self._sleep(self._next_request - now)
        self._next_request = max(now, self._next_request) + 1 / MAX_REQUESTS_PER_S


def _build_csv(rows: list[dict[str, str]]) -> bytes:
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


def _parse_answers(text: str, expected_ranks: set[str]) -> dict[int, GeocodedPoint]:
    """The believable answers by rank; raises GeocoderDownError for anything but our CSV."""
    try:
        rows = list(csv.DictReader(io.StringIO(text)))
    except csv.Error:
        raise GeocoderDownError("unreadable answer") from None
    if {row.get("rank") for row in rows} != expected_ranks or len(rows) != len(expected_ranks):
        raise GeocoderDownError("unreadable answer")
    answers = ((int(row["rank"]), _parse_answer(row)) for row in rows)
    return {rank: answer for rank, answer in answers if answer is not None}


def _parse_answer(row: dict[str, str]) -> GeocodedPoint | None:
    """One answered row; None when nothing was found, or nothing alike enough."""
    try:
        lat, lon = float(row["latitude"]), float(row["longitude"])
        score, precision = float(row["result_score"]), Precision(row["result_type"])
    except (KeyError, TypeError, ValueError):
        return None
    same = bool(row.get("citycode")) and row["citycode"] == row.get("result_citycode")
    if not (math.isfinite(lat) and math.isfinite(lon)) or not is_believable(precision, score, same):
        return None
    return GeocodedPoint(lat, lon, precision, score)
