"""``report.html``: what a run did or why it failed, in one file, from its ``report.json``.

Nothing is fetched and nothing runs: a policy in the page forbids both. Every text is escaped, and
what a report of an earlier version does not hold is left out.
"""

from collections.abc import Iterator, Mapping, Sequence
from html import escape
from pathlib import Path
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

STYLE = Path(__file__).with_name("style.css")
POLICY = "default-src 'none'; style-src 'unsafe-inline'"
MAX_BARS = 40
"""Bars of one plot; the report as JSON has all."""
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
    parts = "\n".join(part for part in _parts(name, report) if part)
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>Run {escape(name)}</title>\n<style>\n{STYLE.read_text('utf-8')}</style>\n"
        f"</head>\n<body>\n{parts}\n</body>\n</html>\n"
    )


def _parts(name: str, report: Mapping[str, Any]) -> Iterator[str]:
    run = report.get("run", {})
    yield f"<h1>Run {escape(name)}</h1>"
    yield headline(run)
    yield failure(run)
    yield facts(report)
    yield problems("Accepted with --accept-drift", report.get("accepted", []))
    yield problems("Why the gate stayed closed", find_gate_problems(report))
    yield kinds(report)
    yield departments(report.get("departments", {}))
    yield drift(report)
    yield professions(report.get("professions", {}))
    yield quarantine(report.get("quarantine", {}))
    yield stages(run)


def headline(run: Mapping[str, Any]) -> str:
    """How it ended, in one line."""
    outcome = str(run.get("outcome", "unknown"))
    told = OUTCOMES.get(outcome, "This run ended before it could write its report")
    return (
        f'<p><span class="outcome {escape(outcome)}">{escape(told)}</span> '
        f'<span class="soft">sas {escape(str(run.get("command", "")))}</span></p>'
    )


def failure(run: Mapping[str, Any]) -> str:
    """The error and the stage where the run stopped; nothing of a run that ended well."""
    error = run.get("error")
    if not error:
        return ""
    where = escape(str(run.get("stopped_at") or "before its first stage"))
    return (
        f'<p class="error">{escape(str(error["sentence"]))}<br>'
        f'<span class="soft">{escape(str(error["kind"]))}, while: {where}</span></p>'
    )


def facts(report: Mapping[str, Any]) -> str:
    """When, how long, how much memory, which index."""
    run = report.get("run", {})
    told = {
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
    rows = "".join(
        f"<tr><th>{name}</th><td>{escape(str(value))}</td></tr>"
        for name, value in told.items()
        if value is not None
    )
    return f"<table>{rows}</table>"


def find_gate_problems(report: Mapping[str, Any]) -> Sequence[str]:
    """Every problem of the gate, of a run or of a dry run."""
    error = report.get("run", {}).get("error", {})
    found: Sequence[str] = report.get("refused") or error.get("problems", [])
    return found


def problems(title: str, sentences: Sequence[str]) -> str:
    """Sentences of the gate."""
    if not sentences:
        return ""
    items = "".join(f"<li>{escape(problem)}</li>" for problem in sentences)
    return f"<h2>{escape(title)}</h2><ul>{items}</ul>"


def kinds(report: Mapping[str, Any]) -> str:
    """Offers by kind, live and new, as a table."""
    counts: Counts = report.get("kinds", {})
    if not counts:
        return ""
    rows = "".join(
        f"<tr><td>{escape(kind)}</td>"
        + "".join(_number(text) for text in _row(of["live"], of["new"]))
        + "</tr>"
        for kind, of in counts.items()
    )
    heads = "".join(f'<th class="number">{head}</th>' for head in ("live", "new", "change"))
    return f"<h2>Offers by kind</h2><table><tr><th>kind</th>{heads}</tr>{rows}</table>"


def _row(live: int, new: int) -> tuple[str, str, str]:
    return f"{live:,}", f"{new:,}", f"{new - live:+,}"


def _number(text: str) -> str:
    return f'<td class="number">{text}</td>'


def departments(counts: Counts) -> str:
    """The map of the new index."""
    new = {code: of["new"] for code, of in counts.items()}
    if not any(new.values()):
        return ""
    others = ", ".join(f"{code} {count:,}" for code, count in counts_without_tile(new).items())
    note = f'<p class="soft">Not on the map: {escape(others)}.</p>' if others else ""
    return _section("Offers by department", render_map(new) + note)


def drift(report: Mapping[str, Any]) -> str:
    """What moved against the live index; nothing when no live index was counted."""
    if report.get("live_total") is None:
        return ""
    blocks = [
        _section(
            f"Change by {name} against the live index", render_changes(f"Change by {name}", bars)
        )
        for name, key in (("kind", "kinds"), ("department", "departments"))
        if (bars := drift_bars(report.get(key, {})))
    ]
    return "".join(blocks) or '<h2>Change</h2><p class="soft">No count moved.</p>'


def drift_bars(counts: Counts) -> list[Bar]:
    """The counts that changed, the largest changes first; those out of their range say so."""
    apart = {key: of["new"] - of["live"] for key, of in counts.items() if of["new"] != of["live"]}
    ordered = sorted(apart, key=lambda key: (-abs(apart[key]), key))[:MAX_BARS]
    return [Bar(key, apart[key], _describe_change(counts[key])) for key in ordered]


def _describe_change(of: Mapping[str, int]) -> str:
    share = f" ({(of['new'] - of['live']) / of['live']:+.1%})" if of["live"] else " (new)"
    out = ", out of range" if has_drifted(of["new"], of["live"]) else ""
    return f"{of['new'] - of['live']:+,}{share}{out}"


def professions(counts: Counts) -> str:
    """Offers by code of profession."""
    bars = largest_first({code: of["new"] for code, of in counts.items() if of["new"]})[:MAX_BARS]
    return _section("Offers by profession", render_bars("By profession", bars)) if bars else ""


def quarantine(counts: Mapping[str, Any]) -> str:
    """Rows set aside by source and reason, and the share of each source."""
    aside = {
        f"{source}: {reason}": count
        for source, of in counts.items()
        for reason, count in of.get("rejected", {}).items()
    }
    read = "".join(
        f"<tr><td>{escape(source)}</td>{_number(format(of.get('read', 0), ','))}"
        f"{_number(format(of.get('ratio', 0), '.2%'))}</tr>"
        for source, of in counts.items()
    )
    if not read:
        return ""
    heads = '<th>source</th><th class="number">rows read</th><th class="number">set aside</th>'
    plot = render_bars("Rows set aside", largest_first(aside)[:MAX_BARS]) if aside else ""
    return _section("Rows set aside", f"<table><tr>{heads}</tr>{read}</table>{plot}")


def stages(run: Mapping[str, Any]) -> str:
    """Seconds by stage, in their order."""
    seconds: Mapping[str, float] = run.get("stages", {})
    if not seconds:
        return ""
    bars = [Bar(stage, value, f"{value:,.1f} s") for stage, value in seconds.items()]
    return _section("Time by stage", render_bars("Time by stage", bars))


def _section(title: str, body: str) -> str:
    return f'<h2>{escape(title)}</h2><div class="wide">{body}</div>'
