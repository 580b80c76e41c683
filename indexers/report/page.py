"""``report.html``: outcome of a run in one file, from its ``report.json``.

``templates/report.html.j2`` is the page; this module gives it counts and charts.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from indexers.quality.gate import has_drifted
from indexers.report.charts import (
    Bar,
    counts_without_tile,
    largest_first,
    render_bars,
    render_changes,
    render_map,
)
from indexers.report.templates import TEMPLATES

MAX_BARS = 40
"""Bars of one chart; the report as JSON has all."""
MIB = 2**20

Counts = Mapping[str, Mapping[str, int]]
"""By key: ``live`` and ``new``."""

OUTCOMES = {
    "done": "Done",
    "refused": "Refused: the gate stayed closed",
    "stopped": "Stopped",
    "failed": "Failed",
}


def render_page(name: str, report: Mapping[str, Any]) -> str:
    """The whole document of a run called ``name``."""
    run = report.get("run", {})
    outcome = str(run.get("outcome", "unknown"))
    departments = _count_new(report.get("departments", {}))
    return TEMPLATES.get_template("report.html.j2").render(
        name=name,
        report=report,
        run=run,
        outcome=outcome,
        outcome_text=OUTCOMES.get(outcome, "This run ended before it could write its report"),
        facts=list_facts(report),
        gate_problems=find_gate_problems(report),
        departments=departments,
        unplaced=", ".join(
            f"{code} {count:,}" for code, count in counts_without_tile(departments).items()
        ),
        drift=find_drift(report),
        professions=largest_first(_count_new(report.get("professions", {})))[:MAX_BARS],
        rejections=largest_first(count_rejections(report.get("quarantine", {})))[:MAX_BARS],
        stages=[Bar(stage, s, f"{s:,.1f} s") for stage, s in run.get("stages", {}).items()],
        render_bars=render_bars,
        render_changes=render_changes,
        render_map=render_map,
    )


def _count_new(counts: Counts) -> dict[str, int]:
    """Offers of the new index by key, zeros left out."""
    return {key: of["new"] for key, of in counts.items() if of["new"]}


def list_facts(report: Mapping[str, Any]) -> dict[str, str]:
    """Times, peak memory, index and counts of a run, as texts by heading."""
    run = report.get("run", {})
    facts = {
        "Started": run.get("started"),
        "Ended": run.get("ended"),
        "Duration": f"{run['seconds']:,.1f} s" if "seconds" in run else None,
        "Peak memory": f"{run['peak_memory_bytes'] / MIB:,.0f} MiB"
        if "peak_memory_bytes" in run
        else None,
        "New index": report.get("index") or None,
        "Live before": report.get("live_before"),
        "Offers": f"{report['total']:,}" if "total" in report else None,
        "Offers written": f"{report['writes']:,}" if "writes" in report else None,
    }
    return {name: str(value) for name, value in facts.items() if value is not None}


def find_gate_problems(report: Mapping[str, Any]) -> Sequence[str]:
    """Every problem of the gate, of a run or of a dry run."""
    error = report.get("run", {}).get("error", {})
    problems: Sequence[str] = report.get("refused") or error.get("problems", [])
    return problems


def find_drift(report: Mapping[str, Any]) -> dict[str, list[Bar]] | None:
    """Changed counts by kind and by department; None when no live index was counted."""
    if report.get("live_total") is None:
        return None
    keys = {"kind": "kinds", "department": "departments"}
    drift = {name: drift_bars(report.get(key, {})) for name, key in keys.items()}
    return {name: bars for name, bars in drift.items() if bars}


def drift_bars(counts: Counts) -> list[Bar]:
    """The counts that changed, largest change first, marked when out of range."""
    apart = {key: of["new"] - of["live"] for key, of in counts.items() if of["new"] != of["live"]}
    ordered = sorted(apart, key=lambda key: (-abs(apart[key]), key))[:MAX_BARS]
    return [Bar(key, apart[key], _describe_change(counts[key])) for key in ordered]


def _describe_change(of: Mapping[str, int]) -> str:
    share = f" ({(of['new'] - of['live']) / of['live']:+.1%})" if of["live"] else " (new)"
    out = ", out of range" if has_drifted(of["new"], of["live"]) else ""
    return f"{of['new'] - of['live']:+,}{share}{out}"


def count_rejections(quarantine: Mapping[str, Any]) -> dict[str, int]:
    """Rows set aside by source and reason."""
    return {
        f"{source}: {reason}": count
        for source, of in quarantine.items()
        for reason, count in of.get("rejected", {}).items()
    }
