"""Commands of the topic ``slots``: read editors' answers, write their slots to the live index."""

import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import orjson
import typer
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

from cli.exit_codes import BAD_USAGE, INTERRUPTED, REFUSED, UNAVAILABLE
from cli.failures import describe_error
from cli.notification.attempt import open_attempt
from cli.options import parse_now
from cli.output import exit_with_error, message_console, print_json, print_line, result_console
from cli.records import open_records, open_trail, warn_unread_agenda
from elastic.bulk import BulkRefusedError
from elastic.client import sync_client
from elastic.errors import ElasticError
from elastic.names import offers_alias
from elastic.optimistic import WriteConflictError
from elastic.settings import read_elastic_settings
from indexers.runs.interruption import InterruptedRunError, open_interruptible_section
from mappings.bounds import IDENTIFIER, LARGEST_PAGE
from mappings.state_file import replace_file
from records.agenda.agendas import AGENDAS
from records.errors import RecordsError, RecordsUnavailable
from records.kinds import count_records
from records.settings import BadDatabaseUrl
from slots.fhir.answer import AnswerRefusedError
from slots.fhir.identity import RequestedIdError
from slots.fhir.parser import ParsedAnswer, parse_pages
from slots.loading.directory_import import DirectoryImport, import_directory
from slots.loading.importing import import_answer
from slots.loading.last_imports import record_imports
from slots.loading.requests import EditorRequest, SourceAnswer, is_editor_name
from slots.stored import AGENDA_SOURCE

STDIN = "-"
SHOWN_REFUSALS = 20
"""Refused answers of a directory that are shown one by one."""


class Flow(StrEnum):
    """The three slot searches of the guide: R01 professionals, R04 with CPTS, SOS1."""

    R01 = "R01"
    R04 = "R04"
    SOS1 = "SOS1"


Files = Annotated[
    list[str],
    typer.Argument(metavar="FILE...", help="Pages of one answer, in order; - is standard input."),
]
AnswerFlow = Annotated[
    Flow, typer.Option(case_sensitive=False, help="Which search the editor answered.")
]
RequestedIds = Annotated[
    list[str],
    typer.Option(
        metavar="ID,ID",
        help="Requested professionals: RPPS or ADELI, SIRET for SOS1; prefixes optional; may be "
        "repeated. Slots of anyone else are refused.",
    ),
]
Now = Annotated[
    str | None,
    typer.Option(
        metavar="INSTANT", help="Instant of the search, as 2021-11-04T14:19:35Z; default: now."
    ),
]

app = typer.Typer(
    name="slots",
    help="Slots of the editors and of the SAS agenda: read answers, refresh the index.",
    no_args_is_help=True,
)


def register(main: typer.Typer) -> None:
    """Add the commands of this topic to ``sas``."""
    main.add_typer(app)


@app.command("parse")
def parse(  # noqa: PLR0917 - Typer calls it by name
    files: Files,
    flow: AnswerFlow,
    asked: RequestedIds,
    now: Now = None,
    origin: Annotated[
        str | None,
        typer.Option(help="Adds url_with_origin: the booking link with this origin parameter."),
    ] = None,
    editor: Annotated[str | None, typer.Option(help="Adds source: the editor's name.")] = None,
    rejected: Annotated[
        Path | None,
        typer.Option(metavar="PATH", help="Writes refused slots there, one JSON object a line."),
    ] = None,
) -> None:
    """Reads an editor's answer and prints its slots, one JSON object a line.

    Only slots that are free, future, before the end of the day after tomorrow at the place,
    requested, of a known type and of what is in use are printed; the others go to `--rejected`
    with a reason (docs/reference/sources/slots.md). No slot left is a success. An answer that is
    not a Bundle of type searchset, not whole or in error is refused: exit code 1 and one sentence.

    Example: `sas slots parse answer.json --flow R01 --asked 10100050075 --origin sas`
    """
    if origin is not None and not origin.strip():
        exit_with_error("--origin: give a value, as sas, or leave the option out.", BAD_USAGE)
    answer = _parse_answer(files, flow, _parse_ids(asked), parse_now(now), origin, editor)
    if rejected is not None:
        _write_lines(rejected, answer.rejected)
    for slot in answer.slots:
        print_json(slot)
    _print_refusals(Counter(row["reason"] for row in answer.rejected), answer.reports)


@app.command("import")
def import_(  # noqa: PLR0917 - Typer calls it by name
    files: Annotated[
        list[str] | None,
        typer.Argument(metavar="[FILE...]", help="Pages of one answer; - is standard input."),
    ] = None,
    flow: Annotated[
        Flow | None, typer.Option(case_sensitive=False, help="Which search was answered.")
    ] = None,
    editor: Annotated[str | None, typer.Option(help="The editor that answered.")] = None,
    asked: Annotated[
        list[str] | None, typer.Option(metavar="ID,ID", help="Requested professionals.")
    ] = None,
    directory: Annotated[
        Path | None,
        typer.Option(
            "--from",
            metavar="DIR",
            help="A directory with agenda.jsonl and fhir/requests.jsonl.",
            exists=True,
            file_okay=False,
        ),
    ] = None,
    answered_at: Annotated[
        str | None,
        typer.Option(
            metavar="INSTANT",
            help="When the answer was received; default: now. An older answer than the one that is "
            "live changes nothing.",
        ),
    ] = None,
    now: Now = None,
    as_json: Annotated[bool, typer.Option("--json", help="For programs: one document.")] = False,
) -> None:
    """Writes an editor's slots to the live index, in place of those it gave before.

    A requested professional who is not in the answer loses this editor's slots; those of the other
    sources stay. Participation and absences decide which slots show.

    Examples: `sas slots import answer.json --flow R01 --editor alpha --asked 10100050075`,
    `sas slots import --from DIR`
    """
    moment = parse_now(now)
    latest = min(moment, datetime.now(UTC))
    received = latest if answered_at is None else min(parse_now(answered_at), latest)
    with open_attempt("slots import"), _open_error_report():
        if directory is not None:
            result = _import_directory(directory, moment, latest)
        elif files and flow and editor and asked:
            result = _import_answer(files, flow, editor, _parse_ids(asked), moment, received)
        else:
            exit_with_error(
                "Give FILE with --flow, --editor and --asked, or --from DIR.", BAD_USAGE
            )
    if as_json:
        print_json(result.as_json())
    else:
        result_console().print(_table(result))


def _import_answer(  # noqa: PLR0917 - the options of a command
    files: list[str],
    flow: Flow,
    editor: str,
    asked: list[str],
    now: datetime,
    answered_at: datetime,
) -> DirectoryImport:
    answer = _parse_answer(files, flow, asked, now, None, editor)
    alias = offers_alias(read_elastic_settings().index_prefix)
    with sync_client() as client:
        told = SourceAnswer(editor, asked, answer.slots, answered_at)
        done = import_answer(client, alias, told, now)
        read = Counter({editor: len(answer.slots)})
    _record_imports(read)
    return DirectoryImport(done, Counter(row["reason"] for row in answer.rejected), read)


def _import_directory(directory: Path, now: datetime, latest: datetime) -> DirectoryImport:
    columns = (
        SpinnerColumn(),
        TextColumn("Slots {task.completed:,}"),
        BarColumn(),
        TimeElapsedColumn(),
    )
    alias = offers_alias(read_elastic_settings().index_prefix)
    refusals: list[str] = []
    with_agenda = not _has_agendas(directory)
    with sync_client() as client, Progress(*columns, console=message_console()) as progress:
        task = progress.add_task("slots", total=None)
        done = import_directory(
            client,
            alias,
            directory,
            now,
            lambda read: progress.update(task, completed=read),
            on_refusal=lambda request, error: refusals.append(_describe_refusal(request, error)),
            latest=latest,
            with_agenda=with_agenda,
        )
    _record_imports(done.sources)
    for line in refusals[:SHOWN_REFUSALS]:
        print_line(line, err=True)
    if len(refusals) > SHOWN_REFUSALS:
        print_line(f"and {len(refusals) - SHOWN_REFUSALS} other answers refused.", err=True)
    return done


def _record_imports(slots: Mapping[str, int]) -> None:
    with open_trail() as trail:
        record_imports(trail, slots, datetime.now(UTC))


def _has_agendas(directory: Path) -> bool:
    """True when the records hold agendas: a file would take theirs out of the searches."""
    with open_records() as database:
        held = count_records(database, AGENDAS)
    warn_unread_agenda(directory, held)
    return bool(held)


def _describe_refusal(request: EditorRequest, error: Exception) -> str:
    """One line for an answer of a directory that is refused: which it is, and why."""
    name = repr(request.files[0].name[:100]) if request.files else "no file"
    why = f"its file cannot be read: {error.strerror}." if isinstance(error, OSError) else error
    return f"Answer refused, {request.editor} {request.flow} {name}: {why}"


def _parse_answer(  # noqa: PLR0917 - the options of a command
    files: list[str],
    flow: Flow,
    asked: list[str],
    now: datetime,
    origin: str | None,
    editor: str | None,
) -> ParsedAnswer:
    if editor is not None and not is_editor_name(editor):
        exit_with_error(
            f"--editor: give a printable name, {IDENTIFIER.limit}; {AGENDA_SOURCE} is the agenda.",
            BAD_USAGE,
        )
    try:
        return parse_pages(map(_read, files), flow, now, asked, origin=origin, source=editor)
    except AnswerRefusedError as error:
        exit_with_error(str(error), REFUSED)
    except RequestedIdError as error:
        exit_with_error(str(error), BAD_USAGE)
    except OSError as error:
        exit_with_error(describe_error(error), BAD_USAGE)


def _read(name: str) -> bytes:
    """A page, one byte over the cap at most: an endless input is refused, not swallowed."""
    if name == STDIN:
        return sys.stdin.buffer.read(LARGEST_PAGE + 1)
    with Path(name).open("rb") as page:
        return page.read(LARGEST_PAGE + 1)


def _parse_ids(asked: Iterable[str]) -> list[str]:
    given = [[one.strip() for one in option.split(",") if one.strip()] for option in asked]
    if not all(given):
        exit_with_error("--asked: give at least one id.", BAD_USAGE)
    return [one for ids in given for one in ids]


def _write_lines(path: Path, rows: Iterable[Mapping[str, str]]) -> None:
    try:
        replace_file(path, b"".join(orjson.dumps(row) + b"\n" for row in rows))
    except OSError as error:
        exit_with_error(describe_error(error), BAD_USAGE)


def _print_refusals(refused: Mapping[str, int], reports: Mapping[str, int]) -> None:
    """What was refused and what was odd, on standard error, in one line each."""
    for label, counts in (("Refused", refused), ("Noticed", reports)):
        if counts:
            listed = ", ".join(f"{reason} {count}" for reason, count in sorted(counts.items()))
            print_line(f"{label}: {listed}", err=True)


@contextmanager
def _open_error_report() -> Iterator[None]:
    try:
        with open_interruptible_section():
            yield
    except InterruptedRunError as error:
        exit_with_error(str(error), INTERRUPTED)
    except (ElasticError, RecordsUnavailable) as error:
        exit_with_error(str(error), UNAVAILABLE)
    except (BulkRefusedError, WriteConflictError, RecordsError, BadDatabaseUrl, OSError) as error:
        exit_with_error(describe_error(error), REFUSED)


def _table(result: DirectoryImport) -> Table:
    done = result.slots
    table = Table("Slots", "", title="Import", show_header=False)
    rows = {
        "written": done.written,
        "removed": done.removed,
        "cards written": done.offers,
        "cards created": done.created,
        "cards with a later answer": done.late,
        **{f"hidden: {reason}": count for reason, count in sorted(done.hidden.items())},
        **{f"not matched: {reason}": count for reason, count in sorted(done.unmatched.items())},
        **{f"refused: {reason}": count for reason, count in sorted(result.rejected.items())},
    }
    for name, count in rows.items():
        table.add_row(name, f"{count:,}")
    return table
