"""A structure of FINESS as an offer: centre, MSP, pharmacy, unscheduled care, hospital (F033)."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import cast

from indexers.offers.absences import absence_fields, has_absences
from indexers.offers.hours import HOURS_FIELDS, hours_fields
from indexers.offers.locating import LocatedSubject, LocationCandidate
from indexers.offers.participation import clean_info, structure_fields
from indexers.offers.provenance import Provenance
from indexers.offers.records import Record
from indexers.offers.settings import OwnSources
from indexers.offers.structure_register import StructureRegister
from indexers.quality.quarantine import Quarantine
from indexers.sources.finess.structure import Structure, structure_exclusion_reason
from mappings.codes import KIND_LABELS, structure_categories, structure_kind
from mappings.fields import drop_empty_fields
from mappings.formats import StructureSettings
from mappings.names.spellings import build_place_name_fields
from mappings.offer_ids import distinct, fair_key, person_key, structure_id
from mappings.records import Kind, Offer, StructureKind

FINESS = "finess"
"""Name of the source of structures, in quarantines and on cards."""

EXTRAS = (*HOURS_FIELDS, "maternity_level", "emergency", "additional_info")
"""Fields of a structure that its settings give, whatever its kind."""


def structure_candidates(
    structures: Iterable[Structure], register: StructureRegister, quarantine: Quarantine
) -> Iterator[LocationCandidate[Structure]]:
    """One candidate for each open structure of a category the SAS lists; others are counted."""
    for structure in structures:
        reason = structure_exclusion_reason(structure, register.today)
        if reason is None:
            yield _candidate(structure, register)
        else:
            quarantine.skip(reason)


def _candidate(structure: Structure, register: StructureRegister) -> LocationCandidate[Structure]:
    request = register.structure_request(structure)
    address = structure.get("address", {})
    return LocationCandidate(structure, request, address, structure["line"], structure["finess"])


@dataclass(frozen=True, slots=True)
class StructureFacts:
    """Facts joined to the structures, beside FINESS."""

    own: OwnSources
    staffed_msp: frozenset[str]
    """FINESS of the MSP through which at least one professional takes part (F044)."""
    provenance: Provenance


def build_structure_offer(located: LocatedSubject[Structure], facts: StructureFacts) -> Offer:
    """The offer of a located structure."""
    structure = located.subject
    kind = structure_kind(structure["category"]) or StructureKind.OTHER
    identity = _identity(structure, kind)
    offer = {**identity, **located.fields}
    offer |= build_place_name_fields(
        [identity["title"]], structure["category"], offer.get("city", "")
    )
    offer |= _settings(structure["finess"], kind, offer["timezone"], facts)
    offer["sources"] = _sources(located, offer, facts.provenance)
    return cast("Offer", offer)


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
        "labels": distinct([KIND_LABELS[kind], label]),
        "fair_key": fair_key(offer_id),
        "person_key": person_key(offer_id),
        "finess": finess,
        "idnst": f"1{finess}",
        "idnsts": [f"1{finess}"],
        "place_key": f"1{finess}",
        "place_name": name or label,
        **drop_empty_fields(siret=structure.get("siret"), phones=list(structure.get("phones", ()))),
    }


def _settings(finess: str, kind: str, zone: str, facts: StructureFacts) -> Record:
    settings = facts.own.structures.get(finess)
    return {
        **structure_fields(kind, finess in facts.staffed_msp, settings),
        **extras(settings, kind),
        **absence_fields(facts.own.absences.get(finess, ()), zone),
    }


def extras(settings: StructureSettings | None, kind: str) -> Record:
    """Hours, maternity level, emergency department and information, as the settings give them.

    Emergency departments and places of unscheduled care are open on public holidays as on Sundays.
    """
    if settings is None:
        return {}
    others = drop_empty_fields(
        maternity_level=settings.maternity_level,
        emergency=settings.emergency or None,
        additional_info=clean_info(settings.additional_info),
    )
    on_duty = settings.emergency or kind == StructureKind.UNSCHEDULED_CARE
    return {**hours_fields(settings.hours, on_duty=on_duty), **others}


def _sources(located: LocatedSubject[Structure], offer: Record, provenance: Provenance) -> Record:
    register = provenance.structure_mark(located.subject)
    point = provenance.point_mark(located.point_source)
    sources = {"identity": register, "place": register, "point": point}
    if "phones" in offer:
        sources["phones"] = register
    if "participant" in offer:
        own = "participation" if offer["structure_kind"] == StructureKind.MSP else "structures"
        sources["participation"] = provenance.mark(own)
    if has_absences(offer):
        sources["absences"] = provenance.mark("absences")
    return sources
