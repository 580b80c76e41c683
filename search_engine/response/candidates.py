"""The block ``candidates``: whom else a name may mean, each told apart and found by one click."""

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from mappings import codes
from mappings.records import Offer
from search_engine.backend.bodies import Hit
from search_engine.response.cards import Card, omit_unknown

MOST = 20
"""Candidates named: more is a list that nobody reads at the telephone."""

PLACES: Mapping[str | None, int] = MappingProxyType({"whole": 8, "exact": 6, None: 6})
"""Of them, at least so many who bear the whole name, hold it, or sound like it or are near."""

SIGN = "sign"
"""The way of a practice's sign, which is nobody's name."""

Candidate = dict[str, Any]


def candidates_block(hits: Iterable[Hit], shown: Sequence[Card]) -> list[Candidate] | None:
    """People and structures behind the cards of a name search, each once, the best names first.

    ``hits`` may hold an offer twice. None when there is nobody else.
    """
    known = {_card_key(card) for card in shown}
    behind: dict[str, Hit] = {}
    for hit in hits:
        if _is_named(hit) and (key := _offer_key(hit["_source"])) not in known:
            behind.setdefault(key, hit)
    return [build_candidate(hit["_source"]) for hit in _choose(list(behind.values()))] or None


def _choose(hits: Sequence[Hit]) -> list[Hit]:
    """The first of each way within its places, the rest filled up, best way first."""
    groups = {way: [hit for hit in hits if _find_way(hit) == way] for way in PLACES}
    kept = {way: min(len(groups[way]), places) for way, places in PLACES.items()}
    for way, found in groups.items():
        kept[way] += min(len(found) - kept[way], MOST - sum(kept.values()))
    return [hit for way, found in groups.items() for hit in found[: kept[way]]]


def _find_way(hit: Hit) -> str | None:
    return next((way for way in PLACES if way in hit["matched_queries"]), None)


def _is_named(hit: Hit) -> bool:
    """The offer answers by a name of its own."""
    return bool(set(hit.get("matched_queries", [])) - {SIGN})


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
