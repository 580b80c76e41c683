"""Professionals of the index of a run, whose records are changed."""

import random
from dataclasses import dataclass
from typing import Any

from bench.dataset import Site
from records.database import Database
from records.declared import DECLARED
from records.kinds import read_values

PEOPLE = 2_000
"""Offers that people are drawn from."""
FIELDS = ("rpps", "idnst", "timezone", "point", "insee")


@dataclass(frozen=True, slots=True)
class Person:
    """A professional of one place, who declared nothing yet."""

    rpps: str
    idnst: str
    timezone: str


def draw_people(site: Site, database: Database, count: int, seed: int) -> list[Person]:
    """So many professionals of whom the records hold nothing, no two the same."""
    query = {
        "bool": {
            "filter": [{"term": {"kind": "professional"}}, {"exists": {"field": "idnst"}}],
            "must_not": [{"exists": {"field": "slots"}}, {"term": {"participant": True}}],
        }
    }
    scored = {
        "function_score": {"query": query, "random_score": {"seed": seed, "field": "fair_key"}}
    }
    found = site.client.search(
        index=site.alias, size=PEOPLE, query=scored, source_includes=list(FIELDS)
    )
    people = {
        hit["_source"]["rpps"]: build_person(hit["_source"])
        for hit in found["hits"]["hits"]
        if "rpps" in hit["_source"]
    }
    for kind in DECLARED.values():
        for key in read_values(database, kind):
            people.pop(key.partition("@")[0], None)
    drawn = random.Random(seed).sample(sorted(people), min(count, len(people)))  # noqa: S311
    return [people[rpps] for rpps in drawn]


def build_person(offer: dict[str, Any]) -> Person:
    """The person of an offer."""
    return Person(offer["rpps"], offer["idnst"], offer["timezone"])
