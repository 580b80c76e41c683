"""Professionals with a slot to come, counted by the worker once a day."""

from datetime import timedelta

import pytest

from records.database import Database, open_reading
from records.indicators.counting import sum_last_count
from records.indicators.periods import choose_day, find_day
from records.indicators.tables import EventKind
from tests.indexers.reindex_harness import AT_ANNE, AT_BRUNO, OVER, TEN, ReindexHarness, two_doctors
from tests.records.samples import NOW
from worker import measures
from worker.context import WorkerContext
from worker.measures import count_with_slot_if_due


def read_count(database: Database) -> dict[str, float]:
    with open_reading(database) as session:
        found = sum_last_count(session, choose_day(find_day(NOW)), EventKind.WITH_SLOT)
    return {str(one.of["department"]): one.number for one in found}


def test_it_counts_people_with_a_slot_to_come_once_a_day(
    database: Database, worker_context: WorkerContext, reindex_harness: ReindexHarness
) -> None:
    assert count_with_slot_if_due(worker_context, NOW) == 0
    reindex_harness.reindex(two_doctors(reindex_harness))
    reindex_harness.give_slots(AT_ANNE, TEN)
    reindex_harness.give_slots(AT_BRUNO, OVER)
    assert count_with_slot_if_due(worker_context, NOW) == 1
    assert read_count(database) == {"48": 1}
    reindex_harness.give_slots(AT_BRUNO, TEN)
    almost = NOW + timedelta(hours=23)
    assert count_with_slot_if_due(worker_context, almost) == 0
    assert read_count(database) == {"48": 1}


def test_one_that_fails_holds_up_nothing_and_is_tried_again(
    database: Database,
    worker_context: WorkerContext,
    reindex_harness: ReindexHarness,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    reindex_harness.reindex(two_doctors(reindex_harness))
    reindex_harness.give_slots(AT_ANNE, TEN)
    body = measures.build_count_body
    monkeypatch.setattr(measures, "build_count_body", lambda now: {"query": {"nonsense": {}}})
    assert count_with_slot_if_due(worker_context, NOW) == 0
    monkeypatch.setattr(measures, "build_count_body", body)
    assert count_with_slot_if_due(worker_context, NOW) == 1
