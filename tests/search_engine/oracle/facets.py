"""The counts beside the results, and the nearest offer that the order hides."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from tests.search_engine.oracle.answering import GROUPS, answering
from tests.search_engine.oracle.filters import held, is_member, kept
from tests.search_engine.oracle.groups import count_cards, covering_cpts
from tests.search_engine.oracle.order import Expected
from tests.search_engine.oracle.place import kilometres
from tests.search_engine.oracle.searches import Asked
from tests.search_engine.oracle.slots import TYPES_BY_ROLE, good_slots

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
class Nearer:
    """The card to name beside the list; ``saved_km`` compared with the first card."""

    card_id: str
    saved_km: float


def expected_facets(
    asked: Asked, offers: Sequence[dict[str, Any]], right: Expected
) -> dict[str, list[Value]]:
    """Every facet of a search whose result is ``right``, values in order."""
    decided, covering = right.decided, covering_cpts(asked, offers)
    answers = answering(asked, offers, decided.circle, set(decided.ways))

    def count(name: str, value: str) -> int:
        return count_cards(kept(only(asked, name, value), answers, covering), covering)

    facets = {}
    for name in FACETS:
        chosen = selected(asked, name)
        known = possible(asked, name, answers, covering) | chosen
        values = [Value(value, count(name, value), value in chosen) for value in known]
        shown = [one for one in values if one.count or one.selected]
        facets[name] = sorted(shown, key=lambda one: (-one.count, one.value))[:MOST]
    return facets


def only(asked: Asked, name: str, value: str) -> Asked:
    """The same search with this one value in the filter, the other filters as they are."""
    change: dict[str, Callable[[], Asked]] = {
        "slot_type": lambda: replace(asked, slot_type=frozenset({value})),
        "consultation": lambda: replace(asked, consultation=frozenset({value})),
        "horizon": lambda: replace(asked, horizons=(hours_of(value),)),
        "open_now": lambda: replace(asked, open_now=True),
    }
    if name in change:
        return change[name]()
    return replace(asked, filters={**asked.filters, name: frozenset({value})})


def hours_of(horizon: str) -> tuple[int, int]:
    after, before = horizon.split("-")
    return int(after), int(before)


def selected(asked: Asked, name: str) -> set[str]:
    """What is chosen of a facet, as the facet writes it: told even where nothing can be found."""
    if name == "horizon":
        return {f"{after}-{before}" for after, before in asked.horizons}
    if name == "open_now":
        return {"true"} if asked.open_now else set()
    if name == "consultation":
        return set(asked.consultation)
    if name == "slot_type":
        return set(asked.slot_type)
    chosen = asked.filters[name]
    return {first_of_group(code) for code in chosen} if name == "specialty" else set(chosen)


def possible(
    asked: Asked, name: str, answers: Iterable[dict[str, Any]], covering: frozenset[str]
) -> set[str]:
    """Every value that could have a count: borne by what could be shown."""
    fixed = {
        "consultation": set(CONSULTATIONS),
        "slot_type": TYPES_BY_ROLE[asked.role],
        "horizon": set(HORIZONS),
        "open_now": {"true"},
    }
    if name in fixed:
        return fixed[name]
    shown = [one for one in answers if asked.cpts is None or is_member(one, asked.cpts)]
    borne = {value for offer in shown for value in held(name, offer, covering)}
    return {first_of_group(code) for code in borne} if name == "specialty" else borne


def first_of_group(code: str) -> str:
    """Reform pairs are one value: the first of them in the table."""
    return next((group[0] for group in GROUPS if code in group), code)


def nearer_alternative(
    asked: Asked, offers: Sequence[dict[str, Any]], right: Expected
) -> Nearer | None:
    """The nearest offer with a slot, when the first cards hide it though it is nearer."""
    if not asked.measured or asked.radius_km is None or not right.cards:
        return None
    by_id = {offer["id"]: offer for offer in offers}
    with_slot = [one for one in right.found if good_slots(asked, by_id[one.id])]
    if not with_slot:
        return None
    km, _, card_id = min((kilometres(asked, by_id[o.id]), o.id, o.card_id) for o in with_slot)
    saved = kilometres(asked, by_id[right.cards[0].best.id]) - km
    hidden = card_id not in {card.id for card in right.cards[:FIRST_CARDS]}
    return Nearer(card_id, saved) if hidden and saved > 0 else None
