"""Where an offer is: its point, how precise it is, its commune, department, territory and zone."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from typing import NamedTuple

from geography.address import normalise_city
from geography.commune_lookup import PostalAddress
from geography.departments import load_corrected_departments
from geography.locate import CHUNK, LocateRequest, Location, LocationFailure, Locator, RawPoint
from geography.locate import find_crowded_points as crowded_among
from geography.reasons import Unlocatable
from indexers.offers.places import PracticePlace
from indexers.offers.records import Record, drop_empty_fields
from indexers.quality.quarantine import Quarantine
from indexers.quality.reasons import Reason
from indexers.sources.finess.structure import Structure, StructureAddress
from indexers.sources.rpps.record import ActivityAddress
from mappings.formats import AddressFormat, PointFormat
from mappings.offer_ids import distinct
from mappings.records import Offer

Address = ActivityAddress | StructureAddress
OWN_FORMAT_POINT_SOURCE = "1,WGS84"
"""How a point of our own formats is told to the locator: in degrees, of the best precision."""

CrowdedPoints = frozenset[tuple[str, str]]
"""Raw pairs that too many addresses share: default points, not places (trap 54)."""


class UnlocatedOffer(NamedTuple):
    """An offer that waits for its place: where it is said to be, and how it is finished."""

    request: LocateRequest
    address: Address
    build_offer: Callable[[Record, str], Offer]
    """Given the geographic fields and the source of the point."""
    line: int
    quarantine_label: str
    """What a quarantine says of it when it cannot be located: an identifier."""


def locate_offers(
    unlocated_offers: Iterable[UnlocatedOffer], locator: Locator, quarantine: Quarantine
) -> Iterator[Offer]:
    """The drafts that can be located, as offers, in order; the others are set aside (F024).

    They are located ``CHUNK`` at a time, so that a geocoder is asked in batches.
    """
    waiting = iter(unlocated_offers)
    while chunk := list(islice(waiting, CHUNK)):
        found = locator.locate_many(draft.request for draft in chunk)
        for draft, place in zip(chunk, found, strict=True):
            for reason in place.reasons:
                quarantine.points[reason] += 1
            if isinstance(place, Location):
                yield draft.build_offer(place_fields(place, draft.address), place.source)
            elif place.reason is Unlocatable.FOREIGN:
                quarantine.skip(Reason.ABROAD)
            else:
                quarantine.reject(
                    draft.line, Reason.NOT_LOCATED, draft.quarantine_label, place.reason.value
                )


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
        "zone": place.zone,
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
    """The address as the locator takes it."""
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
