"""People who can be seen from afar, told beside a page on which few can be seen in person.

A remote slot ranks nobody and shows nobody unless ``consultation=VR`` is asked. The line says what
that one click would give: the same area, the same people, the same first start.
"""

from datetime import UTC, datetime
from typing import NamedTuple

from mappings.instants import utc_text
from mappings.records import Consultation, Offer
from search_engine.backend.bodies import Answer, Body
from search_engine.backend.index import read_hits
from search_engine.query.availability import slot_filter
from search_engine.query.filters import offer_filters
from search_engine.query.people.counts import PEOPLE, person_buckets, read_people
from search_engine.query.plan import Plan
from search_engine.query.radius import (
    COUNTS,
    ENOUGH,
    candidate_areas,
    circle_buckets,
    find_enough_circle,
    is_slot_counted,
    read_circles,
    start_plan,
)
from search_engine.query.visibility.duty import can_see, can_see_clause
from search_engine.request.area import AreaScope

PROFESSIONS, NEXT_START = "professions", "next start"

MOST_PEOPLE = 10_000
"""People counted; more than one territory has of a profession."""


class RemotePeople(NamedTuple):
    """Who a search for remote consultations would show.

    ``next_start``: UTC text of the first slot. ``scope``: the narrowest that holds them all, None
    where the place bounds the search.
    ``profession``: its code, where all are of one. ``named``: they bear the name searched.
    """

    people: int
    next_start: str
    scope: AreaScope | None
    profession: str | None
    named: bool = False


def wants_remote(plan: Plan, people: int) -> bool:
    """Whether the line belongs beside so many people who can be seen in person, or so many offers
    while people are not counted.

    On a first page whose search looks for slots and is not remote itself.
    """
    criteria = plan.request.criteria
    told = Consultation.VR in criteria.consultation or criteria.cpts is not None
    return plan.first_page and is_slot_counted(plan) and not told and people < ENOUGH


def count_seen_in_person(plan: Plan, answer: Answer) -> int:
    """People who can be seen in person: all of the result where it holds nobody else, which the
    page has counted; else those of the page, ``ENOUGH`` at most."""
    if plan.request.slot_needed:
        return read_people(answer["aggregations"])[0]
    return _count_people_shown(plan, answer)


def _count_people_shown(plan: Plan, answer: Answer) -> int:
    people: set[str] = set()
    for hit in read_hits(answer):
        offer: Offer = hit["_source"]
        if can_see(plan.request.slots, offer):
            people.add(offer.get("rpps", offer["id"]))
        if len(people) == ENOUGH:
            break
    return len(people)


def in_person_body(plan: Plan) -> Body:
    """How many people of the whole result can be seen in person, as far as ``ENOUGH``: where it
    holds others too, of whom the page shows some."""
    query = offer_filters(plan)
    query["bool"]["filter"].append(can_see_clause(plan.request.slots))
    return _count(query, {PEOPLE: person_buckets(ENOUGH)})


def remote_body(plan: Plan) -> Body:
    """Who can be seen from afar with the other criteria of a search, in each area in turn."""
    remote = build_remote_plan(plan)
    areas = candidate_areas(remote)
    inside = {
        PEOPLE: person_buckets(MOST_PEOPLE),
        PROFESSIONS: {"terms": {"field": "profession", "size": 2}},
        NEXT_START: _next_start_agg(remote),
    }
    query = offer_filters(remote._replace(area=areas[-1]))
    return _count(query, {COUNTS: circle_buckets(areas, [], inside)})


def build_remote_plan(plan: Plan) -> Plan:
    """The search that one click on remote consultations makes."""
    remote = plan.request.with_criteria({"consultation": [Consultation.VR]})
    return start_plan(remote, plan.area_cpts)


def read_in_person(answer: Answer) -> int:
    """The people of ``in_person_body``."""
    return _read_people(answer["aggregations"])


def read_remote(plan: Plan, answer: Answer) -> RemotePeople | None:
    """The people of ``remote_body`` in the area that the search would choose; None without any."""
    circles = read_circles(answer, COUNTS)
    found = circles[find_enough_circle(answer)]
    people = _read_people(found)
    if not people:
        return None
    narrowest = next(at for at, one in enumerate(circles) if _read_people(one) == people)
    start = found[NEXT_START][NEXT_START][NEXT_START]["value"]
    return RemotePeople(
        people,
        utc_text(datetime.fromtimestamp(start / 1000, UTC)),
        candidate_areas(build_remote_plan(plan))[narrowest].scope,
        _read_profession(found),
        plan.request.meaning.names_somebody,
    )


def _count(query: Body, aggs: dict[str, Body]) -> Body:
    return {"query": query, "size": 0, "track_total_hits": False, "aggs": aggs}


def _next_start_agg(plan: Plan) -> Body:
    first = {NEXT_START: {"min": {"field": "slots.start"}}}
    visible = {"filter": slot_filter(plan.request.slots), "aggs": first}
    return {"nested": {"path": "slots"}, "aggs": {NEXT_START: visible}}


def _read_people(found: Body) -> int:
    return len(found[PEOPLE]["buckets"])


def _read_profession(found: Body) -> str | None:
    buckets = found[PROFESSIONS]["buckets"]
    alike = len(buckets) == 1 and buckets[0]["doc_count"] == found["doc_count"]
    return str(buckets[0]["key"]) if alike else None
