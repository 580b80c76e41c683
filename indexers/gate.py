"""The gate: what a new index must pass before the alias is swapped. Nothing is checked after.

``--accept-drift`` waives what may be a true change of the world (drift, quarantine); it never
waives an index that is empty or cannot find its own offers.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from elasticsearch import Elasticsearch

from elastic.client import patient
from elastic.errors import translated
from indexers.quarantine import Quarantine

FLOOR = 1
"""Offers a new index must have at least; raised by ``--floor``."""
MIN_SHARE = 0.95
"""Share of the live offers that a new index must have."""
MAX_DRIFT = 0.05
"""Share by which the offers of one kind or department may change, in either direction."""
DRIFT_ALLOWANCE = 50
"""A change of at most so many offers is never a drift."""
MAX_QUARANTINE = 0.01
"""Share of the rows of one source that may be set aside."""
MISSED_DEPARTMENT = 10
"""Offers from which a department that has none any more is missed, whatever the allowance."""
SHOWN_PROBLEMS = 6
"""Problems told in a sentence; the report has them all."""
NEAR = "1m"
NOT_LIVE = "The index was not made live."
DEPARTMENTS = 200
"""More than there are, so that the counts by department are complete."""


class GateClosedError(RuntimeError):
    """The new index is not fit to go live; ``problems`` says why, one sentence each."""

    def __init__(self, problems: list[str], hint: str) -> None:
        super().__init__(f"{'; '.join(shortened(problems))}. {hint}".strip())
        self.problems = problems


def shortened(problems: list[str]) -> list[str]:
    """The first problems, and how many more there are: a new country moves 101 departments."""
    more = len(problems) - SHOWN_PROBLEMS
    return problems if more <= 0 else [*problems[:SHOWN_PROBLEMS], f"{more} more of the kind"]


@dataclass(slots=True)
class Census:
    """How many offers, in all, by kind, by department and by profession, where they have one."""

    total: int = 0
    kinds: dict[str, int] = field(default_factory=dict)
    departments: dict[str, int] = field(default_factory=dict)
    professions: dict[str, int] = field(default_factory=dict)

    def add(self, kind: str, department: str, profession: str | None = None) -> None:
        """Count one offer."""
        self.total += 1
        self.kinds[kind] = self.kinds.get(kind, 0) + 1
        self.departments[department] = self.departments.get(department, 0) + 1
        if profession is not None:
            self.professions[profession] = self.professions.get(profession, 0) + 1


def census(client: Elasticsearch, index: str) -> Census:
    """The census of an index that was refreshed."""
    with translated():
        answer = patient(client).search(
            index=index,
            size=0,
            track_total_hits=True,
            aggs={
                "kinds": {"terms": {"field": "kind", "size": DEPARTMENTS}},
                "departments": {"terms": {"field": "department", "size": DEPARTMENTS}},
                "professions": {"terms": {"field": "profession", "size": DEPARTMENTS}},
            },
        )
    counts = answer["aggregations"]
    return Census(
        int(answer["hits"]["total"]["value"]),
        _buckets(counts["kinds"]),
        _buckets(counts["departments"]),
        _buckets(counts["professions"]),
    )


def _buckets(aggregation: Mapping[str, Any]) -> dict[str, int]:
    return {bucket["key"]: bucket["doc_count"] for bucket in aggregation["buckets"]}


def check_counts(
    new: Census,
    live: Census | None,
    quarantines: Iterable[Quarantine],
    *,
    floor: int = FLOOR,
    accept_drift: bool = False,
    lost_answers: tuple[int, int] = (0, 0),
) -> list[str]:
    """Raise ``GateClosedError`` when the counts are wrong; return the problems accepted."""
    if new.total < floor:
        raise GateClosedError([f"{new.total} offers where at least {floor} are needed"], "")
    problems = [
        *quarantine_problems(quarantines),
        *answer_problems(*lost_answers),
        *drift_problems(new, live),
    ]
    if problems and not accept_drift:
        raise GateClosedError(
            problems, "Look at `sas quarantine`, or go on knowingly with --accept-drift."
        )
    return problems


def quarantine_problems(quarantines: Iterable[Quarantine]) -> list[str]:
    """Sources of which more than 1 % was set aside."""
    return [
        f"{q.ratio:.1%} of {q.source} was set aside ({q.rejected.total()} of {q.read} rows), "
        f"more than {MAX_QUARANTINE:.0%}"
        for q in quarantines
        if q.ratio > MAX_QUARANTINE
    ]


def answer_problems(lost: int, answers: int) -> list[str]:
    """Editors' answers lost as a whole, more than 1 %: missing slots must not look like none."""
    if lost <= answers * MAX_QUARANTINE:
        return []
    return [f"{lost} of {answers} editors' answers could not be read (see fhir/requests.jsonl)"]


def drift_problems(new: Census, live: Census | None) -> list[str]:
    """Counts that left their range against the live index; none without a live index."""
    if live is None:
        return []
    problems = []
    if new.total < live.total * MIN_SHARE:
        problems.append(f"{new.total} offers, fewer than {MIN_SHARE:.0%} of the live {live.total}")
    problems += missing_departments(new, live)
    problems += _drifts("kind", new.kinds, live.kinds)
    return problems + _drifts("department", new.departments, live.departments)


def missing_departments(new: Census, live: Census) -> list[str]:
    """Departments that had offers and have none: a file without them is not the whole file."""
    return [
        f"department {code} had {count} offers and has none: a file lacks it, download it again"
        for code, count in sorted(live.departments.items())
        if count >= MISSED_DEPARTMENT and code not in new.departments
    ]


def _drifts(what: str, new: Mapping[str, int], live: Mapping[str, int]) -> list[str]:
    return [
        f"{what} {key} went from {live.get(key, 0)} to {new.get(key, 0)} offers"
        for key in sorted({*new, *live})
        if has_drifted(new.get(key, 0), live.get(key, 0))
    ]


def has_drifted(new: int, live: int) -> bool:
    """More than 5 % and more than 50 offers apart."""
    return abs(new - live) > max(live * MAX_DRIFT, DRIFT_ALLOWANCE)


def smoke(client: Elasticsearch, index: str, expected: Census) -> None:
    """Ask the new index for what it must find; raises ``GateClosedError``.

    The counts by kind agree with what was written; one offer of each kind is found by its name;
    one located offer is found from its own point.
    """
    found = census(client, index)
    problems = []
    if found.kinds != expected.kinds:
        problems.append(f"wrote {expected.kinds} offers by kind but finds {found.kinds}")
    for kind in expected.kinds:
        problems += _unfindable(client, index, kind)
    if problems:
        raise GateClosedError(problems, NOT_LIVE)


def check_relevance(problems: list[str]) -> None:
    """Raise ``GateClosedError`` when judged searches of the new index went wrong."""
    if problems:
        raise GateClosedError(problems, NOT_LIVE)


def _unfindable(client: Elasticsearch, index: str, kind: str) -> list[str]:
    """Problems in finding a sample offer of a kind by name, and by place when it has a point."""
    sample = _first(client, index, {"term": {"kind": kind}}, ["id", "names", "point"])
    if sample is None:
        return [f"no offer of kind {kind} is found"]
    name = {"match": {"names": {"query": sample["names"][0], "operator": "and"}}}
    problems = []
    if not _finds(client, index, sample["id"], name):
        problems.append(f"an offer of kind {kind} is not found by its own name")
    near = {"geo_distance": {"distance": NEAR, "point": sample.get("point")}}
    if "point" in sample and not _finds(client, index, sample["id"], near):
        problems.append(f"an offer of kind {kind} is not found at its own point")
    return problems


def _finds(client: Elasticsearch, index: str, offer_id: str, query: dict[str, Any]) -> bool:
    both = {"bool": {"filter": [{"term": {"id": offer_id}}, query]}}
    return _first(client, index, both, ["id"]) is not None


def _first(
    client: Elasticsearch, index: str, query: dict[str, Any], fields: list[str]
) -> dict[str, Any] | None:
    with translated():
        answer = patient(client).search(
            index=index,
            query=query,
            size=1,
            source={"includes": fields},
            sort=[{"fair_key": "asc"}],
        )
    hits = answer["hits"]["hits"]
    return hits[0]["_source"] if hits else None
