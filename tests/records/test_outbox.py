"""The outbox: order of a key, leases, tries, dead letters, many workers."""

import threading
from datetime import datetime, timedelta

from records.database import Database, open_reading, open_transaction
from records.outbox import (
    LEASE,
    RETRY_AFTER_S,
    OutboxCounts,
    add_message,
    count_messages,
    delete_messages,
    lease_messages,
    postpone_message,
    release_messages,
    revive_messages,
)
from records.tables import OutboxMessage
from tests.records.samples import NOW

KIND = "kind"


def fill(database: Database, *keys: str) -> None:
    with open_transaction(database) as session:
        for key in keys:
            add_message(session, KIND, key, NOW)


def lease(
    database: Database, now: datetime = NOW, owner: str = "w", limit: int = 10
) -> dict[int, str]:
    with open_transaction(database) as session:
        found = lease_messages(session, owner, [KIND], now, limit)
        return {one.id: one.key for one in found}


def finish(database: Database, *ids: int, owner: str = "w") -> None:
    with open_transaction(database) as session:
        delete_messages(session, owner, ids)


def test_messages_of_a_key_are_done_in_their_order(database: Database) -> None:
    fill(database, "a", "b", "a", "a")
    first = lease(database)
    assert sorted(first.values()) == ["a", "b"]
    assert lease(database) == {}
    finish(database, *first)
    second = lease(database)
    assert list(second.values()) == ["a"]
    assert min(second) > min(first)


def test_a_killed_worker_loses_its_lease_and_nothing_else(database: Database) -> None:
    fill(database, "a")
    taken = lease(database)
    assert lease(database, NOW + LEASE - timedelta(seconds=1)) == {}
    assert lease(database, NOW + LEASE) == taken


def test_a_worker_whose_lease_ended_touches_no_message_of_another(database: Database) -> None:
    fill(database, "a")
    (message,) = lease(database, owner="slow")
    lease(database, NOW + LEASE, owner="other")
    finish(database, message, owner="slow")
    with open_transaction(database) as session:
        postpone_message(session, "slow", message, "why", NOW)
    assert read_message(database, message).tries == 0
    finish(database, message, owner="other")
    with open_reading(database) as session:
        assert count_messages(session).waiting == 0


def test_what_a_worker_that_is_gone_had_taken_is_due_at_once(database: Database) -> None:
    fill(database, "a", "b")
    taken = lease(database, owner="gone", limit=1)
    other = lease(database, owner="lives", limit=1)
    with open_transaction(database) as session:
        assert release_messages(session, lambda owner: owner == "gone") == 1
        assert release_messages(session, lambda owner: owner == "gone") == 0
    assert lease(database) == taken
    assert lease(database, NOW + LEASE, owner="w2").keys() == {*taken, *other}


def test_a_message_of_a_kind_that_nobody_knows_waits(database: Database) -> None:
    fill(database, "a")
    with open_transaction(database) as session:
        assert list(lease_messages(session, "w", ["other"], NOW, 10)) == []
    assert list(lease(database).values()) == ["a"]


def read_message(database: Database, message_id: int) -> OutboxMessage:
    with open_reading(database) as session:
        found = session.get(OutboxMessage, message_id)
        assert found is not None
        return found


def postpone(database: Database, message_id: int, now: datetime) -> OutboxMessage:
    with open_transaction(database) as session:
        postpone_message(session, "w", message_id, "why", now)
    return read_message(database, message_id)


def test_a_failure_is_tried_again_ever_later_then_it_is_a_dead_letter(database: Database) -> None:
    fill(database, "a")
    (found,) = lease(database)
    for seconds in RETRY_AFTER_S:
        failed = postpone(database, found, NOW)
        assert failed.not_before == NOW + timedelta(seconds=seconds)
        assert lease(database, failed.not_before - timedelta(seconds=1)) == {}
        assert list(lease(database, failed.not_before)) == [found]
    assert postpone(database, found, NOW).dead_at == NOW
    with open_transaction(database) as session:
        assert count_messages(session) == OutboxCounts(waiting=0, failed=0, dead=1)
        assert revive_messages(session, NOW) == 1
    with open_reading(database) as session:
        assert count_messages(session) == OutboxCounts(waiting=1, failed=0, dead=0)


def test_a_dead_letter_does_not_hold_up_its_key(database: Database) -> None:
    fill(database, "a", "a")
    for _ in range(len(RETRY_AFTER_S) + 1):
        (first,) = lease(database, NOW + timedelta(days=1))
        postpone(database, first, NOW)
    assert list(lease(database).values()) == ["a"]


def test_eight_workers_take_each_message_once(database: Database) -> None:
    fill(database, *(f"k{number}" for number in range(80)))
    taken: list[int] = []

    def work(owner: str) -> None:
        while found := lease(database, owner=owner, limit=3):
            taken.extend(found)

    threads = [threading.Thread(target=work, args=(f"w{n}",)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(taken) == len(set(taken)) == 80
