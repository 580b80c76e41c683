"""Rules of a professional's settings (F110), one row each.

They hold for who takes part; settings of somebody who does not are kept as they are.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from mappings.formats import ParticipationFormat
from records.rules import Rule, list_broken_rules

BY_CPTS: Final = 2
BY_MSP: Final = 3
BY_SOS: Final = 4
"""Ways of taking part, as exchanged; 1 is by oneself."""


@dataclass(frozen=True, slots=True)
class SoftwareAnswers:
    """Whether a booking software of the exchange is used, and two hours a week are visible."""

    has_software: bool | None = None
    hours_available: bool | None = None


@dataclass(frozen=True, slots=True)
class ProfessionalDeclaration:
    """What a professional says at once."""

    settings: ParticipationFormat
    answers: SoftwareAnswers

    @property
    def needs_hours(self) -> bool:
        """Nobody sees the hours of this person by an editor: the declaration stands for them."""
        shown_by_editor = self.answers.has_software and not self.settings.editor_disabled
        return self.settings.via != BY_SOS and not shown_by_editor


RULES: tuple[Rule[ProfessionalDeclaration], ...] = (
    Rule(
        "via",
        lambda said: said.settings.via is None,
        "Indiquez comment vous participez : à titre individuel, par une CPTS, par une MSP ou "
        "par SOS Médecins.",
    ),
    Rule(
        "finess",
        lambda said: said.settings.via in (BY_CPTS, BY_MSP) and not said.settings.finess,
        "Indiquez le numéro FINESS de votre CPTS ou de votre MSP.",
    ),
    Rule(
        "locations",
        lambda said: said.settings.via == BY_CPTS and not said.settings.locations,
        "Choisissez au moins un lieu d'exercice rattaché à votre CPTS.",
    ),
    Rule(
        "siret",
        lambda said: said.settings.via == BY_SOS and not said.settings.siret,
        "Indiquez le SIRET de votre association SOS Médecins.",
    ),
    Rule(
        "has_software",
        lambda said: said.settings.via != BY_SOS and said.answers.has_software is None,
        "Dites si vous utilisez un logiciel de prise de rendez-vous relié à la plateforme.",
    ),
    Rule(
        "hours_available",
        lambda said: said.needs_hours and not said.answers.hours_available,
        "Sans créneaux visibles par un éditeur, déclarez au moins deux heures de disponibilité "
        "par semaine.",
    ),
)


def parse_settings(values: Mapping[str, Any], *, participation: bool) -> ParticipationFormat:
    """Settings whose values are valid one by one; what they lack together, the rules say.

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
    return list_broken_rules(RULES, ProfessionalDeclaration(settings, answers))
