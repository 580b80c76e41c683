"""``sas quarantine``: what the last run set aside, as a file to correct, and back again."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Annotated, Any

import typer
from elasticsearch import Elasticsearch
from rich.console import Group
from rich.markup import escape
from rich.table import Table

from cli.commands.relevance import build_gate_judge
from cli.error_report import open_error_report
from cli.options import AsJson, Now, parse_now
from cli.output import open_progress, print_json, print_line, result_console
from cli.records import open_trail
from cli.terminal_text import flatten_texts
from cli.views import index
from elastic.client import sync_client
from elastic.settings import read_elastic_settings
from geography import reasons
from indexers.loads import source_load as loading
from indexers.offers.pipeline import NothingToIndexError
from indexers.quality import quarantine_corrections
from indexers.quality.quarantine_corrections import ReplayResult
from indexers.quality.reasons import EXPLANATIONS
from indexers.reindex import recipe
from indexers.runs import folder
from indexers.runs.progress import ProgressListener
from indexers.runs.record import RunOutcome
from records.trail.trail import Trail

RAW_SHOWN = 190
EXAMPLE_SHOWN = 60
"""Characters shown of a row that was set aside, alone and in the summary."""

SET_ASIDE = "set aside"

STATES: Mapping[str, str] = {
    "warned": "kept, warned about",
    "skipped": "not shown",
    "points": "point mended or refused",
}
"""What became of rows that the report of a run counts beside those set aside."""

ALL_EXPLANATIONS: Mapping[str, str] = {
    **{reason.value: text for reason, text in EXPLANATIONS.items()},
    **reasons.EXPLANATIONS,
}
"""Of rows and of points; no code is in both."""

quarantine_app = typer.Typer(
    name="quarantine",
    help="What the last run set aside, and its correction.",
    invoke_without_command=True,
)


@quarantine_app.callback()
def quarantine(
    ctx: typer.Context,
    *,
    source: Annotated[
        str | None, typer.Option(help="Only this source: rpps, finess, participation...")
    ] = None,
    rows: Annotated[bool, typer.Option("--rows", help="List the rows themselves.")] = False,
    limit: Annotated[int, typer.Option(min=1, help="Rows listed at most.")] = 50,
    export: Annotated[
        Path | None,
        typer.Option(help="Write the rows of --source as a file of its own form, to correct."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """What the last run set aside: by source and reason, row by row, or as a file to correct.

    Correct the exported file in place, keep every row of it, then `sas quarantine replay FILE`.
    """
    if ctx.invoked_subcommand is not None:
        return
    with open_error_report(as_json):
        run = _last_run()
        if export is not None:
            _export(run, source, export, as_json)
        elif rows:
            _show_rows(run, source, limit, as_json)
        else:
            _summary(run, source, as_json)


def _last_run() -> Path:
    """The newest run that read rows; a newer one that ended before it is named beside it."""
    known = folder.list_runs(read_elastic_settings().state_dir)
    if not known:
        raise NothingToIndexError("No run is kept yet: run `sas reindex --from DIR` first.")
    read = next((run for run in known if folder.has_read_rows(run)), known[0])
    if read != known[0]:
        print_line(
            f"Run {known[0].name} ended before it read a row (`sas report`): this is of the run "
            f"before it, {read.name}.",
            err=True,
        )
    return read


def _export(run: Path, source: str | None, path: Path, as_json: bool) -> None:
    if source is None:
        raise quarantine_corrections.CorrectionFileError("Name the source to export with --source.")
    count = quarantine_corrections.export_rows(run, source, path)
    if as_json:
        print_json({"run": run.name, "source": source, "file": str(path), "rows": count})
    else:
        print_line(
            f"{index.format_count(count, 'row')} of {source} in {path}: correct them there, keep "
            f"every row, then `sas quarantine replay {path}`."
        )


def _show_rows(run: Path, source: str | None, limit: int, as_json: bool) -> None:
    found = list(folder.read_quarantined_rows(run, source))
    if as_json:
        print_json({"run": run.name, "rows": found})
    else:
        result_console().print(_rows_view(run, found, limit))


def _summary(run: Path, source: str | None, as_json: bool) -> None:
    lines = summary(folder.read_quarantined_rows(run, source), _counts(run, source))
    if as_json:
        print_json({"run": run.name, "summary": lines})
    elif not lines:
        print_line(f"Run {run.name} set no row aside.")
    else:
        result_console().print(_table(flatten_texts(lines)))
        if any(line["state"] == SET_ASIDE for line in lines):
            result_console().print(
                "`--rows` lists the rows set aside, `--source S --export FILE` writes them."
            )


def _counts(run: Path, source: str | None) -> dict[str, Any]:
    counts: dict[str, Any] = folder.read_report(run).get("quarantine", {})
    return {name: of for name, of in counts.items() if source in {None, name}}


def summary(rows: Iterable[Mapping[str, Any]], counts: Mapping[str, Any]) -> list[dict[str, Any]]:
    """One line a source, state and reason, with its explanation, rows and one example."""
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for row in rows:
        line = found.setdefault((row["source"], row["reason"]), _line(row))
        line["rows"] += 1
    return [*found.values(), *_state_lines(counts)]


def _line(row: Mapping[str, Any]) -> dict[str, Any]:
    example = f"line {row['line']}: {row.get('detail') or _short(row['raw'], EXAMPLE_SHOWN)}"
    return {
        "source": row["source"],
        "state": SET_ASIDE,
        "reason": row["reason"],
        "explanation": row["explanation"],
        "rows": 0,
        "example": example,
    }


def _state_lines(counts: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for source, of in counts.items():
        for key, state in STATES.items():
            for reason, number in of.get(key, {}).items():
                yield {
                    "source": source,
                    "state": state,
                    "reason": reason,
                    "explanation": ALL_EXPLANATIONS[reason],
                    "rows": number,
                    "example": "",
                }


def _table(lines: Iterable[Mapping[str, Any]]) -> Table:
    names = ("source", "state", "reason", "explanation", "rows", "example")
    table = Table(*names)
    for line in lines:
        table.add_row(*(escape(str(line[name])) for name in names))
    return table


def _short(raw: str, length: int) -> str:
    return " ".join(raw[:length].split())


def _rows_view(run: Path, rows: Sequence[Mapping[str, Any]], limit: int) -> Group:
    if not rows:
        return Group(f"Run {run.name} set no row aside.")
    blocks = [
        f"{row['source']} line {row['line']}, {row['reason']}: {row['explanation']}\n    "
        + " | ".join(filter(None, (row.get("detail", ""), _short(row["raw"], RAW_SHOWN))))
        for row in map(flatten_texts, islice(rows, limit))
    ]
    more = f" The first {limit} are shown; --json gives all." if len(rows) > limit else ""
    where = f"{index.format_count(len(rows), 'row')} in {run / folder.QUARANTINE}.{more}"
    return Group(*map(escape, blocks), escape(where))


@quarantine_app.command("replay")
def replay(
    path: Annotated[Path, typer.Argument(help="A corrected file, or a folder of them.")],
    later: Annotated[
        bool, typer.Option("--later", help="Only record; the next reindex makes them live.")
    ] = False,
    now: Now = None,
    as_json: AsJson = False,
) -> None:
    """Record corrected rows, then reindex or load again what the damaged ones came from.

    A correction answers the same damaged row at every later load, until the source changes the
    row. A row that is still bad is reported with its reason. Replaying again changes nothing,
    unless the file to read again could not be read.
    """
    with (
        open_error_report(as_json),
        open_trail() as trail,
        open_progress() as watch,
        sync_client() as client,
    ):
        instant = datetime.now(UTC)
        files = quarantine_corrections.correction_files(path)
        done = [quarantine_corrections.replay_corrections(trail, file, instant) for file in files]
        origins = [] if later else _distinct_origins(one.origin for one in done if _is_pending(one))
        for origin in origins:
            _check_newest(origin)
        for origin in origins:
            _reload_origin(client, trail, origin, parse_now(now), watch)
    if as_json:
        print_json({"files": [one.as_json() for one in done], "loaded_again": origins})
    else:
        result_console().print(_replay_view(done, origins))
    if any(one.still_bad for one in done):
        raise typer.Exit(1)


def _distinct_origins(origins: Iterable[dict[str, str]]) -> list[dict[str, str]]:
    return list({tuple(sorted(one.items())): one for one in origins if one}.values())


def _is_pending(one: ReplayResult) -> bool:
    """Whether corrections are not live: recorded just now, or before a reading that failed."""
    last = (
        folder.find_last_run(read_elastic_settings().state_dir, one.origin)
        if one.already_recorded
        else None
    )
    failed = last is not None and folder.read_outcome(last) != RunOutcome.DONE
    return bool(one.recorded or failed)


def _check_newest(origin: Mapping[str, str]) -> None:
    """Raise ``CorrectionFileError`` when something else was read since: that would be undone."""
    last = folder.find_last_run(read_elastic_settings().state_dir, origin)
    read = {} if last is None else folder.read_origin(last)
    if read and read != origin:
        now, then = (one.get("directory") or one.get("path") for one in (read, origin))
        raise quarantine_corrections.CorrectionFileError(
            f"The corrections are recorded, and not live yet: {now} was read since {then}. "
            f"Load or reindex {now} again."
        )


def _reload_origin(
    client: Elasticsearch,
    trail: Trail,
    origin: Mapping[str, str],
    now: datetime,
    watch: ProgressListener,
) -> None:
    """Run again what set the rows aside: the reindex of a directory, or the load of a file."""
    started = datetime.now(UTC)
    run = folder.create_run(read_elastic_settings().state_dir, started)
    folder.write_origin(run, origin)  # known also of a run that does not get as far as its lock
    if "directory" in origin:
        order = recipe.ReindexRequest(
            directory=Path(origin["directory"]),
            now=now,
            run=run,
            started=started,
            trail=trail,
            judge=build_gate_judge(now),
        )
        recipe.reindex(client, order, watch)
    else:
        path = Path(origin["path"])
        loading.load_source(
            client, loading.LoadRequest(origin["source"], path, started, run, trail)
        )


def _replay_view(done: Sequence[ReplayResult], origins: Sequence[Mapping[str, str]]) -> Group:
    lines = []
    for one in done:
        lines.append(
            f"{one.source}: {index.format_count(one.recorded, 'correction')} recorded, "
            f"{one.already_recorded} known already, {len(one.still_bad)} still bad."
        )
        lines += [
            f"    line {row.line}, {row.reason}: {EXPLANATIONS[row.reason]} {row.detail}".rstrip()
            for row in one.still_bad
        ]
    lines += [f"{one.get('directory') or one.get('path')} was read again." for one in origins]
    return Group(*map(escape, lines))


def register(app: typer.Typer) -> None:
    """Add the topic to ``sas``."""
    app.add_typer(quarantine_app)
