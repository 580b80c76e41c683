"""A structure of FINESS as an offer: centre, MSP, pharmacy, unscheduled care, hospital (F033)."""

from collections.abc import Iterable, Iterator
from typing import cast

from indexers.offers.absences import absence_fields
from indexers.offers.build_context import BuildContext
from indexers.offers.hours import HOURS_FIELDS, hours_fields
from indexers.offers.locating import UnlocatedOffer, structure_request
from indexers.offers.participation import clean_info, structure_fields
from indexers.offers.records import Record, drop_empty_fields
from indexers.sources.finess.structure import Structure, structure_exclusion_reason
from mappings.codes import KIND_LABELS, structure_categories, structure_kind
from mappings.formats import StructureSettings
from mappings.offer_ids import distinct, fair_key, structure_id
from mappings.records import Kind, Offer, StructureKind

FINESS = "finess"
"""Name of the source of structures, in quarantines and on cards."""

EXTRAS = (*HOURS_FIELDS, "maternity_level", "emergency", "additional_info")
"""Fields of a structure that its settings give, whatever its kind."""


def build_unlocated_structures(
    structures: Iterable[Structure], context: BuildContext
) -> Iterator[UnlocatedOffer]:
    """One draft for each open structure of a category the SAS lists."""
    for structure in structures:
        reason = structure_exclusion_reason(structure, context.today)
        if reason is None:
            yield _build_unlocated_structure(structure, context)
        else:
            context.quarantine(FINESS).skip(reason)


def _build_unlocated_structure(structure: Structure, context: BuildContext) -> UnlocatedOffer:
    kind = structure_kind(structure["category"]) or StructureKind.OTHER

    def build_offer(fields: Record, point: str) -> Offer:
        offer = {**_identity(structure, kind), **fields}
        offer |= _settings(structure, kind, offer["zone"], context)
        offer["sources"] = _sources(structure, point, offer, context)
        return cast("Offer", offer)

    request = structure_request(structure, context.crowded)
    address = structure.get("address", {})
    return UnlocatedOffer(request, address, build_offer, structure["line"], structure["finess"])


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
        **drop_empty_fields(siret=structure.get("siret"), phones=list(structure.get("phones", ()))),
    }


def _settings(structure: Structure, kind: str, zone: str, context: BuildContext) -> Record:
    finess = structure["finess"]
    settings = context.own.structures.get(finess)
    return {
        **structure_fields(kind, finess in context.msp, settings),
        **extras(settings),
        **absence_fields(context.own.absences.get(finess, ()), zone),
    }


def extras(settings: StructureSettings | None) -> Record:
    """Hours, maternity level, emergency department and information, as the settings give them."""
    if settings is None:
        return {}
    others = drop_empty_fields(
        maternity_level=settings.maternity_level,
        emergency=settings.emergency or None,
        additional_info=clean_info(settings.additional_info),
    )
    return {**hours_fields(settings.hours), **others}


def _sources(structure: Structure, point: str, offer: Record, context: BuildContext) -> Record:
    register = context.structure_mark(structure)
    sources = {"identity": register, "place": register, "point": context.point_mark(point)}
    if "phones" in offer:
        sources["phones"] = register
    if "participant" in offer:
        own = "participation" if offer["structure_kind"] == StructureKind.MSP else "structures"
        sources["participation"] = context.mark(own)
    if "absences" in offer or "always_absent" in offer:
        sources["absences"] = context.mark("absences")
    return sources
