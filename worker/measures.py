"""What is counted in the index for the indicators, once a day."""

from datetime import datetime, timedelta
from typing import Any

import structlog

from elastic import lifecycle
from elastic.errors import ElasticError, translate_errors
from mappings.instants import utc_text
from records.indicators.events import ServiceEvent, add_service_event
from records.indicators.tables import EventKind
from records.upkeep.periodic import PeriodicTask, is_due, run_if_due
from worker.context import WorkerContext

NAME, EVERY = "count_with_slot", timedelta(days=1)
EXACT_TO = 40_000
"""Professionals of a department up to which their count is exact."""
DEPARTMENTS = 200

log = structlog.get_logger()


def count_with_slot_if_due(context: WorkerContext, now: datetime) -> int:
    """Keep how many professionals of each department have a slot to come; returns departments.

    Raises ``RecordsUnavailable``. The index is searched before the transaction; where it fails, the
    next round tries again and no message waits for it.
    """
    if not is_due(context.database, NAME, now):
        return 0
    if lifecycle.live_index(context.client, context.alias) is None:
        return 0
    try:
        events = fetch_with_slot(context, now)
    except ElasticError as error:
        log.warning("count_failed", count=NAME, error=type(error).__name__)
        return 0

    def keep(session: Any, _now: datetime) -> int:
        for event in events:
            add_service_event(session, event)
        return len(events)

    return run_if_due(context.database, PeriodicTask(NAME, EVERY, keep), now)


def fetch_with_slot(context: WorkerContext, now: datetime) -> list[ServiceEvent]:
    """Professionals with a slot to come, by department; raises ``ElasticError``."""
    with translate_errors():
        answer = context.client.search(index=context.alias, **build_count_body(now))
    return [
        ServiceEvent(
            at=now,
            kind=EventKind.WITH_SLOT,
            department=bucket["key"],
            amount=int(bucket["people"]["value"]),
        )
        for bucket in answer["aggregations"]["departments"]["buckets"]
    ]


def build_count_body(now: datetime) -> dict[str, Any]:
    """The request: offers of professionals with a slot that shows and has not ended."""
    to_come = {"range": {"slots.overlap_instants": {"gte": utc_text(now)}}}
    shown = {"bool": {"filter": [to_come, {"exists": {"field": "slots.types"}}]}}
    people = {"cardinality": {"field": "rpps", "precision_threshold": EXACT_TO}}
    return {
        "size": 0,
        "query": {
            "bool": {
                "filter": [
                    {"term": {"kind": "professional"}},
                    {"nested": {"path": "slots", "query": shown}},
                ]
            }
        },
        "aggs": {
            "departments": {
                "terms": {"field": "department", "size": DEPARTMENTS, "order": {"_key": "asc"}},
                "aggs": {"people": people},
            }
        },
    }
