"""Subjects of known items: who or what a template is about, as the index knows them.

The name of a subject is ``family.name``, with a condition on its slots after it: ``+slot`` (one
that can be seen in the window), ``-slot`` (none), ``+home``, ``+remote``.
"""

import csv
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cache
from importlib import resources
from types import MappingProxyType

from geography.gazetteer import load_gazetteer
from mappings.analysis import fold
from mappings.codes import table_rows
from mappings.records import Consultation, Kind, Offer
from search_engine.relevance.cases import Traits
from search_engine.relevance.index_probe import has_traits

Predicate = Callable[[Offer], bool]

SHORT_LETTERS = 3
"""Letters of a family name that is short."""


class NameClass(StrEnum):
    """What a family name is besides (``family_names.csv``): a parser may take it otherwise."""

    WORD = "word"
    """A word of French too: ``Petit``."""
    GLUED = "glued"
    """Heard as a particle and a word: ``Legall``."""


@cache
def load_family_names() -> Mapping[NameClass, frozenset[str]]:
    """The folded names of each class."""
    text = resources.files(__package__).joinpath("family_names.csv").read_text("utf-8")
    rows = list(csv.DictReader(text.splitlines()))
    return {
        kind: frozenset(row["name"] for row in rows if row["class"] == kind) for kind in NameClass
    }


class Bearers(StrEnum):
    """Who else may have the family name of a subject, in its department."""

    ALONE = "alone"
    """Nobody, of the same traits where the subject has some."""
    TOWN = "town"
    """Another person of the commune, of another given name."""
    DEPARTMENT = "department"
    """Another person of another commune, of the same given name."""
    SOUND = "sound"
    """Nobody; but somebody's name sounds alike."""
    PLACES = "places"
    """Nobody else; and the subject has several places."""
    NAMED = "named"
    """Structures: any number; whether one of them is called as the subject is told beside it."""
    ANY = "any"
    """Not counted."""


@dataclass(frozen=True, slots=True)
class ItemSubject:
    """Which offers a template may be about.

    ``traits``: those of its kind, which make another offer alike. ``is_fit``: what a stored offer
    must satisfy besides. ``bearers``: how many other people may bear the name nearby. ``also``:
    what answers the same need without the traits, by a rule of the engine.
    """

    kind: Kind
    traits: Traits | None = None
    is_fit: Predicate = bool
    bearers: Bearers = Bearers.ALONE
    has_slot: bool | None = None
    consultation: Consultation | None = None
    is_absent: bool = False
    also: Predicate | None = None


CONDITIONS: Mapping[str, tuple[bool, Consultation | None]] = MappingProxyType(
    {
        "+slot": (True, None),
        "-slot": (False, None),
        "+home": (True, Consultation.HH),
        "+remote": (True, Consultation.VR),
    }
)


def find_subject(written: str) -> ItemSubject:
    """The subject of a name with its condition; raises ``KeyError`` for one not in the table."""
    for sign, (has_slot, consultation) in CONDITIONS.items():
        name = written.removesuffix(sign)
        if name != written:
            return replace(SUBJECTS[name], has_slot=has_slot, consultation=consultation)
    return SUBJECTS[written]


def _family(offer: Offer) -> str:
    return offer.get("family", "")


def is_short(offer: Offer) -> bool:
    """A family name of two or three letters."""
    return 2 <= len(_family(offer)) <= SHORT_LETTERS  # noqa: PLR2004


def is_town_name(offer: Offer) -> bool:
    """A family name that is a commune's too."""
    return bool(load_gazetteer().by_name(_family(offer)))


def is_common_word(offer: Offer) -> bool:
    """A family name that means something else in a search."""
    return fold(_family(offer)) in load_family_names()[NameClass.WORD]


def is_given_name(offer: Offer) -> bool:
    """A family name that is a given name too."""
    return fold(_family(offer)) in _load_given_names()


@cache
def _load_given_names() -> frozenset[str]:
    return frozenset(fold(row["name"]) for row in table_rows("given_names"))


def is_compound(offer: Offer) -> bool:
    """Two family names with a hyphen."""
    return "-" in _family(offer) and " " not in _family(offer)


def has_compound_given(offer: Offer) -> bool:
    """A given name with a hyphen."""
    return "-" in offer.get("given", "") and _is_plain(offer)


def begin_with(*starts: str) -> Predicate:
    """Whether the family name begins with one of the words."""
    return lambda offer: _family(offer).lower().startswith(starts)


def is_glued(offer: Offer) -> bool:
    """``LEGALL``, ``LEGOFF``: the particle in one word with the name."""
    return fold(_family(offer)) in load_family_names()[NameClass.GLUED]


def has_apostrophe(offer: Offer) -> bool:
    """``N'GUYEN``, ``D'ANGELO``."""
    return not {"'", "’"}.isdisjoint(_family(offer))


def _is_plain(offer: Offer) -> bool:
    """A family name of one word that only names somebody."""
    family = _family(offer)
    return family.isalpha() and len(family) > SHORT_LETTERS and not is_common_word(offer)


def has_phone(offer: Offer) -> bool:
    """A telephone of the country."""
    return any(phone.startswith("+33") for phone in offer.get("phones", []))


def sees_anybody(offer: Offer) -> bool:
    """Answers a general need, or that of an age that is told, without the speciality: whoever takes
    part in the SAS (F027), and places of duty, which bear none."""
    duty = Traits(kind=["sos_point", "unscheduled_care"], holds=["participant"])
    return has_traits(offer, duty)


def is_clinic_too(offer: Offer) -> bool:
    """What the code table calls a clinic besides: a maternity, an establishment of medical care."""
    return offer.get("category") in ("122", "129")


def says_dental(offer: Offer) -> bool:
    """A health centre of today's category whose name says that dentists work there."""
    words = fold(" ".join(offer["names"])).split()
    return offer.get("category") == "124" and any(word.startswith("denta") for word in words)


def _person(
    traits: Traits | None = None, is_fit: Predicate = _is_plain, bearers: Bearers = Bearers.ALONE
) -> ItemSubject:
    return ItemSubject(Kind.PROFESSIONAL, traits, is_fit, bearers)


def _structure(**traits: Iterable[str]) -> ItemSubject:
    return ItemSubject(Kind.STRUCTURE, Traits(**traits), bearers=Bearers.NAMED)


def _doctor(*codes_held: str) -> ItemSubject:
    return _person(Traits(specialty=list(codes_held)))


def _other(profession: str) -> ItemSubject:
    return _person(Traits(profession=[profession]))


SUBJECTS: Mapping[str, ItemSubject] = MappingProxyType(
    {
        "person.rare": _person(),
        "person.short": _person(is_fit=is_short),
        "person.town_name": _person(is_fit=is_town_name),
        "person.common_word": _person(is_fit=is_common_word),
        "person.given_as_family": _person(is_fit=is_given_name),
        "person.compound": _person(is_fit=is_compound),
        "person.compound_given": _person(is_fit=has_compound_given),
        "person.homonym": _person(bearers=Bearers.TOWN),
        "person.namesake": _person(bearers=Bearers.DEPARTMENT),
        "person.same_sound": _person(bearers=Bearers.SOUND),
        "person.particle_le": _person(is_fit=begin_with("le ", "la ")),
        "person.glued_le": _person(is_fit=is_glued),
        "person.particle_de": _person(is_fit=begin_with("de ", "du ", "des ", "de la ")),
        "person.apostrophe": _person(is_fit=has_apostrophe),
        "person.absent": replace(_person(), is_absent=True),
        "person.several_places": _person(bearers=Bearers.PLACES),
        "person.phone": _person(is_fit=has_phone, bearers=Bearers.ANY),
        "person.gp": replace(_doctor("SM26", "SM53", "SM54"), also=sees_anybody),
        "person.cardiologist": _doctor("SM04", "SM73", "SM79", "SM80", "SM81"),
        "person.paediatrician": replace(
            _doctor("SM40", "SM87", "SM88", "SM89", "SM90"), also=sees_anybody
        ),
        "person.gynaecologist": _doctor("SM19", "SM20", "SM51", "SM52"),
        "person.dermatologist": _doctor("SM15"),
        "person.ophthalmologist": _doctor("SM38", "SM85"),
        "person.psychiatrist": _doctor("SM42", "SM43", "SM33", "SM92", "SM93"),
        "person.dentist": _other("40"),
        "person.midwife": _other("50"),
        "person.nurse": _other("60"),
        "person.physiotherapist": _other("70"),
        "person.podiatrist": _other("80"),
        "person.speech_therapist": _other("91"),
        "structure.any": ItemSubject(Kind.STRUCTURE, bearers=Bearers.ANY),
        "structure.phone": ItemSubject(Kind.STRUCTURE, is_fit=has_phone, bearers=Bearers.ANY),
        "structure.msp": _structure(kind=["msp"]),
        "structure.health_centre": _structure(kind=["health_centre"]),
        "structure.pharmacy": _structure(kind=["pharmacy"]),
        "structure.laboratory": _structure(kind=["laboratory"]),
        "structure.hospital": _structure(category=["101", "106", "355"]),
        "structure.clinic": replace(_structure(category=["128", "365"]), also=is_clinic_too),
        "structure.emergency": _structure(holds=["emergency"]),
        "structure.maternity": _structure(holds=["maternity_level"]),
        "structure.duty_house": _structure(category=["617"]),
        "structure.birth_centre": _structure(kind=["birth_centre"]),
        "structure.cmp": _structure(category=["156"]),
        "structure.cmpp": _structure(category=["189"]),
        "structure.csapa": _structure(category=["197"]),
        "structure.cegidd": _structure(category=["638"]),
        "structure.pmi": _structure(category=["223"]),
        "structure.sexual_health": _structure(category=["228"]),
        "structure.had": _structure(category=["127"]),
        "structure.ehpad": _structure(category=["500", "501"]),
        "structure.dental_centre": replace(_structure(category=["125"]), also=says_dental),
        "structure.vaccination": _structure(category=["645"]),
        "sos.point": ItemSubject(Kind.SOS_POINT, Traits(kind=["sos_point"]), bearers=Bearers.ANY),
        "cpts.any": ItemSubject(Kind.CPTS, Traits(kind=["cpts"]), bearers=Bearers.ANY),
    }
)
"""Every subject. Categories: FINESS (TRE_R397); specialities: TRE_R38, both sides of a reform."""
