"""The commands ``worker`` and ``outbox``: what follows from changes, carried out and looked at."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Annotated, Any

import typer
from rich.markup import escape
from rich.table import Table

from cli.child_worker import watch_parent
from cli.error_report import open_error_report
from cli.options import AsJson
from cli.output import print_json, print_line, result_console
from cli.records import open_records
from cli.terminal_text import flatten_text
from elastic.client import sync_client
from elastic.names import offers_alias
from elastic.process import process_mark
from elastic.settings import read_elastic_settings
from mappings.instants import utc_text
from records.database import open_reading, open_transaction
from records.outbox import count_messages, list_messages, revive_messages
from records.tables import OutboxMessage
from worker.context import WorkerContext
from worker.run import drain_outbox, run_worker

LISTED = 50
"""Messages that `sas outbox` lists."""


def register(app: typer.Typer) -> None:
    """Add the commands to ``sas``."""
    app.command("worker")(worker)
    app.command("outbox")(outbox)


def worker(
    once: Annotated[bool, typer.Option("--once", help="Carry out what is due, then end.")] = False,
    with_parent: Annotated[
        bool, typer.Option("--with-parent", hidden=True, help="End when standard input closes.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Carry out what follows from changes: settings reach the searches within two seconds.

    Several may run. Ends at SIGINT or SIGTERM, after the round under way; a killed one loses
    nothing: its messages are taken by another after a minute.
    """
    with open_error_report(as_json), open_context() as context:
        if once:
            done = drain_outbox(context, utc_now)
            print_json({"done": done}) if as_json else print_line(f"{done:,} messages done.")
            return
        stop = threading.Event()
        if with_parent:
            watch_parent(stop)
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: stop.set())
        print_line(f"Worker {context.name} runs; Ctrl-C ends it.", err=True)
        run_worker(context, stop, utc_now)


def outbox(
    again: Annotated[bool, typer.Option("--again", help="Try dead letters again.")] = False,
    as_json: AsJson = False,
) -> None:
    """Messages on their way: how many wait, failed and are dead, and the oldest of them."""
    with open_error_report(as_json), open_records() as database:
        if again:
            with open_transaction(database) as session:
                revived = revive_messages(session, utc_now())
            print_line(f"{revived:,} dead letters are due again.", err=True)
        with open_reading(database) as session:
            counts = count_messages(session)
            shown = [describe_message(one) for one in list_messages(session, LISTED)]
    if as_json:
        numbers = {"waiting": counts.waiting, "failed": counts.failed, "dead": counts.dead}
        print_json({**numbers, "messages": shown})
        return
    print_line(f"{counts.waiting:,} wait, {counts.failed:,} of them failed; {counts.dead:,} dead.")
    if shown:
        result_console().print(build_table(shown))


def describe_message(message: OutboxMessage) -> dict[str, Any]:
    """A message as plain values."""
    return {
        "id": message.id,
        "kind": message.kind,
        "key": message.key,
        "tries": message.tries,
        "not_before": utc_text(message.not_before),
        "dead": message.dead_at is not None,
        "last_error": message.last_error,
    }


def build_table(shown: list[dict[str, Any]]) -> Table:
    """The messages as a table."""
    table = Table("id", "kind", "key", "tries", "due", "last error")
    for one in shown:
        due = "dead" if one["dead"] else one["not_before"]
        error = escape(flatten_text(one["last_error"] or ""))
        table.add_row(str(one["id"]), one["kind"], one["key"], str(one["tries"]), due, error)
    return table


@contextmanager
def open_context() -> Iterator[WorkerContext]:
    """The records and the index of this installation."""
    alias = offers_alias(read_elastic_settings().index_prefix)
    with open_records() as database, sync_client() as client:
        yield WorkerContext(database, client, alias, process_mark())


def utc_now() -> datetime:
    """The current instant."""
    return datetime.now(UTC)
