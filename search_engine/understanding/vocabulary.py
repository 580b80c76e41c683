"""The words of the code tables: synonyms, official labels, kinds of offers, and what they mean.

A whole text is looked up by one key (``lookup_key``); nothing here splits a text.
"""

from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from types import MappingProxyType

from mappings import codes
from mappings.analysis import fold
from mappings.codes import Code
from mappings.records import Kind
from search_engine.understanding.tokens import singular

LEADING_ARTICLES = frozenset({"l", "le", "la", "les", "un", "une", "d", "du", "des"})
ELIDED = frozenset({"l", "d", "qu"})

MATERNITY = "maternite"
"""The word for hospitals with a maternity, which no code table names."""

OFFER_KIND = "offer_kind"
"""The system of the codes of ``OTHER_KINDS``, which no terminology holds."""

STRUCTURE_CATEGORIES = "TRE_R397-CategorieEntiteGeographiqueExercice"
"""The system of the categories of FINESS."""

NOT_SEARCHED = ("TRE_R04-", "TRE_R44-", "TRE_R45-", "TRE_R394-")
"""Terminologies whose labels are no search terms: kinds of skill, administrative titles."""

SAY_TWO_THINGS = frozenset({"pharmacie de garde", "dentiste de garde", "prise de sang à domicile"})
"""Synonyms that are a need and a quality: a line reads them in two parts."""

AMBIGUOUS: Mapping[str, tuple[tuple[str, str], ...]] = MappingProxyType(
    {
        "ortho": (
            ("Chirurgien orthopédiste", "chirurgien orthopédiste"),
            ("Orthodontiste", "orthodontiste"),
            ("Orthophoniste", "orthophoniste"),
            ("Orthoptiste", "orthoptiste"),
        ),
        "psy": (
            ("Psychiatre", "psychiatre"),
            ("Psychologue", "psychologue"),
            ("Psychothérapeute", "psychothérapeute"),
            ("Pédopsychiatre", "pédopsychiatre"),
        ),
        "radio": (
            ("Radiologue", "radiologue"),
            ("Radiothérapeute", "radiothérapeute"),
            ("Manipulateur radio", "manipulateur radio"),
        ),
        "neuro": (
            ("Neurologue", "neurologue"),
            ("Neurochirurgien", "neurochirurgien"),
            ("Neuropsychologue", "neuropsychologue"),
        ),
        "podo": (("Pédicure-podologue", "podologue"), ("Podo-orthésiste", "podo-orthésiste")),
        "chirurgien": (
            ("Chirurgien viscéral", "chirurgien viscéral"),
            ("Chirurgien orthopédiste", "chirurgien orthopédiste"),
            ("Chirurgien-dentiste", "chirurgien-dentiste"),
        ),
        "prothesiste": (
            ("Orthoprothésiste", "orthoprothésiste"),
            ("Audioprothésiste", "audioprothésiste"),
        ),
        "prise de sang": (
            ("Laboratoire", "laboratoire"),
            ("Infirmier à domicile", "prise de sang à domicile"),
        ),
        "urgence": (
            ("Médecin urgentiste", "urgentiste"),
            ("Lieu de soins non programmés", "lieu de soins non programmés"),
            ("SOS Médecins", "SOS Médecins"),
            ("Hôpital", "hôpital"),
        ),
        "15": (("SAMU Centre 15", "SAMU"),),
    }
)
"""Words with several meanings: (a meaning, the words that mean it alone)."""

NOT_HELD: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "urgences gynécologiques": ("maternité", "gynécologue"),
        "urgences ophtalmologiques": ("urgences", "ophtalmologue"),
    }
)
"""Needs that no category tells apart, and the needs that stand for each; ``sentences.csv`` says
so."""

OTHER_KINDS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "SOS Médecins": (Kind.SOS_POINT.value, "SOS Médecins"),
        "SOS": (Kind.SOS_POINT.value, "SOS Médecins"),
        "SOS docteur": (Kind.SOS_POINT.value, "SOS Médecins"),
        "place de marché": (Kind.SOLUTION.value, "Place de marché"),
    }
)
"""Words for kinds of offers that no terminology names."""


def lookup_key(text: str) -> str:
    """The key of the whole-text lookup: folded, singular, without articles and elisions.

    ``Les médecins généralistes`` gives ``medecin generaliste``, ``l'ophtalmo`` ``ophtalmo``.
    """
    words = fold(text).split()
    while len(words) > 1 and words[0] in LEADING_ARTICLES:
        words = words[1:]
    kept = [word for word in words if word not in ELIDED] or words
    return " ".join(map(singular, kept))


@cache
def vocabulary() -> Mapping[str, tuple[Code, ...]]:
    """Targets by lookup key.

    A synonym wins over an official label of the same key, so that "cardiologue" and
    "cardiologie" mean the same people (F026).
    """
    return MappingProxyType({**_targets(_official_labels()), **_targets(codes.synonyms())})


def _targets(vocabulary: Iterable[tuple[str, Code]]) -> dict[str, tuple[Code, ...]]:
    words: dict[str, dict[Code, None]] = {}
    for text, code in vocabulary:
        words.setdefault(lookup_key(text), {}).setdefault(code, None)
    return {key: tuple(found) for key, found in words.items() if key}


def _official_labels() -> Iterator[tuple[str, Code]]:
    for code in codes.specialties().values():
        if not code.system.startswith(NOT_SEARCHED):
            yield code.label, code
    for table in (codes.professions(), codes.structure_categories()):
        yield from ((code.label, code) for code in table.values())
    for text, (kind, label) in OTHER_KINDS.items():
        yield text, Code(kind, label, OFFER_KIND)


def is_need(text: str) -> bool:
    """Whether the whole text means somebody or some place that the code tables name."""
    key = lookup_key(text)
    return key == MATERNITY or key in vocabulary()


def is_structure_need(text: str) -> bool:
    """Whether the whole text means categories of structures and nobody else."""
    found = vocabulary().get(lookup_key(text), ())
    return bool(found) and all(code.system == STRUCTURE_CATEGORIES for code in found)


def list_table_words() -> Iterator[str]:
    """Every text that the code tables understand whole, as it is written there."""
    yield from (text for text, _ in codes.synonyms() if text not in SAY_TWO_THINGS)
    yield from AMBIGUOUS
    yield from OTHER_KINDS
    yield from (text for text, code in _official_labels() if code.system != OFFER_KIND)
