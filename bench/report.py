"""The table of a run, on the terminal and in ``bench/results/`` as JSON and Markdown."""

from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import orjson
from rich.console import Console
from rich.table import Table

from bench.run import API, ELASTICSEARCH, GROWTH, OURS, RAW, BenchTarget, Measures, targets
from bench.sampling import ProfileLine

RESULTS = Path(__file__).parent / "results"

COLUMNS = ("measure", "raw", "ours", "ours beside raw", "target", "")

Row = tuple[str, ...]


def rows(found: Measures) -> list[Row]:
    """The table: percentiles are p50 / p95 / p99 in milliseconds."""
    held = {target.name: target for target in targets(found)}
    added, p99, throughput, errors, suggest, *_ = held.values()
    one, many = found["one"], found["many"]
    raw, our = many[RAW], many[OURS]
    return [
        ("1 connection, ms", _three(one["raw"]), _three(one["ours"]), *_target_cells(added)),
        (
            "added to each search, 1 connection, ms",
            "",
            f"{one['added_each_p50_ms']:.1f}",
            "",
            "",
            "",
        ),
        ("many connections, ms", _three(raw), _three(our), *_target_cells(p99)),
        ("many connections, a second", _per_s(raw), _per_s(our), *_target_cells(throughput)),
        *(_open_row(rate) for rate in found["open"]),
        ("errors, all measures", _raw_errors(found), f"{errors.value:g}", *_target_cells(errors)),
        ("suggest, 1 connection, ms", *_both(found["suggest"]), *_target_cells(suggest)),
        ("nothing to do, 1 connection, ms", "", _three(found["null"]["one"]), "", "", ""),
        ("nothing to do, many connections, ms", "", _three(found["null"]["many"]), "", "", ""),
        *_rows_by_name(found, held),
        *_cost_rows(raw, our),
    ]


def _rows_by_name(found: Measures, held: dict[str, BenchTarget]) -> Iterable[Row]:
    """Time inside Elasticsearch of each named search, held to its 95th percentile; growth."""
    for name, one in found.get("named", {}).items():
        yield (f"{name}, took, ms", _three(one), "", *_target_cells(held[name]))
    if GROWTH in found:
        growth = found[GROWTH]
        medians = f"{growth['small_p50_ms']:.1f} then {growth['large_p50_ms']:.1f}"
        yield (
            f"{growth['times']:.0f} times the offers, p50, ms",
            medians,
            "",
            *_target_cells(held[GROWTH]),
        )


def _cost_rows(raw: Measures, our: Measures) -> Iterable[Row]:
    cpu, our_cpu = raw["cpu_ms_a_search"], our["cpu_ms_a_search"]
    costs = {
        "requests to Elasticsearch a search": (
            f"{raw['requests_a_search']:.2f}",
            f"{our['requests_a_search']:.2f}",
        ),
        "processor a search, API, ms": ("", f"{our_cpu[API]:.2f}"),
        "processor a search, generator, ms": (
            f"{cpu['generator']:.2f}",
            f"{our_cpu['generator']:.2f}",
        ),
        "resident memory, API, MB": ("", f"{our['peak_mb'][API]:.0f}"),
    }
    if ELASTICSEARCH in cpu:
        costs["processor a search, Elasticsearch, ms"] = (
            f"{cpu[ELASTICSEARCH]:.2f}",
            f"{our_cpu[ELASTICSEARCH]:.2f}",
        )
        costs["resident memory, Elasticsearch, MB"] = (
            f"{raw['peak_mb'][ELASTICSEARCH]:.0f}",
            f"{our['peak_mb'][ELASTICSEARCH]:.0f}",
        )
    return ((name, *values, "", "", "") for name, values in costs.items())


def _three(figures: Measures) -> str:
    return " / ".join(f"{figures[name]:.1f}" for name in ("p50", "p95", "p99"))


def _both(found: Measures) -> tuple[str, str]:
    return _three(found["raw"]), _three(found["ours"])


def _per_s(found: Measures) -> str:
    return f"{found['per_s']:.0f}"


def _open_row(rate: Measures) -> Row:
    beside = f"p99 {rate[OURS]['p99'] / rate[RAW]['p99']:.2f} times"
    return (f"open load, {rate['rate']:g} a second, ms", *_both(rate), beside, "", "")


def _raw_errors(found: Measures) -> str:
    errors = [found["one"]["errors"]["raw"], found["suggest"]["errors"]["raw"]]
    return str(
        sum([*errors, found["many"][RAW]["errors"], *(r[RAW]["errors"] for r in found["open"])])
    )


def _target_cells(target: BenchTarget) -> tuple[str, str, str]:
    sign = "≥" if target.at_least else "≤"
    measured = f"{target.value:.2f} {target.unit}"
    return measured, f"{sign} {target.limit:g}", "met" if target.is_met else "missed"


def print_table(table_rows: Iterable[Row], title: str, columns: Row = COLUMNS) -> None:
    """Print a table."""
    table = Table(title=title)
    for at, name in enumerate(columns):
        table.add_column(name, justify="left" if at in (0, len(columns) - 1) else "right")
    for row in table_rows:
        table.add_row(*row)
    Console(width=None if Console().is_terminal else 160).print(table)


def markdown(table_rows: Iterable[Row], columns: Row = COLUMNS) -> str:
    """The same table in Markdown."""
    head = [columns, tuple("---" for _ in columns)]
    return "\n".join(f"| {' | '.join(row)} |" for row in (*head, *table_rows))


PROFILE_COLUMNS = ("", "by itself", "with what it calls")


def profile_rows(profile_lines: Iterable[ProfileLine]) -> list[Row]:
    """Shares of the processor time of the API process."""
    return [(line.name, f"{line.own:.1%}", f"{line.all:.1%}") for line in profile_lines]


def write(folder: Path, name: str, about: dict[str, Any], found: dict[str, Any], page: str) -> Path:
    """Write ``name.json`` and ``name.md``; the Markdown file's path."""
    folder.mkdir(parents=True, exist_ok=True)
    content = {"about": about, "found": found}
    (folder / f"{name}.json").write_bytes(orjson.dumps(content, option=orjson.OPT_INDENT_2) + b"\n")
    path = folder / f"{name}.md"
    path.write_text(f"{_heading(about)}\n\n{page}\n", "utf-8")
    return path


def _heading(about: dict[str, Any]) -> str:
    machine, versions = about["machine"], about["versions"]
    listed = ", ".join(f"{name} {number}" for name, number in versions.items())
    return "\n".join(
        [
            f"# {about['scale']}, {about['at']}, commit {about['commit']}",
            "",
            f"{about['offers']:,} offers, {about['slots']:,} slots{_search_count_text(about)}. "
            f"{machine['processor']}, {machine['cores']} cores, "
            f"{machine['memory_gib']} GiB; load {machine['load_before']} before the run. {listed}.",
        ]
    )


def _search_count_text(about: dict[str, Any]) -> str:
    """The searches of a run that has some."""
    if "searches" not in about:
        return ""
    return f"; {about['searches']} searches, seed {about['seed']}"


def as_json(found: Measures) -> dict[str, Any]:
    """The measures with their targets."""
    held = [{**asdict(target), "met": target.is_met} for target in targets(found)]
    return {**found, "targets": held}
