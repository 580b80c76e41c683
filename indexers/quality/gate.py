"""The gate: checks of a new index before the alias is swapped. Nothing is checked after.

``--accept-drift`` waives possible changes of the world (drift, quarantine); it never waives an
index that is empty or cannot find its own offers.
"""

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any

from elasticsearch import Elasticsearch

from elastic.client import with_admin_timeout
from elastic.errors import translate_errors
from indexers.quality.index_stats import IndexStats, MostFrequentCounter, offers_by_kind
from indexers.quality.quarantine import Quarantine
from mappings.freshness import MAX_QUARANTINE

FLOOR = 1
"""Offers a new index must have at least; raised by ``--floor``."""
MIN_SHARE = 0.95
"""Share of the live offers that a new index must have."""
MAX_DRIFT = 0.05
"""Share by which the offers counted under one value may change, in either direction."""
DRIFT_ALLOWANCE = 50
"""A change of at most so many offers is never a drift."""
DRIFT_DIMENSIONS: Mapping[str, str] = MappingProxyType(
    {
        "kind": "kinds",
        "department": "departments",
        "profession": "professions",
        "speciality": "specialties",
    }
)
"""Dimensions that must not drift, and their counts in ``IndexStats``."""
PRECISION_DIMENSIONS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {"kind": ("kinds", "rough_kinds"), "department": ("departments", "rough_departments")}
)
"""Where points must not get rougher: the counts of all offers, and of those that only their
commune places. Better points are no drift."""
MAX_ALIKE: Mapping[str, tuple[str, float]] = MappingProxyType(
    {"family": ("family name", 0.1), "given": ("given name", 0.1), "title": ("title", 0.02)}
)
"""Label of a name, and the largest share of offers with one same value: far above any true
set, where MARTIN, the commonest family name, is under 1 % of the country."""
MISSED_DEPARTMENT = 10
"""Offers from which a department that has none any more is missed, whatever the allowance."""
MAX_LISTED_PROBLEMS = 6
"""Problems listed in a sentence; the report has them all."""
NEAR = "1m"
NOT_LIVE = "The index was not made live."


class GateClosedError(RuntimeError):
    """The new index is not fit to go live; ``problems`` holds the reasons, one sentence each."""

    def __init__(self, problems: list[str], hint: str) -> None:
        super().__init__(f"{'; '.join(truncate_problems(problems))}. {hint}".strip())
        self.problems = problems


def truncate_problems(problems: list[str]) -> list[str]:
    """The first problems, and how many more there are: a new country moves 101 departments."""
    more = len(problems) - MAX_LISTED_PROBLEMS
    return problems if more <= 0 else [*problems[:MAX_LISTED_PROBLEMS], f"{more} more of the kind"]


def check_counts(
    new: IndexStats,
    live: IndexStats | None,
    quarantines: Iterable[Quarantine],
    *,
    floor: int = FLOOR,
    accept_drift: bool = False,
    lost_answers: tuple[int, int] = (0, 0),
    names: Mapping[str, MostFrequentCounter] = MappingProxyType({}),
) -> list[str]:
    """Raise ``GateClosedError`` when the counts are wrong; return the problems accepted."""
    if new.total < floor:
        raise GateClosedError([f"{new.total} offers where at least {floor} are needed"], "")
    problems = [
        *quarantine_problems(quarantines),
        *answer_problems(*lost_answers),
        *name_problems(names),
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


def drift_problems(new: IndexStats, live: IndexStats | None) -> list[str]:
    """Counts that left their range against the live index; none without a live index."""
    if live is None:
        return []
    problems = []
    if new.total < live.total * MIN_SHARE:
        problems.append(f"{new.total} offers, fewer than {MIN_SHARE:.0%} of the live {live.total}")
    problems += missing_departments(new, live)
    for dimension, counts in DRIFT_DIMENSIONS.items():
        problems += _dimension_drift_problems(
            dimension, getattr(new, counts), getattr(live, counts)
        )
    for dimension, (every, rough) in PRECISION_DIMENSIONS.items():
        problems += _precision_problems(
            dimension, _shares(new, every, rough), _shares(live, every, rough)
        )
    return problems


def name_problems(names: Mapping[str, MostFrequentCounter]) -> list[str]:
    """Names shared by too many offers: a column that was shifted or filled with one value."""
    problems = []
    for name, found in names.items():
        word, share = MAX_ALIKE[name]
        if found.count > max(found.total * share, DRIFT_ALLOWANCE):
            shared = f"at least {found.count} of {found.total} offers bear one same {word}"
            problems.append(f"{shared}, more than {share:.0%}")
    return problems


def build_name_counters() -> dict[str, MostFrequentCounter]:
    """One empty count for each sort of name that is watched."""
    return {name: MostFrequentCounter() for name in MAX_ALIKE}


def count_names(names: Mapping[str, MostFrequentCounter], offer: Mapping[str, Any]) -> None:
    """Count the names of an offer."""
    for name, found in names.items():
        if name in offer:
            found.add(offer[name])


def missing_departments(new: IndexStats, live: IndexStats) -> list[str]:
    """Departments that had offers and have none: a file without them is not the whole file."""
    return [
        f"department {code} had {count} offers and has none: a file lacks it, download it again"
        for code, count in sorted(live.departments.items())
        if count >= MISSED_DEPARTMENT and code not in new.departments
    ]


def _dimension_drift_problems(
    dimension: str, new: Mapping[str, int], live: Mapping[str, int]
) -> list[str]:
    return [
        f"{dimension} {key} went from {live.get(key, 0)} to {new.get(key, 0)} offers"
        for key in sorted({*new, *live})
        if has_drifted(new.get(key, 0), live.get(key, 0))
    ]


Shares = Mapping[str, tuple[int, int]]
"""Under each value, the offers that only their commune places, and all."""


def _shares(counts: IndexStats, every: str, rough: str) -> Shares:
    coarse = getattr(counts, rough)
    return {key: (coarse.get(key, 0), total) for key, total in getattr(counts, every).items()}


def _precision_problems(dimension: str, new: Shares, live: Shares) -> list[str]:
    return [
        f"{dimension} {key} went from {live[key][0]} of {live[key][1]} to {rough} of {total} "
        f"offers "
        "placed by their commune only"
        for key, (rough, total) in sorted(new.items())
        if key in live and is_rougher(new[key], live[key])
    ]


def is_rougher(new: tuple[int, int], live: tuple[int, int]) -> bool:
    """More rough points than the live share foretells, by 5 % of the offers and by 50."""
    rough, total = new
    foretold = total * live[0] / live[1]
    return rough - foretold > max(total * MAX_DRIFT, DRIFT_ALLOWANCE)


def has_drifted(new: int, live: int) -> bool:
    """More than 5 % and more than 50 offers apart."""
    return abs(new - live) > max(live * MAX_DRIFT, DRIFT_ALLOWANCE)


def smoke(client: Elasticsearch, index: str, expected: IndexStats) -> None:
    """Query the new index for its own offers; raises ``GateClosedError``.

    The counts by kind agree with what was written; one offer of each kind is found by its name;
    one located offer is found from its own point.
    """
    found = offers_by_kind(client, index)
    problems = []
    if found != expected.kinds:
        problems.append(f"wrote {expected.kinds} offers by kind but finds {found}")
    for kind in expected.kinds:
        problems += _findability_problems(client, index, kind)
    if problems:
        raise GateClosedError(problems, NOT_LIVE)


def check_relevance(problems: list[str]) -> None:
    """Raise ``GateClosedError`` when judged searches of the new index went wrong."""
    if problems:
        raise GateClosedError(problems, NOT_LIVE)


def _findability_problems(client: Elasticsearch, index: str, kind: str) -> list[str]:
    """Problems in finding a sample offer of a kind by name, and by place when it has a point."""
    sample = _first(client, index, {"term": {"kind": kind}}, ["id", "names", "point"])
    if sample is None:
        return [f"no offer of kind {kind} is found"]
    name = {"match": {"names": {"query": sample["names"][0], "operator": "and"}}}
    problems = []
    if not _is_findable(client, index, sample["id"], name):
        problems.append(f"an offer of kind {kind} is not found by its own name")
    near = {"geo_distance": {"distance": NEAR, "point": sample.get("point")}}
    if "point" in sample and not _is_findable(client, index, sample["id"], near):
        problems.append(f"an offer of kind {kind} is not found at its own point")
    return problems


def _is_findable(client: Elasticsearch, index: str, offer_id: str, query: dict[str, Any]) -> bool:
    both = {"bool": {"filter": [{"term": {"id": offer_id}}, query]}}
    return _first(client, index, both, ["id"]) is not None


def _first(
    client: Elasticsearch, index: str, query: dict[str, Any], fields: list[str]
) -> dict[str, Any] | None:
    with translate_errors():
        answer = with_admin_timeout(client).search(
            index=index,
            query=query,
            size=1,
            source={"includes": fields},
            sort=[{"fair_key": "asc"}],
        )
    hits = answer["hits"]["hits"]
    return hits[0]["_source"] if hits else None
