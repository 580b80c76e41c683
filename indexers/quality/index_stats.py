"""Counts of a set of offers by the facts that a damaged file would change."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from elasticsearch import Elasticsearch

from elastic.client import with_admin_timeout
from elastic.errors import translate_errors
from mappings.records import Precision

MANY = 1_000
"""More departments, professions and specialities than there are, so that counts are complete."""
ROUGH = Precision.MUNICIPALITY.value
"""A point that is only the commune's: the address itself was not found."""
MAX_TRACKED_VALUES = 500
"""Values counted at once: a count is at most one five-hundredth of the offers too low."""


@dataclass(slots=True)
class IndexStats:
    """How many offers: in all, by each fact that a damaged file would move."""

    total: int = 0
    kinds: dict[str, int] = field(default_factory=dict)
    departments: dict[str, int] = field(default_factory=dict)
    professions: dict[str, int] = field(default_factory=dict)
    specialties: dict[str, int] = field(default_factory=dict)
    """An offer counts once under each of its specialities."""
    rough_kinds: dict[str, int] = field(default_factory=dict)
    rough_departments: dict[str, int] = field(default_factory=dict)
    """Of each kind and department, the offers that only their commune places."""

    def add(self, offer: Mapping[str, Any]) -> None:
        """Count one offer."""
        kind, department = offer["kind"], offer["department"]
        self.total += 1
        _one_more(self.kinds, kind)
        _one_more(self.departments, department)
        if "profession" in offer:
            _one_more(self.professions, offer["profession"])
        for code in set(offer.get("specialties", ())):
            _one_more(self.specialties, code)
        if offer.get("precision") == ROUGH:
            _one_more(self.rough_kinds, kind)
            _one_more(self.rough_departments, department)


def fetch_index_stats(client: Elasticsearch, index: str) -> IndexStats:
    """The counts of an index that was refreshed."""
    with translate_errors():
        answer = with_admin_timeout(client).search(
            index=index, size=0, track_total_hits=True, aggs=index_stats_aggregations()
        )
    counts = answer["aggregations"]
    return IndexStats(
        total=int(answer["hits"]["total"]["value"]),
        kinds=_buckets(counts["kinds"]),
        departments=_buckets(counts["departments"]),
        professions=_buckets(counts["professions"]),
        specialties=_buckets(counts["specialties"]),
        rough_kinds=_buckets(counts["rough"]["kinds"]),
        rough_departments=_buckets(counts["rough"]["departments"]),
    )


def offers_by_kind(client: Elasticsearch, index: str) -> dict[str, int]:
    """The offers of each kind; no other field is queried, in case the mapping changed."""
    with translate_errors():
        answer = with_admin_timeout(client).search(
            index=index, size=0, aggs={"kinds": _terms("kind")}
        )
    return _buckets(answer["aggregations"]["kinds"])


def index_stats_aggregations() -> dict[str, Any]:
    """The aggregations that count an index as ``IndexStats.add`` counts offers."""
    kinds, departments = _terms("kind"), _terms("department")
    return {
        "kinds": kinds,
        "departments": departments,
        "professions": _terms("profession"),
        "specialties": _terms("specialties"),
        "rough": {
            "filter": {"term": {"precision": ROUGH}},
            "aggs": {"kinds": kinds, "departments": departments},
        },
    }


def _terms(name: str) -> dict[str, Any]:
    return {"terms": {"field": name, "size": MANY}}


def _buckets(aggregation: Mapping[str, Any]) -> dict[str, int]:
    return {bucket["key"]: bucket["doc_count"] for bucket in aggregation["buckets"]}


def _one_more(counts: dict[str, int], key: str) -> None:
    counts[key] = counts.get(key, 0) + 1


@dataclass(slots=True)
class MostFrequentCounter:
    """How often the commonest of many values comes, in memory for ``MAX_TRACKED_VALUES`` of them.

    The method of Misra and Gries: when the room is full, every count goes down by one. A value
    shared by more than one in ``MAX_TRACKED_VALUES`` is never missed, its count never too high.
    """

    total: int = 0
    counts: dict[str, int] = field(default_factory=dict)

    def add(self, value: str) -> None:
        """Count one value."""
        self.total += 1
        if value in self.counts or len(self.counts) < MAX_TRACKED_VALUES:
            _one_more(self.counts, value)
        else:
            self.counts = {key: count - 1 for key, count in self.counts.items() if count > 1}

    @property
    def count(self) -> int:
        """At least so often does the commonest come."""
        return max(self.counts.values(), default=0)
