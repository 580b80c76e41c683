"""Participation rules, as one table: who takes part, through what, who accepts beyond (F100).

Sources: features F043 (by via), F044 (MSP through its professionals), F045 (health centres and
SOS Médecins by their settings), F046 (re-orientation), F040 (opt-out), F095 (places of a CPTS).
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum, auto
from typing import TypedDict

from mappings.formats import Cpts, ParticipationFormat, StructureSettings
from mappings.records import StructureKind, Via


@dataclass(frozen=True, slots=True)
class ViaRule:
    """Rights that a way of taking part gives the professional."""

    via: Via
    accepts_beyond: bool


VIA_RULES: Mapping[int, ViaRule] = {
    1: ViaRule(Via.OWN, accepts_beyond=True),
    2: ViaRule(Via.CPTS, accepts_beyond=True),
    3: ViaRule(Via.MSP, accepts_beyond=False),
    4: ViaRule(Via.SOS, accepts_beyond=False),
}
"""Ways of taking part as exchanged (F100). Through 3 and 4 the structure accepts, not them."""


class StructureRule(Enum):
    """Condition under which a structure takes part."""

    BY_MEMBERS = auto()
    """One professional takes part through its FINESS (F044)."""
    BY_SETTINGS = auto()
    """Its own settings declare it (F045)."""


STRUCTURE_RULES: Mapping[str, StructureRule] = {
    StructureKind.MSP: StructureRule.BY_MEMBERS,
    StructureKind.HEALTH_CENTRE: StructureRule.BY_SETTINGS,
    StructureKind.UNSCHEDULED_CARE: StructureRule.BY_SETTINGS,
}
"""Structures absent from this table never take part."""

MAX_INFO = 1000
"""Longest additional information for regulators, in characters (F104)."""

_TAG = re.compile(r"<[^<>]*>")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


class ParticipationFields(TypedDict, total=False):
    """The fields of an offer that participation decides."""

    participant: bool
    via: list[str]
    accepts_beyond: bool
    reorientation: bool
    editor_disabled: bool
    additional_info: str
    cpts: list[str]
    cpts_name: str
    cpts_phones: list[str]


PROFESSIONAL_OWNED = tuple(ParticipationFields.__annotations__)
"""Fields a participation source writes on a professional, and removes when it goes silent."""

STRUCTURE_OWNED = ("participant", "accepts_beyond")
"""Fields of a structure or SOS point that participation decides."""


def professional_fields(
    settings: ParticipationFormat | None,
    idnsts: frozenset[str],
    in_health_centre: bool,
    cpts: Mapping[str, Cpts],
) -> ParticipationFields:
    """Fields of one professional's settings at one place; ``{}`` when there are no settings.

    ``idnsts`` are the identifiers of the place, ``cpts`` the known CPTS by FINESS. In a health
    centre the professional never takes part: the centre does.
    """
    if settings is None:
        return {}
    fields: ParticipationFields = {}
    if settings.editor_disabled:
        fields["editor_disabled"] = True
    if settings.reorientation:
        fields["reorientation"] = True
    info = clean_info(settings.additional_info)
    if info:
        fields["additional_info"] = info
    return {**fields, **_taking_part(settings, idnsts, in_health_centre, cpts)}


def _taking_part(
    settings: ParticipationFormat,
    idnsts: frozenset[str],
    in_health_centre: bool,
    cpts: Mapping[str, Cpts],
) -> ParticipationFields:
    rule = VIA_RULES.get(settings.via or 0)
    if not settings.participation or rule is None or in_health_centre:
        return {"participant": False, "accepts_beyond": False}
    fields: ParticipationFields = {
        "participant": True,
        "via": [rule.via],
        "accepts_beyond": rule.accepts_beyond,
    }
    if rule.via == Via.CPTS and settings.finess and idnsts & set(settings.locations):
        fields["cpts"] = [settings.finess]
        fields.update(cpts_card(cpts.get(settings.finess)))
    return fields


def cpts_card(cpts: Cpts | None) -> ParticipationFields:
    """The CPTS's name and phones on its members' cards; ``{}`` when the FINESS is unknown."""
    if cpts is None:
        return {}
    fields: ParticipationFields = {"cpts_name": cpts.name}
    if cpts.phones:
        fields["cpts_phones"] = list(cpts.phones)
    return fields


def structure_fields(
    kind: str, taking_part: bool, settings: StructureSettings | None
) -> ParticipationFields:
    """Whether a structure takes part; for structures, accepting is the same thing (F044, F045).

    ``taking_part`` is true when one professional takes part through its FINESS.
    """
    rule = STRUCTURE_RULES.get(kind)
    if rule is None:
        return {}
    accepts = taking_part
    if rule is StructureRule.BY_SETTINGS:
        accepts = settings is not None and settings.participation
    return {"participant": accepts, "accepts_beyond": accepts}


def association_fields(settings: StructureSettings | None) -> ParticipationFields:
    """Whether an SOS Médecins association takes part, by the settings of its SIRET (F045)."""
    accepts = settings is not None and settings.participation
    return {"participant": accepts, "accepts_beyond": accepts}


def msp_with_members(participations: Iterable[ParticipationFormat]) -> frozenset[str]:
    """FINESS of the MSP through which at least one professional takes part (F044)."""
    return frozenset(
        p.finess
        for p in participations
        if p.participation and p.finess and _participation_via(p) is Via.MSP
    )


def _participation_via(settings: ParticipationFormat) -> Via | None:
    rule = VIA_RULES.get(settings.via or 0)
    return None if rule is None else rule.via


def clean_info(text: str) -> str:
    """The additional information without markup and control characters, cut at 1,000 (F104)."""
    return _CONTROL.sub(" ", _TAG.sub(" ", text)).strip()[:MAX_INFO]
