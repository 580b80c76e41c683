"""The French words of a rank: why a card stands there, in one clause, and the name of each part."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from search_engine.query.order.effort import TRAVEL, EffortPart

NAME_WORDS: Mapping[str | None, str] = MappingProxyType(
    {
        "whole": "nom exact",
        "exact": "nom écrit autrement ou en partie",
        "described": "genre et commune",
        "sound": "même son",
        "near": "nom proche",
        "word": "mot du nom",
        "prefix": "début du nom",
        "fuzzy": "nom éloigné",
        "sign": "nom du lieu",
        None: "autre sens",
    }
)
"""How the name answered, best first; the last is an offer found by another meaning."""

STEP_WORDS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "same_ground": ("", "traversée"),
        "emergency": ("service d'urgence", ""),
        "doctor": ("", "autre profession"),
        "own_town": ("dans la commune", "autre commune"),
        "slot": ("avec créneau", "sans créneau"),
        "in_time": ("dans le délai", "hors délai"),
        "participant": ("participant au SAS", "non participant"),
        "walk_in": ("ouvert sans rendez-vous", ""),
    }
)
"""What a step of the tiers is called when held, and when not."""

PART_WORDS: Mapping[str, str] = MappingProxyType(
    {
        "travel": "trajet",
        "travel/without_car": "trajet sans voiture",
        "detour": "détour",
        "seen": "créneau sous {detail} h",
        "open_now": "ouvert sans rendez-vous",
        "slot_type": "{detail}",
        "certain": "réservable",
        "late": "plus tard que souhaité",
        "gender/female": "une femme",
        "gender/male": "un homme",
        "participation": "participe au SAS",
        "practice": "cabinet du médecin traitant",
        "absorbs": "structure qui peut absorber un patient",
        "asked": "déjà sollicité aujourd'hui",
        "commune_only": "adresse connue à la commune près",
    }
)
"""What a part of the effort says of the offer, by its name, or by its name and its detail."""


BESIDE_HIS_SPECIALITY = "hors de sa spécialité"
"""Of a participant who agreed to take patients whom his speciality does not name."""


def describe_part(part: EffortPart) -> str:
    """The words of a part."""
    words = PART_WORDS.get(f"{part.name}/{part.detail}") or PART_WORDS[part.name]
    return words.format(detail=part.detail)


def describe_rank(
    steps: Iterable[str], parts: Iterable[EffortPart], remarks: Iterable[str] = ()
) -> str:
    """One clause: the steps of the tiers, what counts for or against the offer, remarks.

    The travel is left to the kilometres of the card.
    """
    reasons = [describe_part(part) for part in parts if part.name != TRAVEL]
    words = [*filter(None, steps), *reasons, *remarks]
    text = ", ".join(words)
    return text[:1].upper() + text[1:]
