"""Whose participants answer a speciality that they do not declare (F027).

The rule of the national engine is about professions of the Assurance maladie, where general
practitioner and cardiologist are two. In TRE_G15 both are doctors: opened for every speciality,
"cardiologue" would show all participating general practitioners.
"""

from collections.abc import Iterable
from dataclasses import replace

from mappings import codes
from search_engine.request.interpretation import DOCTOR, Interpretation
from search_engine.understanding.ages import is_child, is_old
from search_engine.understanding.reading import PartKind, Reading

UNSCHEDULED_SPECIALTIES = frozenset(
    code
    for group in ("general_medicine", "emergency_medicine")
    for code in codes.specialty_groups()[group]
)
"""General and emergency medicine: whoever takes part agreed to take such patients, of any age."""

PAEDIATRICS = frozenset({"SM40"})
"""For a patient under 16; surgeons and other specialists of children are no such need."""

GERIATRICS = frozenset({"SM18", "DSM213", "CAPA06"})
"""For a patient of 75 and over."""


def open_bypass(meaning: Interpretation, reading: Reading) -> Interpretation:
    """The meaning with the professions whose participants are kept, for the ages of the line.

    A word for a place, such as ``urgences``, keeps none: whoever types it sends the patient there.
    """
    is_open = not meaning.structure_word and _can_bypass(meaning.specialties, _list_ages(reading))
    return replace(meaning, bypass_professions=(DOCTOR,)) if is_open else meaning


def is_for_age(meaning: Interpretation, age: str) -> bool:
    """Whether a speciality looked for is that of an age, whose participants are then kept."""
    return not _find_specialties(age).isdisjoint(meaning.specialties)


def _find_specialties(age: str) -> frozenset[str]:
    return PAEDIATRICS if is_child(age) else GERIATRICS if is_old(age) else frozenset()


def _list_ages(reading: Reading) -> tuple[str, ...]:
    return tuple(part.value for part in reading.find_parts(PartKind.AGE))


def _can_bypass(specialties: Iterable[str], ages: Iterable[str]) -> bool:
    """One of the specialities is of unscheduled care, or of the age that the line tells."""
    allowed = set(UNSCHEDULED_SPECIALTIES)
    for age in ages:
        allowed |= _find_specialties(age)
    return not allowed.isdisjoint(specialties)
