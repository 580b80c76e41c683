"""The address nearest to a point, through geopy: the centre of a circle drawn on the map.

One lookup at a time and no filter: what ``BANFrance`` is made for. Its default host is closed,
so the domain is always given; it waits in a thread, so that a search never waits for it.
"""

import asyncio
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

import httpx
from geopy.adapters import BaseSyncAdapter
from geopy.exc import GeopyError
from geopy.geocoders import BANFrance

from downloads.bounded_answers import ADDRESS_BYTES, AnswerUnusable, fetch_answer
from geography.distance import distance_km
from geography.geocoding.national_api import (
    Feature,
    GeocoderDownError,
    parse_feature,
    require_available,
)
from geography.geocoding.privacy import keep_addresses_out_of_logs

REVERSE_KM = 2.0
"""An address farther than this from the point does not name it."""


class BoundedAdapter(BaseSyncAdapter):  # type: ignore[misc]  # geopy has no types
    """Reads the answers for geopy within the bounds of every answer of the service."""

    def __init__(self, *, proxies: Any, ssl_context: Any) -> None:
        super().__init__(proxies=proxies, ssl_context=ssl_context)
        self._client = httpx.Client()

    def get_json(self, url: str, *, timeout: float, headers: Mapping[str, str]) -> Any:
        """The JSON of the service; raises ``GeocoderDownError``."""
        try:
            answer = fetch_answer(
                self._client,
                "GET",
                url,
                ADDRESS_BYTES,
                seconds=timeout,
                timeout=timeout,
                headers=headers,
            )
            require_available(answer)
            if answer.status != HTTPStatus.OK:
                raise GeocoderDownError(f"status {answer.status}")
            return answer.parse_json()
        except (httpx.HTTPError, httpx.InvalidURL, AnswerUnusable) as error:
            raise GeocoderDownError(type(error).__name__) from None

    def get_text(self, url: str, *, timeout: float, headers: Mapping[str, str]) -> str:
        """Refused: the service answers JSON alone."""
        raise GeocoderDownError("no JSON")


class ReverseGeocoder:
    """Reverse lookups at ``base``, such as ``https://data.geopf.fr/geocodage``."""

    def __init__(self, base: str, timeout_s: float) -> None:
        keep_addresses_out_of_logs()
        parts = urlsplit(base)
        self._timeout_s = timeout_s
        self._geocoder = BANFrance(
            domain=f"{parts.netloc}{parts.path}",
            scheme=parts.scheme,
            timeout=timeout_s,
            adapter_factory=BoundedAdapter,
        )

    async def nearest(self, lat: float, lon: float) -> Feature | None:
        """The nearest address, None when there is none around; raises GeocoderDownError."""
        try:
            async with asyncio.timeout(self._timeout_s):
                return await asyncio.to_thread(self._lookup, lat, lon)
        except TimeoutError:
            raise GeocoderDownError("timeout") from None

    def _lookup(self, lat: float, lon: float) -> Feature | None:
        try:
            location = self._geocoder.reverse((lat, lon))
        except (GeopyError, AttributeError, LookupError, TypeError, ValueError) as error:
            raise GeocoderDownError(type(error).__name__) from None
        feature = None if location is None else parse_feature(location.raw)
        if feature is None or distance_km(lat, lon, feature.lat, feature.lon) > REVERSE_KM:
            return None
        return feature
