"""Loads of settings: participation, structures, absences, as patches of live offers."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from indexers.changes.patching import Patch, apply_patch
from indexers.offers import absences as absence_rules
from indexers.offers.absences import absence_fields, absences_at_place
from indexers.offers.participation import (
    PROFESSIONAL_OWNED,
    STRUCTURE_OWNED,
    association_fields,
    msp_with_members,
    professional_fields,
    structure_fields,
)
from indexers.offers.settings import OwnSources
from indexers.offers.sos import point_information
from indexers.offers.structures import EXTRAS, extras
from mappings.codes import HEALTH_CENTRE_SECTOR
from mappings.formats import Absence, Cpts, ParticipationFormat, StructureSettings
from mappings.records import Kind, Offer, StructureKind

CHUNK = 10_000
"""Identifiers in one query; Elasticsearch takes 65,536."""

Query = dict[str, Any]

ALL: Query = {"match_all": {}}
MSP: Query = {"term": {"structure_kind": StructureKind.MSP.value}}
ABSENT_KINDS: Query = {"terms": {"kind": [Kind.PROFESSIONAL.value, Kind.STRUCTURE.value]}}
"""Kinds of offers that absences concern."""

_PARTICIPATION_MARK = ("participation", "participation", ("participant",))
_STRUCTURE_MARK = ("participation", "structures", ("participant",))
"""Topic, source and marker fields of the settings of professionals."""


def participation_patches(
    settings: Mapping[str, ParticipationFormat], cpts: Mapping[str, Cpts]
) -> Iterator[Patch]:
    """Professionals named now, professionals named before, then the MSP they work through.

    ``cpts`` are the known CPTS by FINESS, for the name on their members' cards.
    """
    before: Query = {"exists": {"field": "participant"}}
    for query in (*build_terms_queries("rpps", settings), before):
        yield professional_patch(_filter_all(_kind(Kind.PROFESSIONAL), query), settings, cpts)
    yield msp_patch(MSP, msp_with_members(settings.values()))


def build_professional_patches(
    rpps: Iterable[str], settings: Mapping[str, ParticipationFormat], cpts: Mapping[str, Cpts]
) -> Iterator[Patch]:
    """These professionals alone, wherever they practise; without settings, none are left."""
    for query in build_terms_queries("rpps", rpps):
        yield professional_patch(_filter_all(_kind(Kind.PROFESSIONAL), query), settings, cpts)


def build_msp_patches(finess: Iterable[str], active: frozenset[str]) -> Iterator[Patch]:
    """These MSP alone."""
    for query in build_terms_queries("finess", finess):
        yield msp_patch(_filter_all(MSP, query), active)


def professional_patch(
    query: Query, settings: Mapping[str, ParticipationFormat], cpts: Mapping[str, Cpts]
) -> Patch:
    """The participation of professionals at each of their places."""

    def professional_values(offer: Offer) -> Mapping[str, Any]:
        return professional_fields(
            settings.get(offer.get("rpps", "")), idnsts(offer), is_in_health_centre(offer), cpts
        )

    return Patch(query, PROFESSIONAL_OWNED, professional_values, *_PARTICIPATION_MARK)


def msp_patch(query: Query, with_members: frozenset[str]) -> Patch:
    """Whether each MSP of a query takes part: it does through one of its professionals (F044)."""

    def msp_values(offer: Offer) -> Mapping[str, Any]:
        return structure_fields(StructureKind.MSP, offer.get("finess") in with_members, None)

    return Patch(query, STRUCTURE_OWNED, msp_values, *_PARTICIPATION_MARK)


def structure_patches(settings: Mapping[str, StructureSettings]) -> Iterator[Patch]:
    """Every structure, then every SOS point."""
    yield from _patch_structures(settings, ALL)
    yield sos_point_patch(settings)


def build_structure_patches(
    keys: Iterable[str], settings: Mapping[str, StructureSettings]
) -> Iterator[Patch]:
    """These structures by FINESS, the points of these associations by SIRET."""
    named = sorted(keys)
    for query in build_terms_queries("finess", named):
        yield from _patch_structures(settings, query)
    for query in build_terms_queries("siret", named):
        yield sos_point_patch(settings, query)


def _patch_structures(settings: Mapping[str, StructureSettings], query: Query) -> Iterator[Patch]:
    """MSP (their participation is their professionals'), then the other structures of a query."""

    def msp_extras(offer: Offer) -> Mapping[str, Any]:
        return extras(settings.get(offer.get("finess", "")), StructureKind.MSP)

    def structure_values(offer: Offer) -> Mapping[str, Any]:
        found = settings.get(offer.get("finess", ""))
        kind = offer["structure_kind"]
        return {**structure_fields(kind, False, found), **extras(found, kind)}

    others = {"bool": {"filter": [_kind(Kind.STRUCTURE), query], "must_not": [MSP]}}
    yield Patch(_filter_all(MSP, query), EXTRAS, msp_extras)
    yield Patch(others, (*STRUCTURE_OWNED, *EXTRAS), structure_values, *_STRUCTURE_MARK)


def sos_point_patch(settings: Mapping[str, StructureSettings], query: Query = ALL) -> Patch:
    """What the settings of an association give to each of its points, among those of a query."""

    def sos_point_values(offer: Offer) -> Mapping[str, Any]:
        found = settings.get(offer.get("siret", ""))
        return {**association_fields(found), **point_information(found)}

    owned = (*STRUCTURE_OWNED, "additional_info")
    points = _filter_all(_kind(Kind.SOS_POINT), query)
    return Patch(points, owned, sos_point_values, *_STRUCTURE_MARK)


def absence_patches(absences: Mapping[str, Sequence[Absence]]) -> Iterator[Patch]:
    """Professionals and structures named now, then those that were absent before."""
    yield from build_absence_patches(absences, absences)
    for name in absence_rules.OWNED:
        yield absence_patch(_filter_all(ABSENT_KINDS, {"exists": {"field": name}}), absences)


def build_absence_patches(
    who: Iterable[str], absences: Mapping[str, Sequence[Absence]]
) -> Iterator[Patch]:
    """These professionals and structures alone; without absences, none are left."""
    named = sorted(who)
    for query in (*build_terms_queries("rpps", named), *build_terms_queries("finess", named)):
        yield absence_patch(_filter_all(ABSENT_KINDS, query), absences)


def absence_patch(query: Query, absences: Mapping[str, Sequence[Absence]]) -> Patch:
    """The absences that hold at each place of a professional, or at a structure."""

    def absence_values(offer: Offer) -> Mapping[str, Any]:
        if offer["kind"] == Kind.PROFESSIONAL:
            held = absences_at_place(absences.get(offer.get("rpps", ""), ()), idnsts(offer))
        else:
            held = list(absences.get(offer.get("finess", ""), ()))
        return absence_fields(held, offer["timezone"])

    owned = absence_rules.OWNED
    return Patch(query, owned, absence_values, "absences", "absences", owned)


def settle_place(own: OwnSources, place: Offer) -> Offer:
    """A place that only an editor knows, with the settings that a load would give it.

    A reindex gives them by the same functions as a load: the two leave one and the same offer.
    """
    if place["kind"] == Kind.SOS_POINT:
        return apply_patch(place, sos_point_patch(own.structures))
    joined = apply_patch(place, professional_patch(ALL, own.participation, own.cpts))
    return apply_patch(joined, absence_patch(ALL, own.absences))


def idnsts(offer: Offer) -> frozenset[str]:
    """Every structure identifier of an offer's place."""
    return frozenset(offer.get("idnsts", [offer["idnst"]] if "idnst" in offer else []))


def is_in_health_centre(offer: Offer) -> bool:
    """True when the place is a health centre, by the sector of the offer."""
    return offer.get("activity_sector") == HEALTH_CENTRE_SECTOR


def build_terms_queries(field: str, keys: Iterable[str]) -> Iterator[Query]:
    """Queries of the offers with one of these values in a field, ``CHUNK`` values each."""
    values = sorted(keys)
    for start in range(0, len(values), CHUNK):
        yield {"terms": {field: values[start : start + CHUNK]}}


def _kind(kind: Kind) -> Query:
    return {"term": {"kind": kind.value}}


def _filter_all(*queries: Query) -> Query:
    return {"bool": {"filter": list(queries)}}
