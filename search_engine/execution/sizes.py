"""How large the answer of a search is expected to be, which decides how it is asked and nothing of
what it shows (docs/decisions/0009)."""

from search_engine.backend.hints import BoundedCache, ResultSize, SizeKey
from search_engine.backend.index import read_hits
from search_engine.execution.planner import Answers
from search_engine.query.page_requests import PAGE, is_filled
from search_engine.query.plan import Plan

MANY = 3_000
"""Cards from which reading what the slots of offers say together is quicker than walking them."""

Sizes = BoundedCache[SizeKey, ResultSize]


def with_expected_size(sizes: Sizes, plan: Plan) -> Plan:
    """The plan, with what the last search of the same lets expect."""
    seen = sizes.get_cached(size_key(plan)) or ResultSize()
    return plan._replace(many=seen.total >= MANY, led=seen.led >= plan.criteria.size)


def learn_size(sizes: Sizes, plan: Plan, total: int, led: int) -> None:
    """Keep how many cards answered the plan, and how many participants filled its first page."""
    if not plan.first_page:
        return
    seen = sizes.get_cached(size_key(plan)) or ResultSize()
    sizes.put_cached(size_key(plan), ResultSize(total, max(seen.led, led) if led else 0))


def count_leading_participants(plan: Plan, answers: Answers) -> int:
    """How many participants fill the page, 0 when they do not."""
    hits = read_hits(answers[PAGE])
    full = is_filled(plan, answers) and all(hit["_source"].get("participant") for hit in hits)
    return len(hits) if full else 0


def size_key(plan: Plan) -> SizeKey:
    """Under which it is remembered how many answered: nothing of a patient, and no name."""
    area, word = plan.area, "" if plan.meaning.text is not None else plan.meaning.label
    return area.insee or area.department, word, plan.mode.value, area.radius_km
