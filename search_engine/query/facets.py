"""Counts for every filter, over the whole result (F079 to F084, W09, W10).

The count of a value is the number of cards the same search would have with that value alone
selected in its filter, everything else as it is: OR inside a filter, AND between filters.
"""

from collections import Counter
from collections.abc import Mapping

from mappings import codes
from mappings.records import Kind
from search_engine.backend.bodies import Body
from search_engine.query.availability import SLOT_FILTERS
from search_engine.query.facet_clauses import (
    NOTHING,
    Clauses,
    buckets_by_key,
    terms,
    unwrap_filter,
    wrap_filter,
)
from search_engine.query.grouped_counts import (
    MEMBERS,
    count_bucket_cpts,
    count_hidden_members,
    cpts_count_aggs,
)
from search_engine.query.opening_hours import open_now_clause
from search_engine.query.plan import Plan
from search_engine.query.post_filters import KIND_FIELDS, OFFER_FILTERS, members_clause
from search_engine.query.slot_facets import offers_by_slot, slot_facets

MAX_FACET_VALUES = 50
"""Values shown of one facet, the most frequent ones."""

OFFER_FIELDS: Mapping[str, tuple[str, ...]] = {
    **{name: (field,) for name, field in OFFER_FILTERS.items()},
    "specialty": ("specialties", "specialty_groups"),
    "kind": KIND_FIELDS,
}
"""Whose values are those of a filter on the offer."""

FACETS = (
    *("consultation", "slot_type", "horizon", "profession", "specialty", "kind", "sector"),
    *("participation", "open_now", "maternity_level", "territory"),
)
"""In the order of the screen."""

OFFER_FACETS = tuple(name for name in FACETS if name not in SLOT_FILTERS)

TRUE = "true"
"""The one value of a filter that is on or off."""


def offer_facets(
    plan: Plan, selected: Clauses, within: Mapping[str, Body] = NOTHING
) -> dict[str, Body]:
    """One aggregation a filter on offers, under the filters ``selected`` in the others.

    ``within``: what every bucket of offers holds.
    """
    facets: dict[str, Body] = {}
    for name in OFFER_FACETS:
        others = [clause for other, clause in selected.items() if other != name]
        facets |= wrap_filter(others, name, _facet(plan, name, within))
    return facets


def member_facets(plan: Plan, selected: Clauses) -> dict[str, Body]:
    """The facets on offers of members grouped into the card of their CPTS, to be subtracted."""
    return offer_facets(plan, selected, cpts_count_aggs(plan))


def all_slot_facets(plan: Plan, selected: Clauses) -> dict[str, Body]:
    """The facets on slots, and beside them those of grouped members, to be subtracted."""
    everybody = slot_facets(plan, selected)
    if not plan.area_cpts:
        return everybody
    behind = slot_facets(plan, selected, cpts_count_aggs(plan))
    return {**everybody, MEMBERS: {"filter": members_clause(plan), "aggs": behind}}


def read_facets(plan: Plan, answer: Body) -> dict[str, dict[str, int]]:
    """Cards by value for each filter, zero only where the value is selected."""
    found = answer["aggregations"]
    everybody = _offers_by_value(plan, found)
    behind = _offers_by_value(plan, found[MEMBERS]) if MEMBERS in found else {}
    counted = {name: _cards(everybody[name], behind.get(name, {})) for name in FACETS}
    counted["kind"] = _kinds(plan, found)
    return {name: _most_frequent(plan, name, counted[name]) for name in FACETS}


def _facet(plan: Plan, name: str, within: Mapping[str, Body]) -> dict[str, Body]:
    values = {field: {**agg, "aggs": within} for field, agg in _offer_values(plan, name).items()}
    return {**values, **(within if name == "kind" else {})}


def _offer_values(plan: Plan, name: str) -> dict[str, Body]:
    """The buckets of a filter on the offer, by field."""
    if name == "open_now":
        there = open_now_clause(plan.request.window.start, plan.request.slots.zones)
        return {name: {"filters": {"filters": {TRUE: there}}}}
    return {field: terms(field) for field in OFFER_FIELDS[name]}


def _offers_by_value(plan: Plan, found: Body) -> dict[str, dict[str, Body]]:
    """By filter, the bucket of offers of each value."""
    by_offer = {name: _by_offer(name, unwrap_filter(name, found)) for name in OFFER_FACETS}
    return offers_by_slot(plan, found) | by_offer


def _by_offer(name: str, found: Body) -> dict[str, Body]:
    if name == "open_now":
        return buckets_by_key(found[name])
    values = {field: buckets_by_key(found[field]) for field in OFFER_FIELDS[name]}
    if name == "specialty":
        return _by_specialty(values["specialties"], values["specialty_groups"])
    return {value: b for buckets in values.values() for value, b in buckets.items()}


def _by_specialty(codes_found: Mapping[str, Body], pairs: Mapping[str, Body]) -> dict[str, Body]:
    """Reform pairs count once, under the first code of their group."""
    groups = codes.specialty_groups()
    alone = {code: b for code, b in codes_found.items() if codes.find_specialty_group(code) is None}
    return {**alone, **{groups[name][0]: b for name, b in pairs.items() if name in groups}}


def _cards(everybody: Mapping[str, Body], behind: Mapping[str, Body]) -> dict[str, int]:
    """Cards by value: its offers, the members of each CPTS counting as one."""
    return {
        value: int(bucket["doc_count"])
        - (count_hidden_members(behind[value]) if value in behind else 0)
        for value, bucket in everybody.items()
    }


def _kinds(plan: Plan, found: Body) -> dict[str, int]:
    """Kinds of cards: those of offers with their own card, and the CPTS of grouped members."""
    facet, counts = unwrap_filter("kind", found), Counter[str]()
    counts.update(_documents(facet))
    if MEMBERS in found:
        behind = unwrap_filter("kind", found[MEMBERS])
        counts.subtract(_documents(behind))
        counts[Kind.CPTS] += count_bucket_cpts(behind)
    if plan.request.criteria.cpts is not None and Kind.CPTS in plan.request.criteria.kind:
        counts[Kind.CPTS] = int(facet["doc_count"])
    return counts


def _documents(facet: Body) -> dict[str, int]:
    return {value: int(bucket["doc_count"]) for value, bucket in _by_offer("kind", facet).items()}


def _most_frequent(plan: Plan, name: str, counts: Mapping[str, int]) -> dict[str, int]:
    """The most frequent values, and those selected even without any card."""
    selected = dict.fromkeys(selection_values(plan, name), 0)
    full = {**selected, **{value: count for value, count in counts.items() if count}}
    ordered = sorted(full.items(), key=lambda counted: (-counted[1], counted[0]))
    beyond = [(value, count) for value, count in ordered[MAX_FACET_VALUES:] if value in selected]
    return dict([*ordered[:MAX_FACET_VALUES], *beyond])


def selection_values(plan: Plan, name: str) -> list[str]:
    """What is selected in a filter, a speciality under the first code of its reform pairs."""
    if name == "open_now":
        return [TRUE] if plan.request.criteria.open_now else []
    chosen = [str(value) for value in getattr(plan.request.criteria, name)]
    if name == "specialty":
        return list(dict.fromkeys(codes.with_group(code)[0] for code in chosen))
    return chosen
