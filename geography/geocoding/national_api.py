"""The national address API (data-sources 4): one search, within a total time.

Base https://data.geopf.fr/geocodage, no key, 50 requests a second. ``score`` is how alike the
texts are, ``type`` how precise the point is; both are kept.
"""

import asyncio
from collections.abc import Iterator, Mapping
from http import HTTPStatus
from typing import Any, NamedTuple

import httpx

from geography.geocoding.privacy import keep_addresses_out_of_logs
from mappings.records import Precision

MIN_SCORE = 0.7
PRECISE_MIN_SCORE = 0.5
PRECISE = frozenset({Precision.HOUSENUMBER, Precision.STREET})
"""A precise answer in the expected commune is believed from 0.5 on, any other from 0.7."""

LIMIT = 5


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
        try:
            async with asyncio.timeout(self._timeout_s):
                query = {"limit": str(LIMIT), **parameters}
                response = await self._get_client().get(self._url, params=query)
        except TimeoutError:
            raise GeocoderDownError("timeout") from None
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise GeocoderDownError(type(error).__name__) from None
        return _read_features(response)

    async def aclose(self) -> None:
        """Closes the connections."""
        if self._client is not None:
            await self._client.aclose()
            self._client = None

    def _get_client(self) -> httpx.AsyncClient:
        if self._client is None:
            self._client = httpx.AsyncClient(timeout=self._timeout_s)
        return self._client


def parse_feature(raw: Mapping[str, Any]) -> Feature | None:
    """One GeoJSON feature; None when a part is missing or of a type we do not know."""
    try:
        properties, (lon, lat) = raw["properties"], raw["geometry"]["coordinates"][:2]
        return Feature(
            label=str(properties["label"]),
            lat=float(lat),
            lon=float(lon),
            insee=str(properties["citycode"]),
            city=str(properties["city"]),
            postal_code=str(properties.get("postcode", "")),
            precision=Precision(properties["type"]),
            score=min(1.0, max(0.0, float(properties["score"]))),
        )
    except (KeyError, TypeError, ValueError):
        return None


def retry_after_s(response: httpx.Response) -> float | None:
    """The delay of a refusal, in seconds; None without one, or for a date."""
    text = response.headers.get("Retry-After", "")
    return float(text) if text.isascii() and text.isdigit() else None


def require_available(response: httpx.Response) -> None:
    """Raise ``GeocoderDownError`` for a status that a later request may not meet."""
    if response.status_code == HTTPStatus.TOO_MANY_REQUESTS or response.is_server_error:
        raise GeocoderDownError(f"status {response.status_code}", retry_after_s(response))


def _read_features(response: httpx.Response) -> list[Feature]:
    require_available(response)
    if response.status_code != HTTPStatus.OK:
        return []
    try:
        raw = response.json()["features"]
        return list(_parse_valid_features(raw))
    except (ValueError, KeyError, TypeError):
        raise GeocoderDownError("unreadable answer") from None


def _parse_valid_features(raw: list[Mapping[str, Any]]) -> Iterator[Feature]:
    for feature in map(parse_feature, raw):
        if feature is not None:
            yield feature
