"""Commands of the topic ``reindex``: fill the index, load a source, go back."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import orjson
import typer
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from cli.commands.generate import parse_now
from cli.commands.relevance import build_gate_judge
from cli.notification.attempt import FailureExit, open_attempt
from cli.views import index
from elastic import lifecycle
from elastic.bulk import BulkRefusedError
from elastic.client import sync_client
from elastic.errors import ElasticError
from elastic.names import NotAnIndexName, offers_alias
from elastic.service import audit
from elastic.service.last_loads import last_loads
from elastic.service.source_state import build_source_states
from elastic.settings import BadSetting, ElasticSettings, read_elastic_settings
from geography.geocoding.batch import BatchGeocoder
from indexers.changes.comparison import NothingToCompareError
from indexers.changes.differences import EXAMPLES
from indexers.changes.patching import PatchConflictError
from indexers.loads import source_load as loading
from indexers.offers.pipeline import NothingToIndexError
from indexers.quality import gate
from indexers.quality.index_stats import fetch_index_stats
from indexers.quality.quarantine_corrections import CorrectionFileError
from indexers.reindex import dry_run as rehearsal
from indexers.reindex import recipe
from indexers.runs import folder
from indexers.runs.interruption import InterruptedRunError, open_interruptible_section
from indexers.runs.progress import ProgressListener
from indexers.sources import own_formats
from indexers.sources.geocoding_cache import GeocodedHeaderError
from indexers.sources.published import TwoEditionsError
from indexers.sources.reading.errors import CutFileError, LayoutError
from indexers.upkeep.snapshots import SnapshotError

REFUSED, UNAVAILABLE, INTERRUPTED = 1, 3, 130
"""Exit codes: data or order to correct, a service to mend, a run stopped by a signal."""

REPORTED_ERRORS = (
    gate.GateClosedError,
    BulkRefusedError,
    PatchConflictError,
    recipe.NothingToRollBackError,
    NothingToCompareError,
    loading.EmptySourceError,
    loading.UnknownSourceError,
    own_formats.OwnFormatError,
    folder.NoSuchRunError,
    NothingToIndexError,
    TwoEditionsError,
    GeocodedHeaderError,
    CutFileError,
    LayoutError,
    NotAnIndexName,
    BadSetting,
    CorrectionFileError,
    SnapshotError,
    OSError,
)
"""What is said in one sentence and ends with code 1."""

PIPED_WIDTH = 200
"""Columns of what is no terminal; COLUMNS in the environment wins."""

AsJson = Annotated[bool, typer.Option("--json", help="For programs: one JSON document.")]
Now = Annotated[
    str | None,
    typer.Option(
        "--now",
        metavar="INSTANT",
        help="Instant of the data, 2026-11-23T08:00:00Z; default: the current minute.",
    ),
]
Examples = Annotated[
    int, typer.Option("--examples", min=0, help="Offers named for each sort of change.")
]
AcceptDrift = Annotated[
    bool,
    typer.Option(
        "--accept-drift",
        help="Go on knowingly although counts moved by more than 5 % or 1 % was set aside.",
    ),
]

index_app = typer.Typer(
    name="index", help="The index of offers: what is live, what is kept.", no_args_is_help=True
)


class TerminalProgress(ProgressListener):
    """A run shown on the terminal, on standard error."""

    def __init__(self, progress: Progress) -> None:
        super().__init__()
        self._progress = progress
        self._task = progress.add_task("Starting", total=None, done="")

    def show_stage(self, name: str) -> None:
        """Name the stage."""
        self._progress.update(self._task, description=name, done="")

    def show_count(self, done: int) -> None:
        """Say how many documents are done."""
        self._progress.update(self._task, done=f"{done:,}")


@contextmanager
def open_progress() -> Iterator[TerminalProgress]:
    """A line of progress during the body."""
    columns = (SpinnerColumn(), TextColumn("{task.description} {task.fields[done]}"))
    screen = Console(stderr=True)
    quiet = not screen.is_terminal
    with Progress(
        *columns, TimeElapsedColumn(), console=screen, transient=True, disable=quiet
    ) as progress:
        yield TerminalProgress(progress)


@contextmanager
def open_error_report(as_json: bool) -> Iterator[None]:
    """Failures as one sentence and an exit code that is not zero; signals stop cleanly."""
    try:
        with open_interruptible_section():
            yield
    except ElasticError as error:
        raise _failure(error, as_json, UNAVAILABLE) from error
    except REPORTED_ERRORS as error:
        raise _failure(error, as_json, REFUSED) from error
    except InterruptedRunError as error:
        raise _failure(error, as_json, INTERRUPTED) from error


def _failure(error: BaseException, as_json: bool, code: int) -> typer.Exit:
    sentence = " ".join([_error_sentence(error), *getattr(error, "__notes__", ())])
    if as_json:
        print_json({"error": sentence, "kind": type(error).__name__})
    else:
        Console(stderr=True).print(sentence, style="red", markup=False, soft_wrap=True)
    return FailureExit(code, sentence)


def _error_sentence(error: BaseException) -> str:
    """The sentence of an error; the system's own say neither the path first nor the way out."""
    if isinstance(error, OSError) and error.strerror and error.filename:
        reason = error.strerror[:1].lower() + error.strerror[1:]
        way_out = "correct the path or its rights; SAS_STATE_DIR names the folder of runs."
        return f"{error.filename} cannot be read or written, {reason}: {way_out}"
    return str(error)


def console() -> Console:
    """A terminal as wide as it is; a file or a pipe gets whole sentences a line."""
    screen = Console()
    if not screen.is_terminal and "COLUMNS" not in os.environ:
        screen.width = PIPED_WIDTH
    return screen


def print_json(value: object) -> None:
    """One JSON document on standard output; a reason as a key is told by its code."""
    typer.echo(orjson.dumps(value, option=orjson.OPT_NON_STR_KEYS).decode())


def reindex(
    *,
    directory: Annotated[
        Path, typer.Option("--from", help="Directory of files to index.", show_default=False)
    ],
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would change; write nothing.")
    ] = False,
    accept_drift: AcceptDrift = False,
    floor: Annotated[
        int, typer.Option(min=1, help="Offers the new index must have at least.")
    ] = gate.FLOOR,
    geocode: Annotated[
        bool,
        typer.Option(
            "--geocode",
            help="Ask the national address service for addresses that only their commune places.",
        ),
    ] = False,
    now: Now = None,
    examples: Examples = EXAMPLES,
    as_json: AsJson = False,
) -> None:
    """Build a new index from a directory of files, check it, swap it in.

    The directory holds published files (RPPS, FINESS) and our own formats, all optional but one
    source of offers. Whatever fails leaves the live index as it was; the index that was live is
    kept for `sas rollback`. What is read and how: docs/explanation/pipeline.md.
    """
    with open_attempt("reindex") as attempt, open_error_report(as_json), open_progress() as watch:
        attempt.watch = watch
        chosen = read_elastic_settings()
        started = datetime.now(UTC)
        instant = parse_now(now)
        order = recipe.ReindexRequest(
            directory=directory,
            now=instant,
            run=folder.create_run(chosen.state_dir, started),
            started=started,
            prefix=chosen.index_prefix,
            floor=floor,
            accept_drift=accept_drift,
            geocoder=BatchGeocoder() if geocode else None,
            judge=build_gate_judge(instant),
        )
        attempt.run = order.run
        with sync_client() as client:
            if dry_run:
                report = rehearsal.dry_run(client, order, watch, examples)
            else:
                report = recipe.reindex(client, order, watch)
    if as_json:
        print_json(report.as_json())
    else:
        console().print(index.report(report, dry_run))
    if report.refused:
        with open_attempt("reindex --dry-run") as attempt:
            attempt.run = order.run
            closed = gate.GateClosedError(report.refused, "")
            raise FailureExit(REFUSED, str(closed)) from closed


def load(
    source: Annotated[str, typer.Argument(help=f"One of: {', '.join(loading.SOURCES)}.")],
    file: Annotated[Path, typer.Argument(help="JSON Lines, or CSV for the flat formats.")],
    accept_drift: AcceptDrift = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would change; write nothing.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Apply one small source to the live index at once.

    The file is the whole source: what it no longer says is taken back. Slots already stored are
    judged again, so no editor has to be asked. `sas schema SOURCE` prints the format.
    """
    with (
        open_attempt("load") as attempt,
        open_error_report(as_json),
        open_progress() as watch,
    ):
        attempt.command = f"load {source}" if source in loading.SOURCES else "load"
        chosen = read_elastic_settings()
        now = datetime.now(UTC)
        attempt.run = run = folder.create_run(chosen.state_dir, now)
        order = loading.LoadRequest(source, file, now, run, chosen.index_prefix, accept_drift)
        with sync_client() as client:
            apply = loading.dry_run_load if dry_run else loading.load_source
            report = apply(client, order, watch)
    if as_json:
        print_json(report)
    else:
        console().print(index.load_report(report))


@index_app.command("status")
def status(as_json: AsJson = False) -> None:
    """The live index, its counts and schema, the ones kept, and the last events of the trail."""
    with open_error_report(as_json), sync_client() as client:
        found = _status(client, read_elastic_settings())
    if as_json:
        print_json(found)
    else:
        console().print(index.status(found))
    if found["live"] is None:
        raise typer.Exit(REFUSED)


def _status(client: Any, chosen: ElasticSettings) -> dict[str, Any]:
    alias = offers_alias(chosen.index_prefix)
    live = lifecycle.live_index(client, alias)
    trail = audit.read_audit_trail(client, prefix=chosen.index_prefix, limit=10)
    found: dict[str, Any] = {
        "alias": alias,
        "live": str(live) if live else None,
        "kept": [str(name) for name in lifecycle.all_indices(client, alias) if name != live],
        "trail": [asdict(entry) for entry in trail],
    }
    loads = last_loads(client, chosen.index_prefix).values()
    states = build_source_states(loads, {}, datetime.now(UTC))
    found["sources"] = [
        {"source": one.load.source, "as_of": one.as_of, "rows": one.load.rows, "stale": one.stale}
        | {"file": one.load.file, "loaded_at": one.load.loaded_at}
        for one in states
    ]
    if live is not None:
        counts = fetch_index_stats(client, alias)
        found |= {"schema": lifecycle.schema_version(client, alias), **asdict(counts)}
    return found


def schema(
    name: Annotated[str | None, typer.Argument(help="A format; all are listed without it.")] = None,
    as_json: AsJson = False,
) -> None:
    """Print the JSON Schema of one line of a format of ours; without a name, list the formats."""
    with open_error_report(as_json):
        if name is not None:
            text = orjson.dumps(own_formats.build_json_schema(name), option=orjson.OPT_INDENT_2)
            typer.echo(text.decode())
            return
    if as_json:
        print_json(own_formats.descriptions())
    else:
        console().print(index.formats(own_formats.descriptions()))


def register(app: typer.Typer) -> None:
    """Add the commands of this topic to ``sas``."""
    for command in (reindex, load, schema):
        app.command()(command)
    app.add_typer(index_app)
