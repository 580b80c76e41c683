"""CPTS that cover the place: which they are, who belongs to them, and the cards that result."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from geography.gazetteer import load_gazetteer
from tests.search_engine.oracle.query import OracleQuery


@dataclass(frozen=True, slots=True)
class OracleHit:
    """One expected offer, with the keys it is sorted by; ``finess`` of the CPTS that shows it.

    ``effort`` in minutes, None where another sort is asked; ``person`` whose offer it is.
    """

    id: str
    score: float
    inside: tuple[float | str, ...]
    finess: str | None = None
    effort: float | None = None
    person: str = ""

    @property
    def card_id(self) -> str:
        return self.id if self.finess is None else f"cpts:{self.finess}"


@dataclass(frozen=True, slots=True)
class Card:
    """One expected card: its best offer, and how many it stands for when it is a CPTS; ``first``
    are the best three of them."""

    id: str
    best: OracleHit
    members: int | None
    first: tuple[str, ...] = ()


def covering_cpts(query: OracleQuery, offers: Iterable[dict[str, Any]]) -> frozenset[str]:
    """FINESS of the CPTS that group their members in this search; none when nothing is grouped."""
    grouped = query.group_cpts and query.cpts is None and query.meaning.text is None
    if not grouped or query.insee is None:
        return frozenset()
    family = set(load_gazetteer().insee_family(query.insee))
    return frozenset(
        offer["finess"]
        for offer in offers
        if offer["kind"] == "cpts" and family & set(offer.get("covers_insee", []))
    )


def covering_group(offer: dict[str, Any], covering: frozenset[str]) -> str | None:
    """The covering CPTS that the offer belongs to; a CPTS is no member of itself."""
    if offer["kind"] == "cpts":
        return None
    return next((finess for finess in offer.get("cpts", []) if finess in covering), None)


def group_cards(found: Sequence[OracleHit]) -> list[Card]:
    """Offers in order become cards: a CPTS stands where its first member stood."""
    shown: dict[str, list[OracleHit]] = {}
    for one in found:
        shown.setdefault(one.card_id, []).append(one)
    return [
        Card(
            name,
            ones[0],
            None if ones[0].finess is None else len(ones),
            tuple(one.id for one in ones[:3]),
        )
        for name, ones in shown.items()
    ]


def fold_people(cards: Iterable[Card]) -> list[list[Card]]:
    """The cards of a page by person, each at the first of its places; a CPTS is nobody else."""
    shown: dict[str, list[Card]] = {}
    for card in cards:
        key = card.best.person if card.members is None else card.id
        shown.setdefault(key, []).append(card)
    return list(shown.values())


def count_cards(offers: Iterable[dict[str, Any]], covering: frozenset[str]) -> int:
    """How many cards show the offers."""
    return len({covering_group(offer, covering) or offer["id"] for offer in offers})
