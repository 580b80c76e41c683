"""Where to search, from the first letters: departments, communes, addresses (F003).

Departments and communes come from memory, addresses from the geocoder. What was typed is about a
patient: it is in no log and in no error.
"""

from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from geography.departments import Department, departments
from geography.gazetteer import Commune, Gazetteer, load_gazetteer
from geography.geocoding.geocoder import NATIONAL_API, GeocodedAddress
from geography.place_names import split_place
from geography.where.coordinates import PastedPoint, is_link, parse_coordinates
from geography.where.text_place import read_candidates
from mappings.analysis import fold
from mappings.records import Precision
from search_engine.request.area import AddressFinder, find_point_commune
from search_engine.request.criteria import MIN_LETTERS

Places = dict[str, Any]


class PlacesRequest(BaseModel):
    """The first letters of a place."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)

    text: str = Field("", max_length=200)
    """What was typed so far: a department, a commune, a postcode, an address."""
    size: int = Field(5, ge=1, le=20)
    """Entries of each list."""


async def complete_places(request: PlacesRequest, geocoder: AddressFinder) -> Places:
    """The three lists, empty under three letters (F003).

    When the address service cannot be used, ``partial`` is true and ``unavailable`` names it. A
    point pasted is one address, and neither it nor a link is sent to the service.
    """
    gazetteer, pasted = load_gazetteer(), parse_coordinates(request.text)
    if pasted is not None or is_link(request.text):
        points = [] if pasted is None else list(_describe_point(gazetteer, pasted))
        return {"county": [], "city": [], "address": points, "partial": False}
    if len(fold(request.text).replace(" ", "")) < MIN_LETTERS:
        return {"county": [], "city": [], "address": [], "partial": False}
    addresses = await geocoder.complete(request.text)
    known = {
        "county": [_county(found) for found in counties(request.text)[: request.size]],
        "city": [_city(found) for found in cities(gazetteer, request.text)[: request.size]],
    }
    if addresses is None:
        return {**known, "address": [], "partial": True, "unavailable": [NATIONAL_API]}
    exact = [found for found in addresses if found.precision is not Precision.MUNICIPALITY]
    return {**known, "address": [_address(a) for a in exact[: request.size]], "partial": False}


def counties(text: str) -> list[Department]:
    """The departments of that code, or whose name has a word begun so; whole beginnings first."""
    folded = fold(text)
    begun = [d for d in departments().values() if f" {folded}" in f" {fold(d.name)}"]
    coded = [d for d in departments().values() if d.code.lower() == folded]
    return [*coded, *sorted(begun, key=lambda d: not fold(d.name).startswith(folded))]


def cities(gazetteer: Gazetteer, text: str) -> list[Commune]:
    """The communes of a postcode or name, then those whose name starts so, largest first.

    A city with districts is followed by them: ``Paris 15`` gives the 15th district first. A text
    that begins no name is read as ``where`` would be: an island, a name misspelt.
    """
    split = split_place(text)
    found = [*gazetteer.by_name(text), *(gazetteer.starting_with(text) if split.city else [])]
    if not found and (read := read_candidates(gazetteer, text)):
        found = read.communes
    first: dict[str, Commune] = {}
    for commune in found:
        first.setdefault(commune.insee, commune)
    return list(first.values())


def _county(found: Department) -> dict[str, Any]:
    return {"label": f"{found.name} ({found.code})", "department": found.code}


def _city(found: Commune) -> dict[str, Any]:
    shown = {"label": found.label, "insee": found.insee}
    return {**shown, "department": found.department, "postal_codes": list(found.postcodes)}


def _describe_point(gazetteer: Gazetteer, point: PastedPoint) -> Iterator[dict[str, Any]]:
    """The point as an address in its nearest commune; none outside France."""
    commune = find_point_commune(gazetteer, point.lat, point.lon)
    if commune is not None:
        yield {
            "label": f"{point.lat:.5f}, {point.lon:.5f}, {commune.label}",
            "lat": point.lat,
            "lon": point.lon,
            "insee": commune.insee,
            "department": commune.department,
            "precision": Precision.LOCALITY.value,
        }


def _address(found: GeocodedAddress) -> dict[str, Any]:
    return {
        "label": found.label,
        "lat": found.lat,
        "lon": found.lon,
        "insee": found.insee,
        "department": found.department,
        "precision": found.precision.value,
    }
