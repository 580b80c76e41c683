"""Metrics for Prometheus, of this process only; no label ever comes from a caller."""

from collections.abc import Mapping
from dataclasses import dataclass

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    ProcessCollector,
    generate_latest,
)

from api.background.freshness import FreshnessSnapshot
from mappings.freshness import SLOT_SOURCE
from records.trail.source_state import SourceState

STAGES = frozenset({"interpretation", "area", "search", "total"})
"""Stages of a search that are timed; others are left out."""
BUCKETS_S = (0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


@dataclass(frozen=True, slots=True)
class RequestRecord:
    """One request after its response: only our own names, and numbers."""

    method: str
    route: str
    status: int
    seconds: float
    code: str | None
    took_ms: Mapping[str, float]


GAUGES = {
    "sas_source_age_seconds": "Since the day a source tells, else since its load",
    "sas_source_stale": "1 when a source is older than its bound",
    "sas_source_rows": "Rows read by the last load of a source",
    "sas_source_rejected_rows": "Rows set aside by the last load of a source",
    "sas_source_loaded_timestamp_seconds": "When a source was last loaded",
    "sas_live_slots": "Slots of a source that are not over",
}
"""By source: our own names, and those of the imported editors."""
TOTALS = {
    "sas_index_documents": "Offers of the live index",
    "sas_sources_read_timestamp_seconds": "When these figures were read from Elasticsearch",
    "sas_load_last_success_timestamp_seconds": "When a load last ended well",
    "sas_load_duration_seconds": "How long it took",
    "sas_load_offers": "Offers it wrote",
}


class LoadGauges:
    """Metrics of the loads, the same for every process that reads one Elasticsearch."""

    def __init__(self, kept: CollectorRegistry) -> None:
        self._by_source = {
            n: Gauge(n, help_text, ["source"], registry=kept) for n, help_text in GAUGES.items()
        }
        self._totals = {
            name: Gauge(name, help_text, registry=kept) for name, help_text in TOTALS.items()
        }

    def show(self, snapshot: FreshnessSnapshot) -> None:
        """Replace every value; a removed source has none."""
        for gauge in self._by_source.values():
            gauge.clear()
        for state in snapshot.states:
            for name, value in source_gauge_values(state).items():
                self._by_source[name].labels(state.load.source).set(value)
        for editor, count in snapshot.live_slots.items():
            self._by_source["sas_live_slots"].labels(f"{SLOT_SOURCE}{editor}").set(count)
        for name, value in index_gauge_values(snapshot).items():
            self._totals[name].set(value)


def source_gauge_values(state: SourceState) -> dict[str, float]:
    """Values of one source."""
    return {
        "sas_source_age_seconds": state.age_s,
        "sas_source_stale": float(state.stale),
        "sas_source_rows": state.load.rows,
        "sas_source_rejected_rows": state.rejected,
        "sas_source_loaded_timestamp_seconds": state.load.loaded_at.timestamp(),
    }


def index_gauge_values(snapshot: FreshnessSnapshot) -> dict[str, float]:
    """Values of the index and of the last load; 0 without one."""
    last = snapshot.last
    return {
        "sas_index_documents": snapshot.documents,
        "sas_sources_read_timestamp_seconds": snapshot.at.timestamp(),
        "sas_load_last_success_timestamp_seconds": last.at.timestamp() if last else 0,
        "sas_load_duration_seconds": last.seconds if last else 0,
        "sas_load_offers": last.offers if last else 0,
    }


class Metrics:
    """Metrics of one application."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        ProcessCollector(registry=self._registry)
        kept = self._registry
        self._requests = Counter(
            "sas_requests", "Requests", ["method", "route", "status"], registry=kept
        )
        self._seconds = Histogram(
            "sas_request_seconds", "Whole request", ["route"], buckets=BUCKETS_S, registry=kept
        )
        self._stages = Histogram(
            "sas_search_stage_seconds", "Stage", ["stage"], buckets=BUCKETS_S, registry=kept
        )
        self._problems = Counter("sas_problems", "Refusals, by code", ["code"], registry=kept)
        self._dropped = Counter("sas_events_dropped", "Events never written", registry=kept)
        self._load_gauges = LoadGauges(kept)

    def observe(self, snapshot: FreshnessSnapshot) -> None:
        """Show the state that the last loads left."""
        self._load_gauges.show(snapshot)

    def count_dropped_events(self, number: int) -> None:
        """Count events that the records did not take in time."""
        self._dropped.inc(number)

    def record(self, done: RequestRecord) -> None:
        """Count one request."""
        self._requests.labels(done.method, done.route, str(done.status)).inc()
        self._seconds.labels(done.route).observe(done.seconds)
        if done.code is not None:
            self._problems.labels(done.code).inc()
        for stage in STAGES & done.took_ms.keys():
            self._stages.labels(stage).observe(done.took_ms[stage] / 1000)

    def text(self) -> bytes:
        """The metrics in the text format of Prometheus 0.0.4."""
        return generate_latest(self._registry)
