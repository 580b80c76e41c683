"""The counts beside the results, and the nearest offer that the order hides."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from tests.search_engine.oracle.duty import can_be_met
from tests.search_engine.oracle.filters import filter_offers, filter_values, is_member
from tests.search_engine.oracle.groups import count_cards, covering_cpts, fold_people
from tests.search_engine.oracle.matching import GROUPS, matching_offers
from tests.search_engine.oracle.order import OracleResult
from tests.search_engine.oracle.place import kilometres
from tests.search_engine.oracle.query import OracleQuery
from tests.search_engine.oracle.slots import TYPES_BY_ROLE

HORIZONS = ("0-4", "4-8", "8-12", "12-24", "24-48", "48-72")
CONSULTATIONS = ("AMB", "HH", "VR")
FACETS = (
    *("consultation", "slot_type", "horizon", "profession", "specialty", "kind", "sector"),
    *("participation", "open_now", "maternity_level", "territory"),
)
MOST = 50
FIRST_CARDS = 5


@dataclass(frozen=True, slots=True)
class Value:
    """One value of a facet: how many cards it alone would leave."""

    value: str
    count: int
    selected: bool


@dataclass(frozen=True, slots=True)
class OracleAlternative:
    """The card to name beside the list; ``saved_km`` compared with the first card."""

    card_id: str
    saved_km: float


def oracle_facets(
    query: OracleQuery, offers: Sequence[dict[str, Any]], right: OracleResult
) -> dict[str, list[Value]]:
    """Every facet of a search whose result is ``right``, values in order."""
    decided, covering = right.scope, covering_cpts(query, offers)
    answers = matching_offers(query, offers, decided.circle, set(decided.name_matches))

    def count(name: str, value: str) -> int:
        return count_cards(
            filter_offers(select_only(query, name, value), answers, covering), covering
        )

    facets = {}
    for name in FACETS:
        chosen = find_selected_values(query, name)
        known = possible(query, name, answers, covering) | chosen
        values = [Value(value, count(name, value), value in chosen) for value in known]
        shown = [one for one in values if one.count or one.selected]
        facets[name] = sorted(shown, key=lambda one: (-one.count, one.value))[:MOST]
    return facets


def select_only(query: OracleQuery, name: str, value: str) -> OracleQuery:
    """The same search with this one value in the filter, the other filters as they are."""
    change: dict[str, Callable[[], OracleQuery]] = {
        "slot_type": lambda: replace(query, slot_type=frozenset({value})),
        "consultation": lambda: replace(query, consultation=frozenset({value})),
        "horizon": lambda: replace(query, horizons=(horizon_hours(value),)),
        "open_now": lambda: replace(query, open_now=True),
    }
    if name in change:
        return change[name]()
    return replace(query, filters={**query.filters, name: frozenset({value})})


def horizon_hours(horizon: str) -> tuple[int, int]:
    after, before = horizon.split("-")
    return int(after), int(before)


def find_selected_values(query: OracleQuery, name: str) -> set[str]:
    """What is chosen of a facet, as the facet writes it: told even where nothing can be found."""
    if name == "horizon":
        return {f"{after}-{before}" for after, before in query.horizons}
    if name == "open_now":
        return {"true"} if query.open_now else set()
    if name == "consultation":
        return set(query.consultation)
    if name == "slot_type":
        return set(query.slot_type)
    chosen = query.filters[name]
    return {first_of_group(code) for code in chosen} if name == "specialty" else set(chosen)


def possible(
    query: OracleQuery, name: str, answers: Iterable[dict[str, Any]], covering: frozenset[str]
) -> set[str]:
    """Every value that could have a count: borne by what could be shown."""
    fixed = {
        "consultation": set(CONSULTATIONS),
        "slot_type": TYPES_BY_ROLE[query.role],
        "horizon": set(HORIZONS),
        "open_now": {"true"},
    }
    if name in fixed:
        return fixed[name]
    shown = [one for one in answers if query.cpts is None or is_member(one, query.cpts)]
    borne = {value for offer in shown for value in filter_values(name, offer, covering)}
    return {first_of_group(code) for code in borne} if name == "specialty" else borne


def first_of_group(code: str) -> str:
    """Reform pairs are one value: the first of them in the table."""
    return next((group[0] for group in GROUPS if code in group), code)


def nearer_alternative(
    query: OracleQuery, offers: Sequence[dict[str, Any]], right: OracleResult
) -> OracleAlternative | None:
    """The nearest offer with a slot, when the first cards hide it though it is nearer."""
    if not query.measured or right.radius_km is None or not right.cards:
        return None
    by_id = {offer["id"]: offer for offer in offers}
    with_slot = [one for one in right.hits if can_be_met(query, by_id[one.id])]
    if not with_slot:
        return None
    km, _, card_id = min((kilometres(query, by_id[o.id]), o.id, o.card_id) for o in with_slot)
    saved = kilometres(query, by_id[right.cards[0].best.id]) - km
    people = fold_people(right.cards[: query.size])[:FIRST_CARDS]
    hidden = card_id not in {card.id for cards in people for card in cards}
    return OracleAlternative(card_id, saved) if hidden and saved > 0 else None
