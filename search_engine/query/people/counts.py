"""How many people offers are: a person is a ``person_key``, the RPPS, else the offer itself.

Totals, facets and numbered pages count offers; an enlargement counts people.
"""

from search_engine.backend.bodies import Body, Clause
from search_engine.query.clauses import and_clause

PEOPLE = "people"
PERSON_KEY = "person_key"

MOST_REPEATED = 10_000
"""People with several places that are listed. Elasticsearch considers half as many people again:
where more answer, their number is a lower bound."""


def person_buckets(size: int) -> Body:
    """One bucket a person, so many at most.

    ``map``: global ordinals of half a million people would be made anew after every import of
    slots.
    """
    terms = {"field": PERSON_KEY, "size": size, "execution_hint": "map"}
    return {"terms": terms}


def count_people_agg(selected: list[Clause]) -> dict[str, Body]:
    """The people of the offers that pass the selected filters: those with several places alone
    are listed."""
    repeated = person_buckets(MOST_REPEATED)
    repeated["terms"]["min_doc_count"] = 2
    return {PEOPLE: {"filter": and_clause(selected), "aggs": {PEOPLE: repeated}}}


def read_people(aggregations: Body) -> tuple[int, bool]:
    """How many people, and whether the number is exact, of ``count_people_agg``."""
    found = aggregations[PEOPLE]
    repeated = found[PEOPLE]
    places = sum(int(bucket["doc_count"]) for bucket in repeated["buckets"])
    beyond = int(repeated["sum_other_doc_count"])
    people = int(found["doc_count"]) - places + len(repeated["buckets"]) - beyond
    return people, not beyond
