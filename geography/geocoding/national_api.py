"""The national address API (data-sources 4): one search, within a total time.

Base https://data.geopf.fr/geocodage, no key, 50 requests a second. ``score`` is how alike the
texts are, ``type`` how precise the point is; both are kept.
"""

import asyncio
from collections.abc import Mapping
from http import HTTPStatus
from typing import Annotated, Any, NamedTuple

import httpx
from pydantic import BaseModel, Field, StringConstraints, ValidationError

from downloads.bounded_answers import (
    ADDRESS_BYTES,
    AnswerUnusable,
    BoundedAnswer,
    fetch_async_answer,
)
from geography.geocoding.privacy import keep_addresses_out_of_logs
from mappings.records import Precision

MIN_SCORE = 0.7
PRECISE_MIN_SCORE = 0.5
PRECISE = frozenset({Precision.HOUSENUMBER, Precision.STREET})
"""A precise answer in the expected commune is believed from 0.5 on, any other from 0.7."""

LIMIT = 5
"""Features requested, and the most that are read."""

SERVER_ERROR = 500
"""First HTTP status of a failure of the service itself."""

ServiceText = Annotated[str, StringConstraints(max_length=300)]
"""A text of the service; its longest labels are under 150 characters."""
Degrees = Annotated[float, Field(ge=-180, le=180, allow_inf_nan=False)]


class GeocoderDownError(Exception):
    """The service cannot be used now; the message is the kind of failure, never the query."""

    def __init__(self, reason: str, retry_after_s: float | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.retry_after_s = retry_after_s


class Feature(NamedTuple):
    """One answer: WGS84 degrees, label, codes as the service gives them."""

    label: str
    lat: float
    lon: float
    insee: str
    city: str
    postal_code: str
    precision: Precision
    score: float


def is_believable(precision: Precision, score: float, same_commune: bool) -> bool:
    """True when an answer is similar enough to denote the address (data-sources 4.2)."""
    if score >= MIN_SCORE:
        return True
    return same_commune and precision in PRECISE and score >= PRECISE_MIN_SCORE


class NationalAddressApi:
    """The search of the service at ``base``; raises GeocoderDownError, never with the address."""

    def __init__(self, base: str, timeout_s: float) -> None:
        keep_addresses_out_of_logs()
        self._url = f"{base}/search"
        self._timeout_s = timeout_s
        self._client: httpx.AsyncClient | None = None

    async def search(self, parameters: Mapping[str, str]) -> list[Feature]:
        """The features for ``q`` and the filters ``citycode``, ``postcode``, ``type``, ``lat``."""
        query = {"limit": str(LIMIT), **parameters}
        client = self._get_client()
        try:
            async with asyncio.timeout(self._timeout_s):
                answer = await fetch_async_answer(
                    client, "GET", self._url, ADDRESS_BYTES, params=query
                )
        except TimeoutError:
            raise GeocoderDownError("timeout") from None
        except (httpx.HTTPError, httpx.InvalidURL, AnswerUnusable) as error:
            raise GeocoderDownError(type(error).__name__) from None
        return _read_features(answer)

    async def aclose(self) -> None:
        """Closes the connections."""
        if self._client is not None:
            await self._client.aclose()
            self._client = None

    def _get_client(self) -> httpx.AsyncClient:
        if self._client is None:
            self._client = httpx.AsyncClient(timeout=self._timeout_s)
        return self._client


class _Properties(BaseModel):
    """The properties that are used, within what the service can mean; others are ignored."""

    label: ServiceText
    citycode: ServiceText
    city: ServiceText
    postcode: ServiceText = ""
    type: Precision
    score: float = Field(allow_inf_nan=False)


class _Geometry(BaseModel):
    """WGS84 degrees, longitude first (RFC 7946)."""

    coordinates: Annotated[list[Degrees], Field(min_length=2, max_length=3)]


class _FeatureAnswer(BaseModel):
    """One GeoJSON feature of an address."""

    properties: _Properties
    geometry: _Geometry


def parse_feature(raw: Any) -> Feature | None:
    """One GeoJSON feature; None when a part is missing, of another type or out of its range."""
    try:
        read = _FeatureAnswer.model_validate(raw)
    except ValidationError:
        return None
    properties, (lon, lat) = read.properties, read.geometry.coordinates[:2]
    return Feature(
        label=properties.label,
        lat=lat,
        lon=lon,
        insee=properties.citycode,
        city=properties.city,
        postal_code=properties.postcode,
        precision=properties.type,
        score=min(1.0, max(0.0, properties.score)),
    )


def retry_after_s(answer: BoundedAnswer) -> float | None:
    """The delay of a refusal, in seconds; None without one, or for a date."""
    text = answer.headers.get("Retry-After", "")
    return float(text) if text.isascii() and text.isdigit() else None


def require_available(answer: BoundedAnswer) -> None:
    """Raise ``GeocoderDownError`` for a status that a later request may not meet."""
    if answer.status == HTTPStatus.TOO_MANY_REQUESTS or answer.status >= SERVER_ERROR:
        raise GeocoderDownError(f"status {answer.status}", retry_after_s(answer))


def _read_features(answer: BoundedAnswer) -> list[Feature]:
    """The sound features, at most ``LIMIT``; raises ``GeocoderDownError`` for no collection.

    A refusal (4xx) is of this text alone. A redirection is followed nowhere, and is no answer: that
    of a captive portal, for instance.
    """
    require_available(answer)
    if answer.status >= HTTPStatus.BAD_REQUEST:
        return []
    if answer.status != HTTPStatus.OK:
        raise GeocoderDownError(f"status {answer.status}")
    try:
        collection = answer.parse_json()
    except AnswerUnusable:
        raise GeocoderDownError("unreadable answer") from None
    raw = collection.get("features") if isinstance(collection, dict) else None
    if not isinstance(raw, list):
        raise GeocoderDownError("unreadable answer")
    features = map(parse_feature, raw[:LIMIT])
    return [feature for feature in features if feature is not None]
