"""What the filters keep: OR inside a filter, AND between them, in every mode."""

from collections.abc import Iterable
from typing import Any

from tests.search_engine.oracle.duty import can_be_met, is_open
from tests.search_engine.oracle.groups import covering_group
from tests.search_engine.oracle.matching import with_pairs
from tests.search_engine.oracle.query import OracleQuery
from tests.search_engine.oracle.slots import needs_slot


def filter_offers(
    query: OracleQuery, offers: Iterable[dict[str, Any]], covering: frozenset[str]
) -> list[dict[str, Any]]:
    """The offers that pass every filter, and can be met where that is needed."""
    return [
        offer
        for offer in offers
        if passes_filters(query, offer, covering)
        and (not needs_slot(query) or can_be_met(query, offer))
    ]


def passes_filters(query: OracleQuery, offer: dict[str, Any], covering: frozenset[str]) -> bool:
    if query.cpts is not None and not is_member(offer, query.cpts):
        return False
    if query.open_now and not is_open(query, offer):
        return False
    return all(
        values & (filter_values(name, offer, covering) | card_opened(query, name))
        for name, values in query.filters.items()
        if values
    )


def card_opened(query: OracleQuery, name: str) -> set[str]:
    """The members of one CPTS are searched behind its card, whose kind they answer to as well."""
    return {"cpts"} if name == "kind" and query.cpts is not None else set()


def filter_values(name: str, offer: dict[str, Any], covering: frozenset[str]) -> set[str]:
    """The values of one filter on the offer that it answers to."""
    if name == "specialty":
        return with_pairs(offer.get("specialties", []))
    if name == "kind":
        return card_kinds(offer, covering)
    if name == "participation":
        return set(offer.get("via", [])) if offer.get("participant") else set()
    return {offer[name]} if name in offer else set()


def card_kinds(offer: dict[str, Any], covering: frozenset[str]) -> set[str]:
    """Kinds of the card that shows the offer: a grouped member is a CPTS and nothing else."""
    if covering_group(offer, covering) is not None:
        return {"cpts"}
    return {offer[name] for name in ("kind", "structure_kind") if name in offer}


def is_member(offer: dict[str, Any], finess: str) -> bool:
    return covering_group(offer, frozenset({finess})) is not None
