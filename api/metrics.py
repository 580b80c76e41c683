"""Figures for Prometheus, of this process only; no label ever comes from what a caller sent."""

from collections.abc import Mapping
from dataclasses import dataclass

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Histogram,
    ProcessCollector,
    generate_latest,
)

STAGES = frozenset({"interpretation", "area", "search", "total"})
"""Stages of a search that are timed; others are left out."""
BUCKETS_S = (0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


@dataclass(frozen=True, slots=True)
class Done:
    """One request, once answered: only names of ours, and figures."""

    method: str
    route: str
    status: int
    seconds: float
    code: str | None
    took_ms: Mapping[str, float]


class Metrics:
    """The figures of one application."""

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

    def record(self, done: Done) -> None:
        """Count one request."""
        self._requests.labels(done.method, done.route, str(done.status)).inc()
        self._seconds.labels(done.route).observe(done.seconds)
        if done.code is not None:
            self._problems.labels(done.code).inc()
        for stage in STAGES & done.took_ms.keys():
            self._stages.labels(stage).observe(done.took_ms[stage] / 1000)

    def text(self) -> bytes:
        """The figures in the text format of Prometheus 0.0.4."""
        return generate_latest(self._registry)
