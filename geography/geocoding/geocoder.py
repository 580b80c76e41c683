"""Location of a patient from a line of text: the national address API, then the gazetteer.

Design 6 and 8.2. ``source`` is the origin of the answer (F006). The text is sent to the service
alone: it is in no log and in no error.
"""

import time
from dataclasses import dataclass

import structlog

from geography.commune_lookup import (
    NamedCommune,
    PostalAddress,
    departments_of_postcode,
    find_commune,
)
from geography.departments import departments
from geography.gazetteer import Commune, Gazetteer, load_gazetteer
from geography.geocoding.breaker import CircuitBreaker, Monotonic
from geography.geocoding.national_api import (
    Feature,
    GeocoderDownError,
    NationalAddressApi,
    is_believable,
)
from geography.geocoding.reverse import ReverseGeocoder
from geography.geocoding.settings import GeocoderSettings, geocoder_settings
from geography.place_names import split_place
from geography.projections import is_in_department
from geography.where.department_text import match_department
from geography.where.text_place import EXACT, CommuneMatch, Home, Point, match_commune
from mappings.records import Precision

NATIONAL_API, GAZETTEER = "national_address_api", "gazetteer"
"""Values of ``source``: the origin of an answer."""

MAX_QUERY = 200
"""Characters the service accepts in ``q``."""

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class GeocodedAddress:
    """A place found: WGS84 degrees, commune, ``precision`` (what the point is).

    ``score`` is how alike the texts are, 0 to 1. ``source`` is NATIONAL_API or GAZETTEER.
    """

    label: str
    lat: float
    lon: float
    insee: str
    city: str
    postal_code: str
    department: str
    precision: Precision
    score: float
    source: str


@dataclass(frozen=True, slots=True)
class DepartmentMatch:
    """A text that names a whole department: its centre in degrees, its circle in km (F009)."""

    code: str
    name: str
    lat: float
    lon: float
    radius_km: float
    score: float = EXACT
    source: str = GAZETTEER


@dataclass(frozen=True, slots=True)
class ExpectedLocation:
    """Location required of an answer by the codes given with a text; empty without any."""

    communes: frozenset[str] = frozenset()
    departments: frozenset[str] = frozenset()


class Geocoder:
    """The chain of geocoders; one object a process, safe for concurrent searches."""

    def __init__(
        self,
        settings: GeocoderSettings | None = None,
        *,
        gazetteer: Gazetteer | None = None,
        clock: Monotonic = time.monotonic,
    ) -> None:
        chosen = settings or geocoder_settings()
        self._gazetteer = gazetteer or load_gazetteer()
        self._breaker = CircuitBreaker(chosen.retry_after_s, clock)
        timeout_s = chosen.timeout_ms / 1000
        base = chosen.base
        self._api = NationalAddressApi(base, timeout_s) if base else None
        self._reverse = ReverseGeocoder(base, timeout_s) if base else None

    async def geocode(
        self,
        text: str,
        *,
        insee: str | None = None,
        postcode: str | None = None,
        near: Point | None = None,
        home: Home = (),
    ) -> GeocodedAddress | None:
        """The place of a text, None when it is unknown (F005, F007).

        ``insee`` and ``postcode`` win over the text: an answer in another department than
        theirs is refused. A bare commune, postcode or district is answered without network.
        ``near`` (latitude, longitude) prefers nearer homonyms, ``home`` those of the departments
        of the caller.
        """
        matched = match_commune(
            self._gazetteer, text, insee=insee, postcode=postcode, near=near, home=home
        )
        if matched is None or matched.score < EXACT:
            around = near or _find_home_centre(home)
            found = await self._search_api(text, insee, postcode, around)
            if found is not None:
                return found
        return None if matched is None else _from_commune(matched, postcode)

    async def resolve_text(
        self, text: str, *, home: Home = ()
    ) -> GeocodedAddress | DepartmentMatch | None:
        """The department a whole text names, else the place ``geocode`` finds."""
        code = match_department(self._gazetteer, text)
        if code is None:
            return await self.geocode(text, home=home)
        found = departments()[code]
        return DepartmentMatch(code, found.name, found.lat, found.lon, found.county_radius_km)

    async def complete(self, text: str) -> list[GeocodedAddress] | None:
        """The addresses that a text begins, best first; None when the service fails (F003)."""
        if self._api is None or not self._breaker.allows():
            return None
        try:
            query = {**self._parameters(text, None, None, None), "autocomplete": "1"}
            features = await self._api.search(query)
        except GeocoderDownError as error:
            self._report_failure(error)
            return None
        self._breaker.record_success()
        return [found for found in map(self._resolve_feature, features) if found is not None]

    async def reverse(self, lat: float, lon: float) -> GeocodedAddress:
        """The address or else the nearest commune of a point in degrees (F015)."""
        if self._reverse is not None and self._breaker.allows():
            try:
                feature = await self._reverse.nearest(lat, lon)
            except GeocoderDownError as error:
                self._report_failure(error)
            else:
                self._breaker.record_success()
                found = self._resolve_feature(feature) if feature else None
                if found is not None:
                    return found
        return _from_commune(CommuneMatch(self._gazetteer.nearest(lat, lon), EXACT), None)

    @property
    def is_down(self) -> bool:
        """True when the last call to the service failed: None may then mean "not requested"."""
        return self._api is not None and self._breaker.failing

    async def aclose(self) -> None:
        """Closes the connections to the service."""
        if self._api is not None:
            await self._api.aclose()

    async def _search_api(
        self, text: str, insee: str | None, postcode: str | None, near: Point | None
    ) -> GeocodedAddress | None:
        expected = self._build_expected_location(text, insee, postcode)
        if self._api is None or not text.strip() or not self._breaker.allows():
            return None
        try:
            features = await self._api.search(self._parameters(text, insee, postcode, near))
        except GeocoderDownError as error:
            self._report_failure(error)
            return None
        self._breaker.record_success()
        accepted = (self._accept_feature(feature, expected) for feature in features)
        return next((found for found in accepted if found is not None), None)

    def _parameters(
        self, text: str, insee: str | None, postcode: str | None, near: Point | None
    ) -> dict[str, str]:
        """The query; a CEDEX postcode or the code of a whole city would filter out every street."""
        sendable = text.encode("utf-8", "ignore").decode()  # half a surrogate pair is no text
        parameters = {"q": " ".join(sendable.split())[:MAX_QUERY]}
        commune = self._gazetteer.by_insee(insee) if insee else None
        if commune and not self._gazetteer.has_districts(commune.insee):
            parameters["citycode"] = commune.insee
        elif postcode and self._gazetteer.by_postcode(postcode):
            parameters["postcode"] = postcode
        if near is not None:
            parameters["lat"], parameters["lon"] = str(near[0]), str(near[1])
        return parameters

    def _build_expected_location(
        self, text: str, insee: str | None, postcode: str | None
    ) -> ExpectedLocation:
        """The communes and departments an answer must lie in, from the codes given or written."""
        place = split_place(text)
        written = postcode or place.postcode or ""
        if insee:
            named = find_commune(self._gazetteer, PostalAddress("", written, "", insee))
            if isinstance(named, NamedCommune):
                family = self._gazetteer.insee_family(named.commune.insee)
                return ExpectedLocation(frozenset(family), frozenset({named.commune.department}))
        served = self._gazetteer.by_postcode(written)
        codes = {c.department for c in served} or set(departments_of_postcode(written))
        if not codes and place.department:
            codes = {place.department}
        families = (self._gazetteer.insee_family(c.insee) for c in served)
        return ExpectedLocation(
            frozenset(code for family in families for code in family), frozenset(codes)
        )

    def _accept_feature(
        self, feature: Feature, expected: ExpectedLocation
    ) -> GeocodedAddress | None:
        """The answer as a place, None when it is not alike enough or not where it should be."""
        found = self._resolve_feature(feature)
        if found is None:
            return None
        same = bool(expected.communes & set(self._gazetteer.insee_family(found.insee)))
        elsewhere = expected.departments and found.department not in expected.departments
        if elsewhere or not is_believable(feature.precision, feature.score, same):
            return None
        return found

    def _resolve_feature(self, feature: Feature) -> GeocodedAddress | None:
        """The answer as a place; None when its point is not in its department (or in France)."""
        commune = self._gazetteer.by_insee(feature.insee)
        if commune is None or not is_in_department(feature.lat, feature.lon, commune.department):
            return None
        return _from_feature(feature, commune)

    def _report_failure(self, error: GeocoderDownError) -> None:
        self._breaker.record_failure(error.retry_after_s)
        _log.warning("geocoder_unavailable", how=error.reason)


def _find_home_centre(home: Home) -> Point | None:
    """The centre of the caller's department, when there is one only: no place of a patient."""
    if len(home) != 1:
        return None
    (department,) = (departments()[code] for code in home)
    return department.lat, department.lon


def _from_feature(feature: Feature, commune: Commune) -> GeocodedAddress:
    return GeocodedAddress(
        label=feature.label,
        lat=feature.lat,
        lon=feature.lon,
        insee=commune.insee,
        city=feature.city,
        postal_code=feature.postal_code,
        department=commune.department,
        precision=feature.precision,
        score=feature.score,
        source=NATIONAL_API,
    )


def _from_commune(commune_match: CommuneMatch, postcode: str | None) -> GeocodedAddress:
    commune = commune_match.commune
    known = postcode if postcode in commune.postcodes else None
    return GeocodedAddress(
        label=commune.label,
        lat=commune.lat,
        lon=commune.lon,
        insee=commune.insee,
        city=commune.name,
        postal_code=known or next(iter(commune.postcodes), ""),
        department=commune.department,
        precision=Precision.MUNICIPALITY,
        score=commune_match.score,
        source=GAZETTEER,
    )
