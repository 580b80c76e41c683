"""Freshness of each source, read in the background and held in memory by each process.

A page of results takes the notices from memory: no search waits or sends a request for them.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any

from elasticsearch import AsyncElasticsearch

from api.records import RecordsGate
from api.state import Clock
from elastic.errors import translate_errors
from elastic.names import offers_alias
from mappings.freshness import find_source_freshness
from mappings.instants import utc_text
from records.database import Database
from records.trail.audit import AuditEntry, read_audit_trail
from records.trail.last_loads import SourceLoad, last_loads
from records.trail.source_state import (
    LOADS,
    SourceState,
    build_source_states,
    latest_rejected_counts,
)
from records.trail.trail import Trail
from search_engine.backend.answers import translate_unreadable

REFRESH_S = 30.0
"""Seconds between two reads."""
MAX_TRAIL_EVENTS = 200
"""Newest loads searched for the rows set aside."""
MANY = 1_000
"""More sources than there are."""


@dataclass(frozen=True, slots=True)
class LastLoad:
    """The newest event that wrote facts to the live index."""

    at: datetime
    event: str
    seconds: float
    offers: int


@dataclass(frozen=True, slots=True)
class FreshnessSnapshot:
    """The state of the sources at one instant."""

    at: datetime
    states: Sequence[SourceState] = ()
    live_slots: Mapping[str, int] = field(default_factory=dict)
    """By editor, those that have not ended."""
    documents: int = 0
    last: LastLoad | None = None

    def as_json(self) -> dict[str, Any]:
        """The response of ``/v1/sources``."""
        facts = [one for one in self.states if not one.is_slots]
        slots = [one for one in self.states if one.is_slots]
        return {
            "at": utc_text(self.at),
            "sources": [source_facts(one) for one in facts],
            "slot_sources": [
                {**source_facts(one), "live_slots": self.live_slots.get(one.name, 0)}
                for one in slots
            ],
        }


class FreshnessMonitor:
    """The last snapshot of one process; ``renew`` is called beside the requests."""

    def __init__(
        self,
        client: AsyncElasticsearch,
        records: RecordsGate,
        prefix: str,
        clock: Clock,
        observe: Callable[[FreshnessSnapshot], None] = lambda _: None,
    ) -> None:
        """``observe`` receives each snapshot."""
        self._client = client
        self._records = records
        self._prefix = prefix
        self._clock = clock
        self._observe = observe
        self.snapshot: FreshnessSnapshot | None = None
        self.notices: list[dict[str, str]] = []
        """Notices of the stale and partial sources, ready for a page."""

    async def renew(self) -> FreshnessSnapshot:
        """Read again; raises ``ElasticError``, ``RecordsError``."""
        now = self._clock()
        snapshot = await read_freshness(self._client, self._records, self._prefix, now)
        self.snapshot, self.notices = snapshot, source_notices(snapshot.states)
        self._observe(snapshot)
        return snapshot


async def read_freshness(
    client: AsyncElasticsearch, records: RecordsGate, prefix: str, now: datetime
) -> FreshnessSnapshot:
    """The state of every source, from the records and one search.

    Raises ``ElasticError``, ``RecordsError``.
    """
    loads, events = await records.run(partial(read_loads, prefix=prefix))
    with translate_unreadable():
        with translate_errors():
            offers = await client.search(
                index=offers_alias(prefix), ignore_unavailable=True, **slots_query(now)
            )
        total = int(offers["hits"]["total"]["value"])
        live_slots = read_live_slots(offers.body) if total else {}
    states = build_source_states(loads.values(), latest_rejected_counts(events), now)
    return FreshnessSnapshot(now, states, live_slots, total, last_load(events))


def read_loads(
    database: Database, prefix: str
) -> tuple[Mapping[str, SourceLoad], Sequence[AuditEntry]]:
    """The last load of each source, and the newest successful loads, newest first."""
    trail = Trail(database, prefix)
    return last_loads(trail), read_audit_trail(trail, limit=MAX_TRAIL_EVENTS, events=LOADS)


def slots_query(now: datetime) -> dict[str, Any]:
    """Number of offers, and of the slots of each source that have not ended."""
    to_come = {"range": {"slots.overlap_instants": {"gte": utc_text(now)}}}
    by_source = {"terms": {"field": "slots.source", "size": MANY}}
    live = {"filter": to_come, "aggs": {"sources": by_source}}
    nested = {"nested": {"path": "slots"}, "aggs": {"live": live}}
    return {"size": 0, "track_total_hits": True, "aggs": {"slots": nested}}


def read_live_slots(answer: Mapping[str, Any]) -> dict[str, int]:
    """Slots by source, of an answer that counted some offers."""
    buckets = answer["aggregations"]["slots"]["live"]["sources"]["buckets"]
    return {bucket["key"]: bucket["doc_count"] for bucket in buckets}


def last_load(events: Sequence[AuditEntry]) -> LastLoad | None:
    """The last of the loads, from events with the newest first."""
    if not events:
        return None
    newest = events[0]
    offers = newest.details.get("total", newest.details.get("writes", 0))
    seconds = float(newest.details.get("seconds", 0))
    return LastLoad(newest.at, newest.event.value, seconds, int(offers))


def source_facts(state: SourceState) -> dict[str, Any]:
    """One source for a program; unknown members are absent."""
    load = state.load
    facts = {
        "source": state.name,
        "label": find_source_freshness(load.source).label,
        "file": load.file or None,
        "edition": load.edition.isoformat() if load.edition else None,
        "rows": load.rows,
        "as_of": utc_text(state.as_of),
        "loaded_at": utc_text(load.loaded_at),
        "age_s": int(state.age_s),
        "bound_s": int(state.bound_s),
        "stale": state.stale,
        "partial": state.partial,
        "rejected": state.rejected,
    }
    return {name: value for name, value in facts.items() if value is not None}


def source_notices(states: Sequence[SourceState]) -> list[dict[str, str]]:
    """Notices for a regulator; none when all sources are fresh and whole."""
    return [source_notice(one) for one in states if one.stale or one.partial]


def source_notice(state: SourceState) -> dict[str, str]:
    """One sentence in French of a source that is stale or partial."""
    label = find_source_freshness(state.load.source).label
    if state.stale:
        message = f"{label} : données du {state.as_of:%d/%m/%Y}, plus anciennes que prévu."
    else:
        message = f"{label} : des données manquent, {unread_rows_phrase(state.rejected)}."
    name = "stale" if state.stale else "partial"
    return {
        "source": state.load.source,
        "state": name,
        "as_of": utc_text(state.as_of),
        "message": message,
    }


def unread_rows_phrase(rows: int) -> str:
    """``1 ligne n'a pas pu être lue``, ``3 lignes n'ont pas pu être lues``."""
    many = f"{rows} lignes n'ont pas pu être lues"
    return "1 ligne n'a pas pu être lue" if rows == 1 else many


def with_notices(page: dict[str, Any], notices: Sequence[Mapping[str, str]]) -> dict[str, Any]:
    """The page, with the block ``sources`` when there are notices."""
    return {**page, "sources": list(notices)} if notices else page
