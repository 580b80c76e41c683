"""The filters a person selects, one clause each: OR inside a filter, AND between filters (F083).

They are apart from the query because a facet counts without its own filter (multi-select): the
query holds what is searched, ``post_filter`` the selected filters.
"""

from collections.abc import Mapping

from mappings import codes
from mappings.records import Kind
from search_engine.backend.bodies import Clause
from search_engine.query.clauses import or_clause
from search_engine.query.opening_hours import open_now_clause
from search_engine.query.plan import Plan
from search_engine.query.visibility.duty import can_see_clause

OFFER_FILTERS: Mapping[str, str] = {
    "profession": "profession",
    "sector": "sector",
    "maternity_level": "maternity_level",
    "territory": "territory",
    "participation": "via",
}
"""Filters that are one ``terms`` on one field."""

SLOTS = "slots"
"""Name of the one clause that all filters on slots make together."""

KIND_FIELDS = ("kind", "structure_kind")
"""A kind is the kind of the offer, or that of the structure."""


def post_filter_clauses(plan: Plan) -> dict[str, Clause]:
    """The clause of each selected filter, by its name; those on slots together as ``slots``."""
    criteria = plan.request.criteria
    selected = {name: list(getattr(criteria, name)) for name in OFFER_FILTERS}
    clauses: dict[str, Clause] = {
        name: {"terms": {OFFER_FILTERS[name]: values}}
        for name, values in selected.items()
        if values
    }
    if criteria.specialty:
        clauses["specialty"] = specialty_clause(criteria.specialty)
    if criteria.kind:
        clauses["kind"] = kinds_clause(plan, criteria.kind)
    if criteria.open_now:
        clauses["open_now"] = open_now_clause(plan.request.window.start, plan.request.slots.zones)
    if plan.request.slots_chosen:
        clauses[SLOTS] = can_see_clause(plan.request.slots)
    return clauses


def specialty_clause(specialties: list[str] | tuple[str, ...]) -> Clause:
    """Offers with one of the specialities or of their reform pairs."""
    members = dict.fromkeys(code for one in specialties for code in codes.with_group(one))
    return {"terms": {"specialties": list(members)}}


def kinds_clause(plan: Plan, kinds: list[str]) -> Clause:
    """Cards of those kinds: a member behind the card of its CPTS is of kind ``cpts`` (F079)."""
    own: Clause = or_clause([{"terms": {name: kinds}} for name in KIND_FIELDS])
    if plan.request.criteria.cpts is not None and Kind.CPTS in kinds:
        return or_clause([own, {"term": {"cpts": plan.request.criteria.cpts}}])
    if not plan.area_cpts:
        return own
    alone: Clause = {"bool": {"filter": [own], "must_not": [members_clause(plan)]}}
    return or_clause([alone, members_clause(plan)] if Kind.CPTS in kinds else [alone])


def members_clause(plan: Plan) -> Clause:
    """Members of the CPTS that share one card in this search."""
    return {"terms": {"cpts": list(plan.area_cpts)}}
