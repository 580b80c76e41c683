"""A round of the worker: what fails is kept with its reason and holds up nothing else."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest
from elasticsearch import Elasticsearch

from elastic.errors import ElasticUnavailable
from records.database import Database, open_reading, open_transaction
from records.outbox import RETRY_AFTER_S, add_message, list_messages
from tests.records.samples import NOW
from worker import delivery
from worker.context import WorkerContext
from worker.delivery import deliver_due

KIND = "kind"


@dataclass
class FaultyReceiver:
    """Carries out every message but one, which raises, with all that came with it."""

    error: Exception
    calls: list[list[str]] = field(default_factory=list)

    def __call__(self, context: WorkerContext, keys: Sequence[str], now: datetime) -> None:
        self.calls.append(list(keys))
        if "bad" in keys:
            raise self.error


def open_context(
    database: Database, monkeypatch: pytest.MonkeyPatch, receiver: FaultyReceiver, *keys: str
) -> WorkerContext:
    monkeypatch.setattr(delivery, "DELIVERIES", {KIND: receiver})
    with open_transaction(database) as session:
        for key in keys:
            add_message(session, KIND, key, NOW)
    return WorkerContext(database, Elasticsearch("http://127.0.0.1:9"), "offers", "w")


def read_reasons(database: Database) -> dict[str, str | None]:
    with open_reading(database) as session:
        return {one.key: one.last_error for one in list_messages(session, 10)}


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (ElasticUnavailable("Elasticsearch is down"), "ElasticUnavailable: Elasticsearch is down"),
        (ValueError("Mme Martin, 3 rue des Lilas"), "ValueError"),
    ],
)
def test_a_failure_is_kept_with_what_may_be_told_of_it(
    database: Database, monkeypatch: pytest.MonkeyPatch, error: Exception, reason: str
) -> None:
    context = open_context(database, monkeypatch, FaultyReceiver(error), "bad")
    assert deliver_due(context, NOW) == 0
    assert read_reasons(database) == {"bad": reason}


def test_the_messages_of_a_key_are_carried_out_together(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A hundred seats taken of one agenda are one reading of it."""
    receiver = FaultyReceiver(RuntimeError("never"))
    context = open_context(database, monkeypatch, receiver, *["a"] * 100, "b")
    assert deliver_due(context, NOW) == 101
    assert receiver.calls == [["a", "b"]]
    assert read_reasons(database) == {}


def test_one_that_cannot_be_done_holds_up_others_for_one_try(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    receiver = FaultyReceiver(RuntimeError("never"))
    context = open_context(database, monkeypatch, receiver, "a", "bad", "c")
    assert deliver_due(context, NOW) == 0
    assert deliver_due(context, NOW + timedelta(seconds=RETRY_AFTER_S[0])) == 2
    assert receiver.calls == [["a", "bad", "c"], ["a"], ["bad"], ["c"]]
    assert list(read_reasons(database)) == ["bad"]
