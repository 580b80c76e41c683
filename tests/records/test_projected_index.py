"""An index that a worker meets first: given what it lacks, and nothing that its build read."""

from collections.abc import Callable
from datetime import datetime, timedelta

from elastic.names import offers_index
from indexers.loads.records_import import DeclaredInput, prepare_declared
from records.access import Actor
from records.agenda.changes import change_agenda
from records.agenda.edits import add_slot
from records.database import Database, open_reading
from records.outbox import count_messages
from tests.indexers.file_set import FileSet
from tests.indexers.reindex_harness import (
    ANNE,
    AT_ANNE,
    AT_BRUNO,
    BRUNO,
    ReindexHarness,
    two_doctors,
)
from tests.records.agenda.agendas import PLACES
from tests.records.agenda.rules import build_slot
from tests.records.samples import NOW, change
from worker.context import WorkerContext
from worker.run import drain_outbox

DAY = timedelta(days=1)


def read_records(
    harness: ReindexHarness, database: Database, files: FileSet, now: datetime = NOW
) -> Callable[[], object]:
    """What a build that begins now reads; called, it makes the index of it live."""
    name = str(offers_index(harness.prefix, now))
    declared = prepare_declared(database, files.directory, DeclaredInput(index_name=name), now)
    return lambda: harness.reindex(files, declared=declared, started=now, now=now)


def drain(context: WorkerContext) -> int:
    return drain_outbox(context, lambda: NOW)


def count_waiting(database: Database) -> int:
    with open_reading(database) as session:
        return count_messages(session).waiting


def declare_both(files: FileSet) -> FileSet:
    """Files with settings, an absence and an agenda."""
    slot = build_slot(id="", day="2026-11-24").model_dump(mode="json", exclude_defaults=True)
    for rpps in (ANNE, BRUNO):
        files.line("participation", rpps=rpps, participation=True, via=1)
    files.line("absences", rpps=BRUNO, ranges=[{"start": "2026-12-24", "end": "2026-12-26"}])
    return files.line("agendas", rpps=ANNE, slots=[slot])


def test_what_a_build_read_is_not_given_to_its_index_again(
    database: Database, worker_context: WorkerContext, reindex_harness: ReindexHarness
) -> None:
    build = read_records(reindex_harness, database, declare_both(two_doctors(reindex_harness)))
    assert count_waiting(database) > 0
    build()
    before = reindex_harness.offers()
    assert before[AT_ANNE]["participant"]
    assert before[AT_ANNE]["slots"]
    assert drain(worker_context) == 0
    assert count_waiting(database) == 0
    assert reindex_harness.offers() == before


def test_what_came_after_the_reading_is_given_to_the_index(
    database: Database, worker_context: WorkerContext, reindex_harness: ReindexHarness
) -> None:
    """Also what a worker brought to the former index meanwhile, and took off the outbox."""
    files = two_doctors(reindex_harness)
    reindex_harness.reindex(files, started=NOW - DAY)
    build = read_records(reindex_harness, database, declare_both(files))
    change(database, 1, rpps=ANNE, participation=False)
    assert drain(worker_context) > 0
    change(database, 1, rpps=BRUNO, participation=False)
    build()
    assert reindex_harness.offers()[AT_ANNE]["participant"]
    assert drain(worker_context) > 0
    found = reindex_harness.offers()
    assert not found[AT_ANNE].get("participant")
    assert not found[AT_BRUNO].get("participant")


def test_an_index_of_yesterday_gets_the_agendas_of_today(
    database: Database, worker_context: WorkerContext, reindex_harness: ReindexHarness
) -> None:
    yesterday = NOW - DAY
    slot, before = add_slot(build_slot(id="", day="2026-11-25")), yesterday - DAY
    change_agenda(database, Actor(ANNE), ANNE, slot, PLACES, version=None, now=before)
    read_records(reindex_harness, database, two_doctors(reindex_harness), yesterday)()
    assert "slots" not in reindex_harness.offers()[AT_ANNE]
    assert drain(worker_context) == 1
    assert reindex_harness.offers()[AT_ANNE]["slots"]
