"""Columns found by name in a header that was renamed, reordered or added to (trap 3)."""

from collections.abc import Iterable, Sequence

from mappings.analysis import fold

_LINKS = frozenset({"d", "de", "des", "du", "l", "la", "le", "coord"})
"""Words that come and go between the years: ``Code département (coord. structure)``."""


def locate_columns(header: Sequence[str], wanted: Iterable[str]) -> dict[str, int]:
    """The position of each wanted column; those that the header lacks are left out.

    Names are compared without case, accent and punctuation, exactly first: ``Identifiant PP``
    is part of ``Type d'identifiant PP``. Then, among the rest, without link words and word
    order: ``Code genre d'activité`` is ``Code genre activité``.
    """
    places = {fold(name): index for index, name in reversed(list(enumerate(header)))}
    found = {name: places[fold(name)] for name in wanted if fold(name) in places}
    taken = set(found.values())
    loose = {
        significant_words(name): index
        for index, name in reversed(list(enumerate(header)))
        if index not in taken
    }
    for name in wanted:
        if name not in found and significant_words(name) in loose:
            found[name] = loose[significant_words(name)]
    return found


def significant_words(name: str) -> frozenset[str]:
    """The words that distinguish a column from the others."""
    return frozenset(fold(name).split()) - _LINKS


def unknown_columns(header: Sequence[str], located: dict[str, int]) -> list[str]:
    """The names of the header that no wanted column took, empty ones left out."""
    taken = set(located.values())
    return [name for index, name in enumerate(header) if index not in taken and name.strip()]
