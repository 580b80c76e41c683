"""Rules of a professional's settings (F110), one row each, with the sentence a person reads.

They hold for who takes part; settings of somebody who does not are kept as they are.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from mappings.formats import ParticipationFormat

BY_CPTS: Final = 2
BY_MSP: Final = 3
BY_SOS: Final = 4
"""Ways of taking part, as exchanged; 1 is by oneself."""


@dataclass(frozen=True, slots=True)
class SoftwareAnswers:
    """Whether a booking software of the exchange is used, and two hours a week are visible."""

    has_software: bool | None = None
    hours_available: bool | None = None


Check = Callable[[ParticipationFormat, SoftwareAnswers], bool]


@dataclass(frozen=True, slots=True)
class SettingsRule:
    """A rule: the field it is about, when it is broken, what to do then."""

    field: str
    is_broken: Check
    sentence: str


def _needs_hours(settings: ParticipationFormat, answers: SoftwareAnswers) -> bool:
    """Nobody sees the hours of this person by an editor: the declaration stands for them."""
    shown_by_editor = answers.has_software and not settings.editor_disabled
    return settings.via != BY_SOS and not shown_by_editor


RULES: tuple[SettingsRule, ...] = (
    SettingsRule(
        "via",
        lambda settings, _: settings.via is None,
        "Indiquez comment vous participez : à titre individuel, par une CPTS, par une MSP ou "
        "par SOS Médecins.",
    ),
    SettingsRule(
        "finess",
        lambda settings, _: settings.via in (BY_CPTS, BY_MSP) and not settings.finess,
        "Indiquez le numéro FINESS de votre CPTS ou de votre MSP.",
    ),
    SettingsRule(
        "locations",
        lambda settings, _: settings.via == BY_CPTS and not settings.locations,
        "Choisissez au moins un lieu d'exercice rattaché à votre CPTS.",
    ),
    SettingsRule(
        "siret",
        lambda settings, _: settings.via == BY_SOS and not settings.siret,
        "Indiquez le SIRET de votre association SOS Médecins.",
    ),
    SettingsRule(
        "has_software",
        lambda settings, answers: settings.via != BY_SOS and answers.has_software is None,
        "Dites si vous utilisez un logiciel de prise de rendez-vous relié à la plateforme.",
    ),
    SettingsRule(
        "hours_available",
        lambda settings, answers: _needs_hours(settings, answers) and not answers.hours_available,
        "Sans créneaux visibles par un éditeur, déclarez au moins deux heures de disponibilité "
        "par semaine.",
    ),
)


def parse_settings(values: Mapping[str, Any], *, participation: bool) -> ParticipationFormat:
    """Settings whose values are valid one by one; what they lack together, the rules tell.

    Raises ``ValidationError``.
    """
    alone = ParticipationFormat.model_validate({**values, "participation": False})
    return alone.model_copy(update={"participation": participation})


def find_broken_rules(
    settings: ParticipationFormat, answers: SoftwareAnswers
) -> list[tuple[str, str]]:
    """Field and sentence of each rule that the settings break; none for who does not take part."""
    if not settings.participation:
        return []
    return [(rule.field, rule.sentence) for rule in RULES if rule.is_broken(settings, answers)]
