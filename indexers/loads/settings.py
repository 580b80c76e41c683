"""Loads of settings: participation, structures, absences, as patches of live offers."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from indexers.changes.patching import Patch
from indexers.offers import absences as absence_rules
from indexers.offers.absences import absence_fields, at_place
from indexers.offers.participation import (
    PROFESSIONAL_OWNED,
    STRUCTURE_OWNED,
    association_fields,
    clean_info,
    msp_with_members,
    professional_fields,
    structure_fields,
)
from indexers.offers.records import known
from indexers.offers.structures import EXTRAS, extras
from mappings.codes import HEALTH_CENTRE_SECTOR
from mappings.formats import Absence, Cpts, Participation, StructureSettings
from mappings.records import Kind, Offer, StructureKind

CHUNK = 10_000
"""Identifiers in one query; Elasticsearch takes 65,536."""

Query = dict[str, Any]

MSP: Query = {"term": {"structure_kind": StructureKind.MSP.value}}

_TAKING_PART = ("participation", "participation", ("participant",))
"""Topic, source and telling fields of what professionals' settings decide."""


def participation_patches(
    settings: Mapping[str, Participation], cpts: Mapping[str, Cpts]
) -> Iterator[Patch]:
    """Professionals named now, professionals named before, then the MSP they work through.

    ``cpts`` are the known CPTS by FINESS, for the name on their members' cards.
    """

    def of_professional(offer: Offer) -> Mapping[str, Any]:
        return professional_fields(
            settings.get(offer.get("rpps", "")), idnsts(offer), in_health_centre(offer), cpts
        )

    before: Query = {"exists": {"field": "participant"}}
    for query in (*_named("rpps", settings), before):
        concerned = _both(_kind(Kind.PROFESSIONAL), query)
        yield Patch(concerned, PROFESSIONAL_OWNED, of_professional, *_TAKING_PART)
    yield _msp_patch(msp_with_members(settings.values()))


def _msp_patch(with_members: frozenset[str]) -> Patch:
    def of_msp(offer: Offer) -> Mapping[str, Any]:
        return structure_fields(StructureKind.MSP, offer.get("finess") in with_members, None)

    return Patch(MSP, STRUCTURE_OWNED, of_msp, *_TAKING_PART)


def structure_patches(settings: Mapping[str, StructureSettings]) -> Iterator[Patch]:
    """MSP (their participation is their professionals'), the other structures, SOS points."""

    def of_msp(offer: Offer) -> Mapping[str, Any]:
        return extras(settings.get(offer.get("finess", "")))

    def of_structure(offer: Offer) -> Mapping[str, Any]:
        found = settings.get(offer.get("finess", ""))
        return {**structure_fields(offer["structure_kind"], False, found), **extras(found)}

    def of_point(offer: Offer) -> Mapping[str, Any]:
        found = settings.get(offer.get("siret", ""))
        info = "" if found is None else clean_info(found.additional_info)
        return {**association_fields(found), **known(additional_info=info)}

    others = {"bool": {"filter": [_kind(Kind.STRUCTURE)], "must_not": [MSP]}}
    own = ("participation", "structures", ("participant",))
    yield Patch(MSP, EXTRAS, of_msp)
    yield Patch(others, (*STRUCTURE_OWNED, *EXTRAS), of_structure, *own)
    yield Patch(_kind(Kind.SOS_POINT), (*STRUCTURE_OWNED, "additional_info"), of_point, *own)


def absence_patches(absences: Mapping[str, Sequence[Absence]]) -> Iterator[Patch]:
    """Professionals and structures named now, then those that were absent before."""

    def of_offer(offer: Offer) -> Mapping[str, Any]:
        if offer["kind"] == Kind.PROFESSIONAL:
            found = at_place(absences.get(offer.get("rpps", ""), ()), idnsts(offer))
        else:
            found = list(absences.get(offer.get("finess", ""), ()))
        return absence_fields(found, offer["zone"])

    kinds: Query = {"terms": {"kind": [Kind.PROFESSIONAL.value, Kind.STRUCTURE.value]}}
    before: list[Query] = [{"exists": {"field": name}} for name in absence_rules.OWNED]
    for query in (*_named("rpps", absences), *_named("finess", absences), *before):
        owned = absence_rules.OWNED
        yield Patch(_both(kinds, query), owned, of_offer, "absences", "absences", owned)


def idnsts(offer: Offer) -> frozenset[str]:
    """Every structure identifier of an offer's place."""
    return frozenset(offer.get("idnsts", [offer["idnst"]] if "idnst" in offer else []))


def in_health_centre(offer: Offer) -> bool:
    """True when the place is a health centre, as the sector of the offer says."""
    return offer.get("activity_sector") == HEALTH_CENTRE_SECTOR


def _named(field: str, keys: Iterable[str]) -> Iterator[Query]:
    values = sorted(keys)
    for start in range(0, len(values), CHUNK):
        yield {"terms": {field: values[start : start + CHUNK]}}


def _kind(kind: Kind) -> Query:
    return {"term": {"kind": kind.value}}


def _both(*queries: Query) -> Query:
    return {"bool": {"filter": list(queries)}}
