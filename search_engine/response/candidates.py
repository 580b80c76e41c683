"""The block ``candidates``: whom else a name may mean, each told apart and found by one click."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from mappings import codes
from mappings.records import Offer
from search_engine.backend.bodies import Hit
from search_engine.response.cards import Card, omit_unknown

MOST = 20
"""Candidates named: more is a list that nobody reads at the telephone."""

SIGN = "sign"
"""The way of a practice's sign, which is nobody's name."""

Candidate = dict[str, Any]


def candidates_block(hits: Iterable[Hit], shown: Sequence[Card]) -> list[Candidate] | None:
    """People and structures behind the cards of a name search, in its order, each once.

    None when there is none.
    """
    known = {_card_key(card) for card in shown}
    found: dict[str, Candidate] = {}
    for offer in _list_named(hits):
        key = _offer_key(offer)
        if key not in known and len(found) < MOST:
            found.setdefault(key, build_candidate(offer))
    return list(found.values()) or None


def _list_named(hits: Iterable[Hit]) -> Iterator[Offer]:
    """The offers that answer by a name of their own."""
    return (hit["_source"] for hit in hits if set(hit.get("matched_queries", [])) - {SIGN})


def build_candidate(offer: Offer) -> Candidate:
    """Title, profession, commune and number; ``what`` finds that one alone."""
    profession = codes.professions().get(offer.get("profession", ""))
    number = offer.get("rpps") or offer.get("finess")
    return omit_unknown(
        {
            "id": offer["id"],
            "kind": offer["kind"],
            "title": offer["title"],
            "profession": None if profession is None else profession.label,
            "postal_code": offer.get("postal_code"),
            "city": offer.get("city"),
            "department": offer.get("department"),
            "rpps": offer.get("rpps"),
            "finess": None if "rpps" in offer else offer.get("finess"),
            "what": number or offer["title"],
        }
    )


def _offer_key(offer: Mapping[str, Any]) -> str:
    return str(offer.get("rpps") or offer["id"])


def _card_key(card: Card) -> str:
    return str(card.get("practitioner", {}).get("rpps") or card["id"])
