"""How the text was understood: speciality, profession, structure or name.

The whole text is looked up among the synonyms and the official labels; a text that is no known
word is a name. Text is never query syntax (W22): nothing here gives characters a meaning.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from mappings import codes
from mappings.analysis import fold
from mappings.codes import Code
from mappings.records import Kind, StructureKind
from search_engine.request.problems import QueryTooShort
from search_engine.understanding.tokens import singular
from search_engine.understanding.vocabulary import (
    AMBIGUOUS,
    MATERNITY,
    OFFER_KIND,
    lookup_key,
    vocabulary,
)

MIN_LETTERS = 3
"""Shortest free text, in letters and digits (F002); a known word may be shorter ("MG")."""

APOSTROPHE = re.compile("['’ʼ`´]")

EMERGENCY = "urgence"

_R397 = "TRE_R397-CategorieEntiteGeographiqueExercice"
_CPTS_CATEGORY = "604"

PRINCIPAL_CATEGORIES = frozenset({"603", "439", "617", "620", "611", "631", "355"})
"""Categories that mean their whole kind: "pharmacie" (620) also means its annexes (641).

The others are searched by category alone: a dental centre (125) is no synonym of every centre.
"""

GROUP_LABELS: Mapping[str, str] = MappingProxyType(
    {
        "general_medicine": "Médecine générale",
        "cardiology": "Cardiologie",
        "ent": "ORL",
        "gynaecology": "Gynécologie",
        "endocrinology": "Endocrinologie",
        "child_psychiatry": "Psychiatrie de l'enfant et de l'adolescent",
        "haematology": "Hématologie",
        "internal_medicine": "Médecine interne",
        "radiology": "Radiologie et imagerie médicale",
        "maxillo_facial": "Chirurgie maxillo-faciale",
        "paediatric_surgery": "Chirurgie pédiatrique",
        "public_health": "Santé publique",
        "vascular_medicine": "Médecine vasculaire",
        "emergency_medicine": "Médecine d'urgence",
        "oral_surgery": "Chirurgie orale",
    }
)
"""What a group of reform pairs is called; its codes have up to five official labels."""

PROFESSION_OF_PREFIX: Mapping[str, str] = MappingProxyType({"SCD": "40", "SI": "60", "FQ": "21"})
"""Profession (TRE_G15) of a speciality code by its prefix; every other code is a doctor's, 10."""

DOCTOR = "10"

MAX_LABELS = 5
"""Meanings named in a label before it ends with an ellipsis."""


@dataclass(frozen=True, slots=True)
class Interpretation:
    """The meaning of the text; the lists are alternatives of one meaning, joined by OR.

    ``text`` is the folded text for the name search, its apostrophes kept; None when the whole
    text was a known word.
    ``bypass_professions`` are the professions that the specialities belong to: a participating
    professional of one of them is kept even with another speciality (F027).
    ``alternatives`` are other meanings of an ambiguous word, as (label, words to search instead).
    """

    label: str
    professions: tuple[str, ...] = ()
    specialties: tuple[str, ...] = ()
    structure_kinds: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    offer_kinds: tuple[str, ...] = ()
    text: str | None = None
    structure_word: bool = False
    needs_maternity: bool = False
    needs_emergency: bool = False
    targets: tuple[Code, ...] = ()
    alternatives: tuple[tuple[str, str], ...] = field(default=())
    bypass_professions: tuple[str, ...] = ()


def interpret(text: str) -> Interpretation:
    """The meaning of the text (F025, F026, F029, F031, F032).

    Raises ``QueryTooShort`` for a text under three letters that is no known word.
    """
    key = lookup_key(text)
    found = vocabulary().get(key)
    if found is not None:
        return _interpret_targets(key, found)
    if key == MATERNITY:
        return _maternity()
    if len(fold(text).replace(" ", "")) < MIN_LETTERS:
        raise QueryTooShort
    return _interpret_name(text)


def interpret_codes(targets: tuple[Code, ...]) -> Interpretation:
    """The meaning of codes: the same people as the word for them (F055)."""
    return _interpret_targets("", targets)


def specialty_profession(specialty: str) -> str:
    """The profession whose members have that speciality code."""
    prefix = specialty.rstrip("0123456789")
    return PROFESSION_OF_PREFIX.get(prefix, DOCTOR)


def _interpret_targets(key: str, targets: tuple[Code, ...]) -> Interpretation:
    """The meaning of a known word; "urgences" also means the hospitals that have them (F032)."""
    specialties = _expand_reform_pairs(code.code for code in targets if _is_specialty(code))
    categories = tuple(code.code for code in targets if code.system == _R397)
    offer_kinds, kinds = _offer_kinds(targets), _structure_kinds(categories)
    if key == EMERGENCY:
        kinds = _unique([*kinds, StructureKind.HOSPITAL.value])
    return Interpretation(
        label=_label(targets),
        professions=tuple(code.code for code in targets if _is_profession(code)),
        specialties=specialties,
        structure_kinds=kinds,
        categories=tuple(category for category in categories if category != _CPTS_CATEGORY),
        offer_kinds=offer_kinds,
        structure_word=bool(kinds or categories or offer_kinds),
        needs_emergency=EMERGENCY in key.split(),
        targets=targets,
        alternatives=AMBIGUOUS.get(key, ()),
        bypass_professions=_unique(map(specialty_profession, specialties)),
    )


def _maternity() -> Interpretation:
    return Interpretation(
        label="Maternité",
        structure_kinds=(StructureKind.HOSPITAL.value, StructureKind.BIRTH_CENTRE.value),
        structure_word=True,
        needs_maternity=True,
    )


def _interpret_name(text: str) -> Interpretation:
    """A name search; the words maternity and emergency are conditions beside the name (F032).

    An apostrophe stays, since N'GUYEN and O'BRIEN are one word.
    """
    words = "'".join(map(fold, APOSTROPHE.split(text))).split()
    flags = {singular(word) for word in words} & {MATERNITY, EMERGENCY}
    named = [word for word in words if singular(word) != MATERNITY]
    return Interpretation(
        label=text.strip(),
        text=" ".join(named) or None,
        needs_maternity=MATERNITY in flags,
        needs_emergency=EMERGENCY in flags,
    )


def _is_profession(code: Code) -> bool:
    return code.system.startswith(("TRE_G15-", "TRE_R94-", "TRE_R95-", "TRE_R291-"))


def _is_specialty(code: Code) -> bool:
    return code.system not in (_R397, OFFER_KIND) and not _is_profession(code)


def _expand_reform_pairs(specialties: Iterable[str]) -> tuple[str, ...]:
    return _unique(member for code in specialties for member in codes.with_group(code))


def _structure_kinds(categories: Iterable[str]) -> tuple[str, ...]:
    kinds = (codes.structure_kind(code) for code in categories if code in PRINCIPAL_CATEGORIES)
    return _unique(kind.value for kind in kinds if kind is not None)


def _offer_kinds(targets: Iterable[Code]) -> tuple[str, ...]:
    kinds = [code.code for code in targets if code.system == OFFER_KIND]
    covers = any(code.system == _R397 and code.code == _CPTS_CATEGORY for code in targets)
    return tuple([*kinds, Kind.CPTS.value] if covers else kinds)


def _label(targets: tuple[Code, ...]) -> str:
    """The targets' names, options of a speciality left out where the speciality itself is there."""
    every = _unique(map(_display, targets))
    labels = [label for label in every if " option " not in label] or every
    named = ", ".join(labels[:MAX_LABELS])
    return f"{named}…" if len(labels) > MAX_LABELS else named


def _display(code: Code) -> str:
    group = codes.find_specialty_group(code.code) if _is_specialty(code) else None
    return code.label if group is None else GROUP_LABELS[group]


def _unique(values: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(values))
