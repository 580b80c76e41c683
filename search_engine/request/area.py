"""Where the patient is: centre, radius, precision and zone of a search.

A place is given as a point, a text, a commune or a department; each becomes one ``Area``. The
text goes through the geocoder chain and is kept out of every error.
"""

from enum import StrEnum
from functools import cache
from typing import NamedTuple, Protocol

from geography.commune_lookup import NamedCommune, PostalAddress, read_commune_code
from geography.density import DensityClass, find_density_class
from geography.departments import (
    Department,
    commune_zone,
    departments,
    find_territory_departments,
)
from geography.distance import distance_km
from geography.gazetteer import Commune, Gazetteer, load_gazetteer
from geography.geocoding.geocoder import DepartmentMatch, GeocodedAddress
from geography.radii_file import REASON
from geography.where.coordinates import PastedPoint, is_link, parse_coordinates
from geography.where.text_place import Home
from mappings.records import Precision
from search_engine.request.criteria import Criteria
from search_engine.request.problems import (
    CommuneNotFound,
    CoordinatesSwapped,
    DepartmentNotFound,
    GeocoderUnavailable,
    LinkWithoutPoint,
    PlaceNotFound,
    PlaceOutsideFrance,
    RadiusNotApplicable,
)

BORDER_KM = 5.0
"""Tolerance around the farthest corner of the communes: a patient on a beach or a border road."""

LEAST_RADIUS_KM = {
    DensityClass.DENSE: 5.0,
    DensityClass.URBAN: 10.0,
    DensityClass.MIXED: 15.0,
    DensityClass.RURAL: 25.0,
}
"""Default radius at least, by kind of area: half of Finistère is country, its radius is 10 km."""

MIN_RADIUS_KM = 0.001
"""Smallest radius searched: Elasticsearch refuses one that rounds to nothing."""


class AreaKind(StrEnum):
    """How the place was given."""

    POINT = "point"
    ADDRESS = "address"
    COMMUNE = "commune"
    DEPARTMENT = "department"
    CIRCLE = "circle"


class AreaScope(StrEnum):
    """What bounds a remote search instead of the place: nobody travels to it."""

    TERRITORY = "territory"
    """The SAS territory of the patient."""
    COUNTRY = "country"


class Area(NamedTuple):
    """A resolved place. Kilometres and WGS84 degrees; ``radius_km`` None for a department.

    ``reference_km`` is the corrected city radius of the department, the unit of credits;
    ``first_radius_km`` is the radius before enlargement, None without one.
    ``patient_point`` is True when distances are measured from the patient's own point. ``scope``
    is None where the place itself bounds the list.
    """

    kind: AreaKind
    label: str
    lat: float
    lon: float
    department: str
    zone: str
    reference_km: float
    step_km: float
    radius_km: float | None
    patient_point: bool
    explicit_radius: bool = False
    first_radius_km: float | None = None
    insee: str | None = None
    postal_code: str | None = None
    city: str | None = None
    precision: str | None = None
    score: float | None = None
    source: str = "request"
    service_down: bool = False
    """The address service could not be asked: the commune stands for an address not looked for."""
    scope: AreaScope | None = None

    @property
    def territory(self) -> str:
        """The SAS territory of the place, ``SAS-48``."""
        return departments()[self.department].territory

    def enlarge(self, radius_km: float) -> "Area":
        """The same place with a larger radius; the first radius is kept."""
        return self._replace(
            radius_km=radius_km, first_radius_km=self.first_radius_km or self.radius_km
        )

    def first_circle(self) -> "Area":
        """The same place before any enlargement."""
        first = self.first_radius_km or self.radius_km
        return self._replace(radius_km=first, first_radius_km=None, scope=None)


class AddressFinder(Protocol):
    """What finds a place from its text: ``geography.geocoding.geocoder.Geocoder``."""

    @property
    def is_down(self) -> bool:
        """True when the service cannot be reached."""
        ...

    async def resolve_text(
        self, text: str, *, home: Home = ()
    ) -> GeocodedAddress | DepartmentMatch | None:
        """The place or the department, those of ``home`` first; None when unknown."""
        ...

    async def complete(self, text: str) -> list[GeocodedAddress] | None:
        """The addresses that begin with the text, None when the service cannot be used."""
        ...


async def resolve_area(criteria: Criteria, geocoder: AddressFinder) -> Area:
    """The area of a search (F005, F007 to F011, F015, F016, W36).

    Raises ``PlaceNotFound``, ``PlaceOutsideFrance``, ``CoordinatesSwapped``,
    ``RadiusNotApplicable`` or ``GeocoderUnavailable``, each naming the criterion at fault.
    """
    gazetteer = load_gazetteer()
    if criteria.lat is not None and criteria.lon is not None:
        return point_area(gazetteer, criteria.lat, criteria.lon, criteria.radius_km)
    if criteria.insee is not None:
        return insee_area(gazetteer, criteria.insee, criteria.radius_km)
    if criteria.department is not None:
        return department_area(find_department(criteria.department), criteria.radius_km)
    where, home = criteria.where or "", find_home(criteria)
    return await text_area(gazetteer, where, criteria.radius_km, geocoder, home)


def find_home(criteria: Criteria) -> frozenset[str]:
    """The departments of the caller, and of the territories that he chose as a filter: between
    two communes of one name, theirs is meant."""
    return find_territory_departments((*criteria.caller_territories, *criteria.territory))


def point_area(
    gazetteer: Gazetteer, lat: float, lon: float, radius_km: float | None, *, field: str = "lat"
) -> Area:
    """Around the patient's own point; with an explicit radius it is a drawn circle (F015).

    Raises ``CoordinatesSwapped`` when only the other order is in France, else
    ``PlaceOutsideFrance``; ``field`` is the criterion that gave the point.
    """
    commune = find_point_commune(gazetteer, lat, lon)
    if commune is None and find_point_commune(gazetteer, lon, lat) is not None:
        raise CoordinatesSwapped(field)
    if commune is None:
        raise PlaceOutsideFrance(field)
    kind = AreaKind.POINT if radius_km is None else AreaKind.CIRCLE
    around = _commune_area(commune._replace(lat=lat, lon=lon), radius_km)
    return around._replace(
        kind=kind, lat=lat, lon=lon, patient_point=True, precision=None, source="request"
    )


def find_point_commune(gazetteer: Gazetteer, lat: float, lon: float) -> Commune | None:
    """The commune nearest to a point in degrees; None for a point outside France."""
    if not PastedPoint(lat, lon).is_on_earth:
        return None
    commune = gazetteer.nearest(lat, lon)
    inside = distance_km(lat, lon, commune.lat, commune.lon) <= _reach_km(commune.department)
    return commune if inside else None


def insee_area(gazetteer: Gazetteer, insee: str, radius_km: float | None) -> Area:
    """Around the point of a commune; arrondissements stay, former codes are answered.

    A code that is only a postcode is read as one: ``75016``.
    """
    found = read_insee(gazetteer, insee)
    if found is None:
        raise CommuneNotFound
    return _commune_area(found.commune, radius_km)


def read_insee(gazetteer: Gazetteer, insee: str) -> NamedCommune | None:
    """The commune of a code given alone, with what else the code may mean."""
    return read_commune_code(gazetteer, PostalAddress(insee=pad_insee(insee)))


def pad_insee(insee: str) -> str:
    """The INSEE code in capitals with its leading zero, an empty text unchanged."""
    return insee.upper().zfill(5) if insee else ""


def department_area(department: Department, radius_km: float | None) -> Area:
    """A whole department, within its own borders (W36): a radius has no meaning."""
    if radius_km is not None:
        raise RadiusNotApplicable
    return Area(
        kind=AreaKind.DEPARTMENT,
        label=f"{department.name} ({department.code})",
        lat=department.lat,
        lon=department.lon,
        department=department.code,
        zone=department.zone,
        reference_km=department.city_radius_km,
        step_km=department.step_km,
        radius_km=None,
        patient_point=False,
        source="gazetteer",
    )


def find_department(code: str) -> Department:
    """The department of a code, a lost zero restored: ``1``, ``2a``, ``971``."""
    found = departments().get(code.upper().zfill(2))
    if found is None:
        raise DepartmentNotFound
    return found


async def text_area(
    gazetteer: Gazetteer,
    text: str,
    radius_km: float | None,
    geocoder: AddressFinder,
    home: Home = (),
) -> Area:
    """The place of a text: a point pasted, a department, else the result of the geocoder chain.

    Coordinates and links of maps are read here and never sent to the service. An address better
    than its commune is the patient's own point; a commune is not. An unknown text is
    ``PlaceNotFound``, or ``GeocoderUnavailable`` while the service is down.
    """
    pasted = parse_coordinates(text)
    if pasted is not None:
        return point_area(gazetteer, *pasted, radius_km, field="where")
    if is_link(text):
        raise LinkWithoutPoint
    found = await geocoder.resolve_text(text, home=home)
    if isinstance(found, DepartmentMatch):
        return department_area(departments()[found.code], radius_km)
    if found is not None:
        return address_area(gazetteer, found, radius_km, service_down=geocoder.is_down)
    raise GeocoderUnavailable if geocoder.is_down else PlaceNotFound


def address_area(
    gazetteer: Gazetteer,
    address: GeocodedAddress,
    radius_km: float | None,
    *,
    service_down: bool = False,
) -> Area:
    """Around what the geocoder found; better than its commune, it is the patient's own point."""
    commune = gazetteer.by_insee(address.insee) or gazetteer.nearest(address.lat, address.lon)
    exact = address.precision is not Precision.MUNICIPALITY
    there = commune._replace(lat=address.lat, lon=address.lon)
    return _commune_area(there, radius_km)._replace(
        kind=AreaKind.ADDRESS if exact else AreaKind.COMMUNE,
        label=address.label,
        lat=address.lat,
        lon=address.lon,
        patient_point=exact,
        postal_code=address.postal_code or None,
        precision=address.precision.value,
        score=address.score,
        source=address.source,
        service_down=service_down,
    )


def choose_default_radius(department: Department, lat: float, lon: float) -> float:
    """The radius in kilometres of a search without one: the department's, and at least that of the
    kind of area around the point, unless the operator set it (F013)."""
    set_by_operator = any(
        correction.field == "city_radius_km" and correction.reason == REASON
        for correction in department.corrections
    )
    if set_by_operator:
        return department.city_radius_km
    return max(department.city_radius_km, LEAST_RADIUS_KM[find_density_class(lat, lon)])


def _commune_area(commune: Commune, radius_km: float | None) -> Area:
    """Around the point given to the commune, which may be that of an address in it."""
    department = departments()[commune.department]
    if radius_km is None:
        around_km = choose_default_radius(department, commune.lat, commune.lon)
    else:
        around_km = max(radius_km, MIN_RADIUS_KM)
    return Area(
        kind=AreaKind.COMMUNE,
        label=commune.label,
        lat=commune.lat,
        lon=commune.lon,
        department=commune.department,
        zone=commune_zone(commune.insee),
        reference_km=department.city_radius_km,
        step_km=department.step_km,
        radius_km=around_km,
        patient_point=False,
        explicit_radius=radius_km is not None,
        insee=commune.insee,
        postal_code=commune.postcodes[0] if len(commune.postcodes) == 1 else None,
        city=commune.name,
        precision=Precision.MUNICIPALITY.value,
        source="gazetteer",
    )


@cache
def _reach_km(department: str) -> float:
    """How far from a commune's point its department may still go: 700 km in Polynesia."""
    communes = load_gazetteer().in_department(department)
    return max(commune.reach_km for commune in communes) + BORDER_KM
