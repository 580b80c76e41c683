"""Where the place of a slot is, as fields of an offer, through ``geography.locate``."""

from functools import cache

from geography.commune_lookup import PostalAddress
from geography.departments import departments
from geography.ground import describe_ground
from geography.locate import Location, Locator
from mappings.records import SlotPlace
from slots.matching.matching import Geography, Locate


def build_locate(locator: Locator) -> Locate:
    """A ``Locate`` that queries a locator: the load's own knows geocoded addresses."""

    def locate(place: SlotPlace) -> Geography | None:
        address = PostalAddress(
            place.get("line", ""), place.get("postal_code", ""), place.get("city", "")
        )
        found = locator.locate(address)
        return _geography(found) if isinstance(found, Location) else None

    return locate


def commune_geography(place: SlotPlace) -> Geography | None:
    """Offline: the point of the commune, marked ``municipality``; None when none is recognised."""
    return build_locate(_gazetteer_locator())(place)


@cache
def _gazetteer_locator() -> Locator:
    return Locator()


def _geography(found: Location) -> Geography:
    geography: Geography = {
        "point": {"lat": found.lat, "lon": found.lon},
        "precision": found.precision.value,
        "city": found.city,
        "insee": found.insee,
        "department": found.department,
        "timezone": found.zone,
    }
    department = departments().get(found.department)
    if department is not None:
        geography["territory"] = department.territory
    return {**geography, **describe_ground(found.lat, found.lon, found.insee)}
