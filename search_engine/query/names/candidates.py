"""Who else answers a name: those behind the first page, so that a click on one ends the search."""

from search_engine.backend.bodies import Body
from search_engine.query.plan import Plan

READ = 60
"""Offers read after the page: a person has several places, and a line shows people."""

FIELDS = [
    *("id", "kind", "title", "rpps", "finess", "profession"),
    *("postal_code", "city", "department"),
]
"""What tells one bearer of a name from another."""


def wants_candidates(plan: Plan) -> bool:
    """A name is searched, and this is its first page."""
    return plan.first_page and plan.request.meaning.text is not None


def candidates_body(plan: Plan, ranked: Body) -> Body:
    """The offers that follow the page in the order of its request ``ranked``."""
    size = plan.request.criteria.size
    return {
        **ranked,
        "_source": FIELDS,
        "from": size,
        "size": READ,
        "track_total_hits": False,
    }
