"""The commune that a misspelt name was meant to be, by rapidfuzz, bounded by length.

The first letter is held to be right, which leaves a few hundred names of thirty-seven thousand.
"""

import re
from collections import defaultdict
from functools import cache

from rapidfuzz import process
from rapidfuzz.distance import OSA

from geography.gazetteer import Commune, Gazetteer
from geography.place_names import name_key

MIN_LETTERS = 5
"""Shorter names are never corrected: one letter makes another one of them."""

TWO_ERRORS = 8
"""Letters from which two errors are admitted."""

MAX_ERRORS = 2

_NAME = re.compile(r"(?:[^\W\d_]|[ .,/'’-])+")
"""Letters and the signs of names: ``{}<script>`` is no misspelt commune."""


def find_near_communes(
    gazetteer: Gazetteer, name: str, max_errors: int = MAX_ERRORS
) -> list[Commune]:
    """The communes whose names are nearest to a misspelt one, most inhabitants first.

    ``max_errors`` holds for long names, one for the others. Only the smallest number counts: one
    for ``Landernau``, two for ``Maurlaix``. A name with a figure is never corrected.
    """
    key = name_key(name)
    letters = key.replace(" ", "")
    if len(letters) < MIN_LETTERS or not letters.isalpha() or not _NAME.fullmatch(name):
        return []
    errors = max_errors if len(letters) >= TWO_ERRORS else 1
    starts = _keys_by_start(gazetteer)
    lengths = range(len(key) - errors, len(key) + errors + 1)
    candidates = [known for length in lengths for known in starts.get((key[0], length), ())]
    found = process.extract(key, candidates, scorer=OSA.distance, score_cutoff=errors, limit=None)
    least = min((distance for _, distance, _ in found), default=0)
    communes = [
        commune
        for near, distance, _ in found
        if distance == least
        for commune in gazetteer.by_name(near)
    ]
    return sorted(dict.fromkeys(communes), key=lambda c: (c.part is not None, -c.population))


@cache
def _keys_by_start(gazetteer: Gazetteer) -> dict[tuple[str, int], tuple[str, ...]]:
    """Keys of names by first letter and length."""
    grouped: dict[tuple[str, int], list[str]] = defaultdict(list)
    for key in gazetteer.name_keys():
        grouped[key[0], len(key)].append(key)
    return {start: tuple(keys) for start, keys in grouped.items()}
