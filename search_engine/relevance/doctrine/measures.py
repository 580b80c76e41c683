"""What is measured of a first page beside everybody it leaves out: pure functions."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import combinations
from math import exp, lgamma, log
from typing import NamedTuple

from search_engine.relevance.doctrine.arithmetic import BAND_MINUTES, WeighedOffer

EQUAL_BAND = "equal_band"
DETOUR = "detour"
"""The unseen offer is nearer as the crow flies and takes longer: around water, or a cirque."""
CREDITED = ("participation", "slot_type", "certain")
"""Rows that may put somebody farther and later first."""


class PageMeasures(NamedTuple):
    """What one first page shows of the doctrine.

    ``hidden``: somebody unseen is nearer than all cards and free no later than the earliest.
    ``explained_by``: the rows that explain it; empty where nothing does. ``cards``, ``dominated``:
    how many, and how many of them stand above an unseen offer that is in nothing worse and better
    by more than a band. ``late_pairs``: farther and later first at equal other rows, by more than a
    band.
    """

    cards: int
    hidden: bool
    explained_by: frozenset[str]
    dominated: int
    late_pairs: int


def measure_page(
    cards: Sequence[WeighedOffer], everybody: Iterable[WeighedOffer], groups: Iterable[str] = ()
) -> PageMeasures:
    """The measures of a page; members of the CPTS in ``groups``, by FINESS, are behind its card."""
    unseen = list(list_unseen(cards, everybody, frozenset(groups)))
    hidden = [one for one in unseen if is_hidden(one, cards)]
    reasons = [explain_hidden(one, cards) for one in hidden]
    explained = frozenset().union(*reasons) if all(reasons) else frozenset()
    return PageMeasures(
        len(cards),
        bool(hidden),
        explained,
        sum(any(dominates(one, card) for one in unseen) for card in cards),
        sum(is_late_pair(first, second) for first, second in combinations(cards, 2)),
    )


def list_unseen(
    cards: Sequence[WeighedOffer], everybody: Iterable[WeighedOffer], groups: frozenset[str]
) -> Iterator[WeighedOffer]:
    """The offers of people that no card shows."""
    ids = {card.id for card in cards}
    people = {card.person for card in cards}
    for one in everybody:
        if one.id not in ids and one.person not in people and groups.isdisjoint(one.cpts):
            yield one


def is_hidden(one: WeighedOffer, cards: Sequence[WeighedOffer]) -> bool:
    """Nearer than all cards, and free no later than the earliest of them."""
    starts = [card.start for card in cards if card.start is not None]
    nearer = all(one.km < card.km for card in cards)
    return nearer and one.start is not None and all(one.start <= start for start in starts)


def explain_hidden(one: WeighedOffer, cards: Sequence[WeighedOffer]) -> frozenset[str]:
    """Rows by which every card is before the unseen offer; empty where one card has no right to."""
    reasons: set[str] = set()
    for card in cards:
        if card.rows.band > one.rows.band:
            return frozenset()
        if card.rows.band == one.rows.band:
            reasons.add(EQUAL_BAND)
            continue
        better = {r for r in CREDITED if getattr(card.rows, r) > getattr(one.rows, r)}
        if card.rows.travel < one.rows.travel:
            better.add(DETOUR)
        if not better:
            return frozenset()
        reasons |= better
    return frozenset(reasons)


def dominates(one: WeighedOffer, card: WeighedOffer) -> bool:
    """At least as good in every row, and better by more than a band."""
    ours, theirs = one.rows, card.rows
    paid = ours.travel <= theirs.travel and ours.rough <= theirs.rough
    credited = all(getattr(ours, row) >= getattr(theirs, row) for row in ("seen", *CREDITED))
    return paid and credited and ours.effort < theirs.effort - BAND_MINUTES


def is_late_pair(first: WeighedOffer, second: WeighedOffer) -> bool:
    """Whether the first of two cards is farther and later, equal in every other row, and costs
    more by more than a band."""
    rows = (*CREDITED, "rough")
    equal = all(getattr(first.rows, row) == getattr(second.rows, row) for row in rows)
    if first.start is None or second.start is None or not equal:
        return False
    worse = first.km > second.km and first.start > second.start
    return worse and first.rows.effort - second.rows.effort > BAND_MINUTES


def select_first_band(everybody: Iterable[WeighedOffer]) -> list[WeighedOffer]:
    """The offers of the band of least effort, all of which may come first."""
    listed = list(everybody)
    least = min((one.rows.band for one in listed), default=0)
    return [one for one in listed if one.rows.band == least]


def measure_draw(firsts: Iterable[str], members: Sequence[str]) -> float:
    """How probable so uneven a draw is by chance, 0 to 1: chi-squared over who came first.

    0.0 where somebody outside the band came first.
    """
    counts = Counter(firsts)
    if set(counts) - set(members) or not counts:
        return 0.0
    wanted = counts.total() / len(members)
    squared = sum((counts[one] - wanted) ** 2 / wanted for one in members)
    return compute_chi_squared_tail(squared, len(members) - 1)


def compute_chi_squared_tail(squared: float, freedom: int) -> float:
    """Probability that a chi-squared variable of so many degrees of freedom is larger.

    One minus the regularised lower incomplete gamma function, by its series (Abramowitz and Stegun,
    6.5.29).
    """
    if freedom < 1 or squared <= 0:
        return 1.0
    shape, half = freedom / 2, squared / 2
    term = total = 1 / shape
    for step in range(1, 10_000):
        term *= half / (shape + step)
        total += term
        if term < total * 1e-12:
            break
    lower = total * exp(shape * log(half) - half - lgamma(shape))
    return max(0.0, 1.0 - lower)
