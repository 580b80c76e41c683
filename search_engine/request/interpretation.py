"""What is looked for: the codes of known words, a name, a number; how a search asks for them.

Lines are read by ``search_engine.understanding.read_what``; here its words become codes. Text is
never query syntax (W22): nothing here gives characters a meaning.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any

from mappings import codes
from mappings.codes import Code
from mappings.records import Kind, StructureKind
from search_engine.understanding.vocabulary import (
    AMBIGUOUS,
    MATERNITY,
    OFFER_KIND,
    STRUCTURE_CATEGORIES,
    lookup_key,
    vocabulary,
)

EMERGENCY = "urgence"

_CPTS_CATEGORY = "604"

DENTAL_CENTRE = "125"
"""The category of dental centres; since the reform of 2018 many are health centres (124) that say
it in their name only."""

PRINCIPAL_CATEGORIES = frozenset({"603", "439", "620", "611", "631"})
"""Categories that mean their whole kind: "pharmacie" (620) also means its annexes (641).

The others are searched by category alone: a dental centre (125) is no synonym of every centre, and
a clinic is no hospital in what people say.
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

ALTERNATIVE_FIELDS = (
    *("professions", "specialties", "structure_kinds", "categories", "offer_kinds"),
    *("targets", "alternatives"),
)
"""Fields that are alternatives of one meaning."""


@dataclass(frozen=True, slots=True)
class Interpretation:
    """Who or what is looked for; the lists of codes are alternatives, joined by OR.

    ``text`` is a folded name, its apostrophes kept, None without one; beside codes both must hold.
    ``structure_name`` is that of a structure with the word for its kind, where ``text`` is without.
    ``rpps``, ``finess`` and ``phone`` are the number of one person or structure, looked for
    everywhere.
    ``bypass_professions``: a participating professional of one of them is kept even with another
    speciality (F027, ``search_engine.request.bypass``).
    ``exact_only``: nobody answers whose name is only near to ``text``, unless ``near_too`` admits
    the same sound and one letter.
    ``alternatives`` are other meanings of an ambiguous word, as (label, words to search instead).
    """

    label: str
    professions: tuple[str, ...] = ()
    specialties: tuple[str, ...] = ()
    structure_kinds: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    offer_kinds: tuple[str, ...] = ()
    text: str | None = None
    structure_name: str | None = None
    rpps: str | None = None
    finess: str | None = None
    phone: str | None = None
    structure_word: bool = False
    needs_maternity: bool = False
    needs_emergency: bool = False
    needs_dental_care: bool = False
    exact_only: bool = False
    near_too: bool = False
    targets: tuple[Code, ...] = ()
    alternatives: tuple[tuple[str, str], ...] = field(default=())
    bypass_professions: tuple[str, ...] = ()

    @property
    def has_codes(self) -> bool:
        """Known words are looked for: professions, specialities, structures, kinds of offers."""
        return bool(
            self.professions
            or self.specialties
            or self.structure_kinds
            or self.categories
            or self.offer_kinds
        )

    @property
    def has_number(self) -> bool:
        """One person or structure is looked for by its number."""
        return bool(self.rpps or self.finess or self.phone)

    @property
    def names_somebody(self) -> bool:
        """A person or a structure is looked for by name or number, with or without a slot."""
        return self.text is not None or self.has_number


def interpret_word(word: str) -> Interpretation | None:
    """The codes of a word of the tables (F025, F026, F031, F032), None for one they do not hold.

    ``word`` is one need as a reading names it, never a line that somebody typed.
    """
    key = lookup_key(word)
    if key == MATERNITY:
        return _maternity()
    found = vocabulary().get(key)
    return None if found is None else _interpret_targets(key, found)


def join_meanings(meanings: Sequence[Interpretation]) -> Interpretation:
    """Any of the meanings: their codes are alternatives of one search."""
    if len(meanings) == 1:
        return meanings[0]
    joined: dict[str, Any] = {name: _join(meanings, name) for name in ALTERNATIVE_FIELDS}
    return replace(
        meanings[0],
        label=_shorten(_unique(meaning.label for meaning in meanings)),
        structure_word=any(meaning.structure_word for meaning in meanings),
        needs_maternity=any(meaning.needs_maternity for meaning in meanings),
        needs_emergency=any(meaning.needs_emergency for meaning in meanings),
        needs_dental_care=all(meaning.needs_dental_care for meaning in meanings),
        **joined,
    )


def _join(meanings: Sequence[Interpretation], name: str) -> tuple[Any, ...]:
    return tuple(dict.fromkeys(value for one in meanings for value in getattr(one, name)))


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
    categories = tuple(code.code for code in targets if code.system == STRUCTURE_CATEGORIES)
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
        needs_dental_care=DENTAL_CENTRE in categories,
        targets=targets,
        alternatives=AMBIGUOUS.get(key, ()),
    )


def _maternity() -> Interpretation:
    return Interpretation(
        label="Maternité",
        structure_kinds=(StructureKind.HOSPITAL.value, StructureKind.BIRTH_CENTRE.value),
        structure_word=True,
        needs_maternity=True,
    )


def _is_profession(code: Code) -> bool:
    return code.system.startswith(("TRE_G15-", "TRE_R94-", "TRE_R95-", "TRE_R291-"))


def _is_specialty(code: Code) -> bool:
    return code.system not in (STRUCTURE_CATEGORIES, OFFER_KIND) and not _is_profession(code)


def _expand_reform_pairs(specialties: Iterable[str]) -> tuple[str, ...]:
    return _unique(member for code in specialties for member in codes.with_group(code))


def _structure_kinds(categories: Iterable[str]) -> tuple[str, ...]:
    kinds = (codes.structure_kind(code) for code in categories if code in PRINCIPAL_CATEGORIES)
    return _unique(kind.value for kind in kinds if kind is not None)


def _offer_kinds(targets: Iterable[Code]) -> tuple[str, ...]:
    kinds = [code.code for code in targets if code.system == OFFER_KIND]
    covers = any(
        code.system == STRUCTURE_CATEGORIES and code.code == _CPTS_CATEGORY for code in targets
    )
    return tuple([*kinds, Kind.CPTS.value] if covers else kinds)


def _label(targets: tuple[Code, ...]) -> str:
    """The targets' names, options of a speciality left out where the speciality itself is there."""
    every = _unique(map(_display, targets))
    labels = [label for label in every if " option " not in label] or every
    return _shorten(labels)


def _shorten(labels: Sequence[str]) -> str:
    named = ", ".join(labels[:MAX_LABELS])
    return f"{named}…" if len(labels) > MAX_LABELS else named


def _display(code: Code) -> str:
    group = codes.find_specialty_group(code.code) if _is_specialty(code) else None
    return code.label if group is None else GROUP_LABELS[group]


def _unique(values: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(values))
