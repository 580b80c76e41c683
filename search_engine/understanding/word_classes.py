"""Small words by what they do in a line: ``word_classes.csv``, folded, one row a use."""

import csv
from importlib import resources


def _read_classes() -> dict[str, frozenset[str]]:
    text = resources.files(__package__).joinpath("word_classes.csv").read_text("utf-8")
    found: dict[str, set[str]] = {}
    for row in csv.DictReader(text.splitlines()):
        found.setdefault(row["class"], set()).add(row["word"])
    return {name: frozenset(words) for name, words in found.items()}


_CLASSES = _read_classes()

LINK_WORDS = _CLASSES["link"]
"""Words that may stand, or not, between the words of a phrase."""

SMALL_WORDS = LINK_WORDS | _CLASSES["small"]
"""Words that carry no meaning of their own."""

PREPOSITIONS = _CLASSES["preposition"]
"""Words after which a place comes."""

PARTICLES = _CLASSES["particle"]
"""Words that begin a family name (``Le Gall``) or stand between a preposition and its place."""

STRUCTURE_WORDS = _CLASSES["structure"]
"""Words that begin the name of a place: ``clinique Pasteur``, ``pharmacie de la Gare``."""

SIGN_WORDS = _CLASSES["sign"]
"""Of them, those that bear a name of their own: ``pharmacie des Lilas``."""

PATRONS = _CLASSES["patron"]
"""After the word for a structure they begin its name: the clinic Saint-Jean, not the commune."""

GENERAL_WORDS = _CLASSES["general"]
"""Words that mean a general practitioner only where no speciality stands beside them."""

EMERGENCY_WORDS = _CLASSES["emergency"]
"""Beside a need they tell when, not who."""

SURE_TITLES = _CLASSES["sure_title"]
"""Civilities after which a word is a name, whatever else it means: ``Dr Talon``."""

DOCTOR_TITLES = _CLASSES["doctor_title"]
"""Civilities of doctors and dentists: of several who are called so they come first."""
