"""One person, one card: his places on a page are folded into the first of them.

A page by number folds what it holds; a page by cursor reads on until it has its people.
"""

from collections.abc import Collection, Iterable, Sequence

from mappings.offer_ids import cpts_id, person_key
from mappings.records import Offer
from search_engine.backend.bodies import Hit


def find_card_key(offer: Offer, shown_cpts: Collection[str]) -> str:
    """The card that shows an offer: that of its CPTS, else that of its person."""
    finess = next((one for one in offer.get("cpts", []) if one in shown_cpts), None)
    if finess is not None:
        return cpts_id(finess)
    return person_key(offer["id"], offer.get("rpps", ""))


def fold_hits(hits: Iterable[Hit], shown_cpts: Collection[str]) -> list[list[Hit]]:
    """The hits by card, in the order of the first of each."""
    cards: dict[str, list[Hit]] = {}
    for hit in hits:
        cards.setdefault(find_card_key(hit["_source"], shown_cpts), []).append(hit)
    return list(cards.values())


def take_people(hits: Sequence[Hit], size: int, shown_cpts: Collection[str]) -> int | None:
    """How many hits bring ``size`` people, None where they bring fewer."""
    people: set[str] = set()
    for position, hit in enumerate(hits, 1):
        people.add(find_card_key(hit["_source"], shown_cpts))
        if len(people) == size:
            return position
    return None
