"""Orientations from a regulator to the next search, through the records and the outbox."""

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from elasticsearch import Elasticsearch

from cli.commands.records.worker import open_context
from records.database import Database
from records.orientations.kinds import OrientationState
from records.orientations.life import change_state
from tests.cli.commands import ANNE, BRUNO, Run, read_json_output
from tests.cli.records.test_records import find_offer
from tests.indexers.file_set import FileSet
from tests.records.orientations.people import CLAIRE, ask, build_offer
from tests.suite.waiting import wait_for
from worker.context import WorkerContext
from worker.run import run_worker


@pytest.fixture
def context(run: Run, files: FileSet) -> Iterator[WorkerContext]:
    """An index of two doctors, and the records of this installation."""
    read_json_output(run("reindex", "--from", files.directory, "--json"))
    with open_context() as opened:
        yield opened


def read_count(es: Elasticsearch, prefix: str, rpps: str = ANNE) -> int | None:
    offer = find_offer(es, prefix, rpps=rpps)
    today = datetime.now(UTC).date()
    found = offer.get("orientations_today", {"day": None, "count": None})
    assert found["day"] in {None, today.isoformat(), (today + timedelta(days=1)).isoformat()}
    count: int | None = found["count"]
    return count


def ask_now(database: Database) -> str:
    now = datetime.now(UTC)
    quarter = now.replace(minute=0, second=0, microsecond=0) + timedelta(days=1)
    return ask(database, offer=build_offer(), start=quarter, now=now).id


@pytest.mark.proves("F116")
def test_the_count_of_the_day_outlives_a_reindex_and_a_cancellation_lowers_it(
    context: WorkerContext, run: Run, files: FileSet, es: Elasticsearch, index_prefix: str
) -> None:
    database = context.database
    first, _ = ask_now(database), ask_now(database)
    read_json_output(run("worker", "--once", "--json"))
    assert read_count(es, index_prefix) == 2
    assert read_count(es, index_prefix, BRUNO) is None

    read_json_output(run("reindex", "--from", files.directory, "--json"))
    read_json_output(run("worker", "--once", "--json"))
    assert read_count(es, index_prefix) == 2

    change_state(database, CLAIRE, first, OrientationState.CANCELLED, datetime.now(UTC))
    read_json_output(run("worker", "--once", "--json"))
    assert read_count(es, index_prefix) == 1


@pytest.mark.proves("F111")
def test_a_running_worker_brings_it(
    context: WorkerContext, es: Elasticsearch, index_prefix: str
) -> None:
    stop = threading.Event()
    work = threading.Thread(target=run_worker, args=(context, stop, lambda: datetime.now(UTC)))
    work.start()
    try:
        ask_now(context.database)
        wait_for(lambda: read_count(es, index_prefix) == 1)
    finally:
        stop.set()
        work.join()
