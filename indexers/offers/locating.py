"""Where an offer is: its point, how precise it is, its commune, department, territory and zone."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Generic, NamedTuple, TypeVar

from geography.address import normalise_city
from geography.commune_lookup import PostalAddress
from geography.departments import load_corrected_departments
from geography.ground import describe_ground
from geography.locate import CHUNK, LocateRequest, Location, LocationFailure, Locator, RawPoint
from geography.locate import find_crowded_points as crowded_among
from geography.reasons import Unlocatable
from indexers.offers.places import PracticePlace
from indexers.offers.records import Record
from indexers.quality.quarantine import Quarantine
from indexers.quality.reasons import Reason
from indexers.sources.finess.structure import Structure, StructureAddress
from indexers.sources.rpps.record import ActivityAddress
from mappings.fields import drop_empty_fields
from mappings.formats import AddressFormat, PointFormat
from mappings.offer_ids import distinct

Address = ActivityAddress | StructureAddress
OWN_FORMAT_POINT_SOURCE = "1,WGS84"
"""Source of a point of our own formats: degrees of WGS84, of the best precision."""

CrowdedPoints = frozenset[tuple[str, str]]
"""Raw pairs that too many addresses share: default points, not places (trap 54)."""


SubjectT = TypeVar("SubjectT")


class LocationCandidate(NamedTuple, Generic[SubjectT]):
    """A subject to locate: its address, and the points its source gives it."""

    subject: SubjectT
    request: LocateRequest
    address: Address
    line: int
    quarantine_label: str
    """Identifier kept in the quarantine when the subject cannot be located."""


class LocatedSubject(NamedTuple, Generic[SubjectT]):
    """A subject with the geographic fields of its offer and the source of its point."""

    subject: SubjectT
    fields: Record
    point_source: str


def locate_candidates(
    candidates: Iterable[LocationCandidate[SubjectT]], locator: Locator, quarantine: Quarantine
) -> Iterator[LocatedSubject[SubjectT]]:
    """The candidates that can be located, in order; the others go to the quarantine (F024).

    ``CHUNK`` candidates are located at a time, so that a geocoder is queried in batches.
    """
    waiting = iter(candidates)
    while chunk := list(islice(waiting, CHUNK)):
        locations = locator.locate_many(candidate.request for candidate in chunk)
        for candidate, location in zip(chunk, locations, strict=True):
            for reason in location.reasons:
                quarantine.points[reason] += 1
            if isinstance(location, Location):
                fields = place_fields(location, candidate.address)
                yield LocatedSubject(candidate.subject, fields, location.source)
            else:
                _reject(candidate, location, quarantine)


def _reject(
    candidate: LocationCandidate[SubjectT], failure: LocationFailure, quarantine: Quarantine
) -> None:
    if failure.reason is Unlocatable.FOREIGN:
        quarantine.skip(Reason.ABROAD)
        return
    label, detail = candidate.quarantine_label, failure.reason.value
    quarantine.reject(candidate.line, Reason.NOT_LOCATED, label, detail)


def place_fields(place: Location, address: Address) -> Record:
    """The geographic fields of an offer, named as in the index."""
    department = load_corrected_departments().get(place.department)
    lines = distinct([address.get("complement", ""), address.get("line", "")])
    return {
        "point": {"lat": place.lat, "lon": place.lon},
        "precision": place.precision.value,
        "city": place.city,
        "insee": place.insee,
        "department": place.department,
        "territory": f"SAS-{place.department}" if department is None else department.territory,
        "timezone": place.zone,
        **describe_ground(place.lat, place.lon, place.insee),
        **drop_empty_fields(lines=lines, postal_code=address.get("postal_code")),
    }


def place_address(place: PracticePlace, structure: Structure | None) -> Address:
    """The most complete address of a professional's place: the register's, else the site's."""
    own = [row["address"] for row in place.rows if "address" in row]
    for address in own:
        if address.get("line"):
            return address
    site = {} if structure is None else structure.get("address", {})
    return site if site.get("line") else _first(own)


def _first(addresses: Sequence[ActivityAddress]) -> ActivityAddress:
    return max(addresses, key=len, default=ActivityAddress())


def place_request(
    address: Address, structure: Structure | None, crowded: CrowdedPoints
) -> LocateRequest:
    """How to locate a professional's place: the site's point serves when the towns agree."""
    if structure is None or not _same_town(address, structure.get("address", {})):
        return LocateRequest(postal(address))
    return LocateRequest(postal(address), _points(structure, crowded), structure.get("ban_key", ""))


def structure_request(structure: Structure, crowded: CrowdedPoints) -> LocateRequest:
    """How to locate a site: its published points, else its address."""
    return LocateRequest(
        postal(structure.get("address", {})),
        _points(structure, crowded),
        structure.get("ban_key", ""),
    )


def own_format_request(address: AddressFormat, point: PointFormat | None) -> LocateRequest:
    """How to locate an address of our own formats, with the point given beside it, if any."""
    points = () if point is None else (RawPoint(point.lon, point.lat, OWN_FORMAT_POINT_SOURCE),)
    return LocateRequest(postal(own_format_address(address)), points)


def own_format_address(address: AddressFormat) -> ActivityAddress:
    """An address of our own formats as a record."""
    found: ActivityAddress = {"postal_code": address.postal_code, "city": address.city}
    if address.line:
        found["line"] = address.line
    if address.insee:
        found["insee"] = address.insee
    return found


def postal(address: Address) -> PostalAddress:
    """The address in the form of the locator."""
    return PostalAddress(
        line=address.get("line", ""),
        postal_code=address.get("postal_code", ""),
        city=address.get("city", ""),
        insee=address.get("insee", ""),
        country=str(address.get("country", "")),
    )


def find_crowded_structure_points(structures: Iterable[Structure]) -> CrowdedPoints:
    """The default points of a register: pairs that more than 20 different streets share."""
    return crowded_among(structure_request(one, frozenset()) for one in structures)


def _points(structure: Structure, crowded: CrowdedPoints) -> tuple[RawPoint, ...]:
    return tuple(
        RawPoint(pair["x"], pair["y"], pair.get("source", ""))
        for pair in structure.get("coordinates", ())
        if (pair["x"].strip(), pair["y"].strip()) not in crowded
    )


def _same_town(one: Address, other: Address) -> bool:
    if normalise_city(one.get("city", "")) == normalise_city(other.get("city", "")):
        return True
    code = one.get("postal_code") or one.get("insee")
    return code is not None and code == (other.get("postal_code") or other.get("insee"))


def locate_address(locator: Locator, request: LocateRequest, address: Address) -> Record | None:
    """The geographic fields of one address, None when it cannot be located."""
    place = locator.locate(request.address, request.points, request.ban_key)
    return None if isinstance(place, LocationFailure) else place_fields(place, address)
