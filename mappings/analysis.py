"""French analysis of names and labels, the same at index and at search time unless noted.

Only filters of Elasticsearch's own analysis-common module, so that it runs on any distribution.
"""

import unicodedata
from typing import Any

from mappings import codes

TITLES = ("dr", "docteur", "docteure", "pr", "professeur", "professeure", "mme", "mr")
"""Words before a name that never distinguish two people."""

PARTICLES = ("de", "du", "des", "d")
"""Dropped from what is searched only: a doctor called Du stays findable by ``names``."""

ARTICLES = ("la", "le", "les", "l")
"""Dropped, with the particles, from what a structure is searched by: clinique de la Gare."""

ABBREVIATIONS = ("st => saint", "ste => sainte", "sts => saints", "stes => saintes")

MAX_NGRAM = 20
"""Longest prefix indexed for autocompletion, in characters."""

_APOSTROPHES = ["’ => '", "ʼ => '", "` => '", "´ => '", "\u0092 => '"]
_LIGATURES = ["œ => oe", "Œ => oe", "æ => ae", "Æ => ae"]
_SPELLED = str.maketrans(
    {"œ": "oe", "Œ": "oe", "æ": "ae", "Æ": "ae"} | dict.fromkeys("’‘ʼ\u0092‐‑‒–—·", " ")
)
"""Ligatures, and punctuation outside ASCII, which separates words as an apostrophe does."""
_WORDS = str.maketrans({chr(c): " " for c in range(0x80) if not chr(c).isalnum()})
"""A space for every ASCII character that is no letter and no digit."""


def fold(text: str) -> str:
    """Lower case, no accent, words of letters and digits separated by one space.

    The key of every whole-text lookup: ``Médecin-Généraliste`` gives ``medecin generaliste``.
    """
    if not text.isascii():
        spelled = text.translate(_SPELLED)
        text = unicodedata.normalize("NFKD", spelled).encode("ascii", "ignore").decode()
    return " ".join(text.lower().translate(_WORDS).split())


def synonym_rules() -> list[str]:
    """One explicit rule a synonym, from the tables: the word also matches its target's label.

    Rules of two or three letters are left out: as part of a longer text they hit names.
    """
    rules: dict[str, dict[str, None]] = {}
    for synonym, target in codes.synonyms():
        word, label = fold(synonym), fold(target.label)
        if len(word) > 3 and label and word != label:  # noqa: PLR2004
            rules.setdefault(word, {word: None})[label] = None
    return [f"{word} => {', '.join(words)}" for word, words in sorted(rules.items())]


def analysis_settings() -> dict[str, Any]:
    """The ``analysis`` settings of the index of offers."""
    folding = ["lowercase", "asciifolding"]
    names = [*folding, "saints", "apart_or_joined", "titles"]
    labels = ["elisions", *folding]
    return {
        "char_filter": {
            "apostrophes": {"type": "mapping", "mappings": [*_APOSTROPHES, *_LIGATURES]},
        },
        "filter": {
            "elisions": {
                "type": "elision",
                "articles_case": True,
                "articles": ["l", "d", "qu", "lorsqu", "puisqu", "quoiqu", "jusqu"],
            },
            "joined": {"type": "pattern_replace", "pattern": "'", "replacement": ""},
            # D'ANGELO is angelo and dangelo, so it meets who writes no apostrophe, and no article.
            "apart_or_joined": {
                "type": "multiplexer",
                "filters": ["elisions", "joined"],
                "preserve_original": False,
            },
            "saints": {"type": "synonym", "synonyms": list(ABBREVIATIONS)},
            "titles": {"type": "stop", "stopwords": list(TITLES)},
            "particles": {"type": "stop", "stopwords": list(PARTICLES)},
            "articles": {"type": "stop", "stopwords": list(ARTICLES)},
            "plurals": {"type": "stemmer", "language": "minimal_french"},
            "prefixes": {"type": "edge_ngram", "min_gram": 1, "max_gram": MAX_NGRAM},
            "ceiling": {"type": "truncate", "length": MAX_NGRAM},
            "specialties": {"type": "synonym_graph", "synonyms": synonym_rules(), "lenient": False},
        },
        "normalizer": {
            "folded": {"type": "custom", "filter": folding},
        },
        "analyzer": {
            "name": _analyzer(names),
            "name_search": _analyzer([*names, "particles"]),
            "structure_search": _analyzer([*names, "particles", "articles"]),
            "name_prefix": _analyzer([*names, "prefixes"]),
            "name_prefix_search": _analyzer([*names, "particles", "ceiling"]),
            "label": _analyzer([*labels, "plurals"]),
            "label_search": _analyzer([*labels, "specialties", "plurals"]),
        },
    }


def _analyzer(filters: list[str]) -> dict[str, Any]:
    return {
        "type": "custom",
        "char_filter": ["apostrophes"],
        "tokenizer": "standard",
        "filter": filters,
    }
