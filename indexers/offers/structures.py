"""A structure of FINESS as an offer: centre, MSP, pharmacy, unscheduled care, hospital (F033)."""

from collections.abc import Iterable, Iterator
from typing import cast

from indexers.offers.absences import absence_fields
from indexers.offers.build_context import Joins
from indexers.offers.hours import HOURS_FIELDS, hours_fields
from indexers.offers.locating import Draft, structure_request
from indexers.offers.participation import clean_info, structure_fields
from indexers.offers.records import Record, known
from indexers.sources.finess.structure import Structure, shown_structure
from mappings.codes import KIND_LABELS, structure_categories, structure_kind
from mappings.formats import StructureSettings
from mappings.offer_ids import distinct, fair_key, structure_id
from mappings.records import Kind, Offer, StructureKind

FINESS = "finess"
"""Name of the source of structures, in quarantines and on cards."""

EXTRAS = (*HOURS_FIELDS, "maternity_level", "emergency", "additional_info")
"""Fields of a structure that its settings give, whatever its kind."""


def structure_drafts(structures: Iterable[Structure], joins: Joins) -> Iterator[Draft]:
    """One draft for each open structure of a category the SAS lists."""
    for structure in structures:
        reason = shown_structure(structure, joins.today)
        if reason is None:
            yield _draft(structure, joins)
        else:
            joins.quarantine(FINESS).skip(reason)


def _draft(structure: Structure, joins: Joins) -> Draft:
    kind = structure_kind(structure["category"]) or StructureKind.OTHER

    def finish(fields: Record, point: str) -> Offer:
        offer = {**_identity(structure, kind), **fields}
        offer |= _settings(structure, kind, offer["zone"], joins)
        offer["sources"] = _sources(structure, point, offer, joins)
        return cast("Offer", offer)

    request = structure_request(structure, joins.crowded)
    address = structure.get("address", {})
    return Draft(request, address, finish, structure["line"], structure["finess"])


def _identity(structure: Structure, kind: StructureKind) -> Record:
    finess, name = structure["finess"], structure.get("name", "")
    category = structure["category"]
    offer_id = structure_id(finess)
    label = structure_categories()[category].label
    return {
        "id": offer_id,
        "kind": Kind.STRUCTURE.value,
        "structure_kind": kind.value,
        "category": category,
        "title": name or label,
        "names": [name or label],
        "labels": distinct([KIND_LABELS[kind], label]),
        "fair_key": fair_key(offer_id),
        "finess": finess,
        "idnst": f"1{finess}",
        "idnsts": [f"1{finess}"],
        "place_key": f"1{finess}",
        "place_name": name or label,
        **known(siret=structure.get("siret"), phones=list(structure.get("phones", ()))),
    }


def _settings(structure: Structure, kind: str, zone: str, joins: Joins) -> Record:
    finess = structure["finess"]
    settings = joins.own.structures.get(finess)
    return {
        **structure_fields(kind, finess in joins.msp, settings),
        **extras(settings),
        **absence_fields(joins.own.absences.get(finess, ()), zone),
    }


def extras(settings: StructureSettings | None) -> Record:
    """Hours, maternity level, emergency department and information, as the settings give them."""
    if settings is None:
        return {}
    others = known(
        maternity_level=settings.maternity_level,
        emergency=settings.emergency or None,
        additional_info=clean_info(settings.additional_info),
    )
    return {**hours_fields(settings.hours), **others}


def _sources(structure: Structure, point: str, offer: Record, joins: Joins) -> Record:
    register = joins.structure_mark(structure)
    sources = {"identity": register, "place": register, "point": joins.point_mark(point)}
    if "phones" in offer:
        sources["phones"] = register
    if "participant" in offer:
        own = "participation" if offer["structure_kind"] == StructureKind.MSP else "structures"
        sources["participation"] = joins.mark(own)
    if "absences" in offer or "always_absent" in offer:
        sources["absences"] = joins.mark("absences")
    return sources
