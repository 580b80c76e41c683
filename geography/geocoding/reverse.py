"""The address nearest to a point, through geopy: the centre of a circle drawn on the map.

One lookup at a time and no filter: what ``BANFrance`` is made for. Its default host is closed,
so the domain is always given; it waits in a thread, so that a search never waits for it.
"""

import asyncio
from urllib.parse import urlsplit

from geopy.exc import GeocoderRateLimited, GeopyError
from geopy.geocoders import BANFrance

from geography.distance import distance_km
from geography.geocoding.national_api import Feature, GeocoderDownError, parse_feature
from geography.geocoding.privacy import keep_addresses_out_of_logs

REVERSE_KM = 2.0
"""An address farther than this from the point does not name it."""


class ReverseGeocoder:
    """Reverse lookups at ``base``, such as ``https://data.geopf.fr/geocodage``."""

    def __init__(self, base: str, timeout_s: float) -> None:
        keep_addresses_out_of_logs()
        parts = urlsplit(base)
        self._timeout_s = timeout_s
        self._geocoder = BANFrance(
            domain=f"{parts.netloc}{parts.path}", scheme=parts.scheme, timeout=timeout_s
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
        except GeocoderRateLimited as error:
            raise GeocoderDownError("status 429", error.retry_after) from None
        except (GeopyError, AttributeError, LookupError, TypeError, ValueError) as error:
            raise GeocoderDownError(type(error).__name__) from None
        feature = None if location is None else parse_feature(location.raw)
        if feature is None or distance_km(lat, lon, feature.lat, feature.lon) > REVERSE_KM:
            return None
        return feature
