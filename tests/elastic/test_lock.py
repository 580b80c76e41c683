"""The lock, against a real node and a clock the test turns."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest
from elasticsearch import Elasticsearch

from elastic.errors import LockLost, LockTaken
from elastic.names import locks_index
from elastic.process import is_dead, process_mark
from elastic.service.lock import Lock, open_lock

TTL = timedelta(minutes=10)


class LockClock:
    """A clock that moves when told."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 4, 14, 20, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def forward(self, step: timedelta) -> None:
        self.now += step


@pytest.fixture
def clock() -> LockClock:
    return LockClock()


def read_lock_document(es: Elasticsearch, prefix: str) -> dict[str, str]:
    return es.get(index=locks_index(prefix), id="reindex")["_source"]


def take_abandoned_lock(es: Elasticsearch, prefix: str, clock: Callable[[], datetime]) -> Lock:
    """A holder that took the lock and will never release it."""
    lock = Lock(es, "reindex", locks_index(prefix), TTL, clock)
    lock.take()
    return lock


def test_a_held_lock_is_refused_and_names_its_holder(
    es: Elasticsearch, index_prefix: str, clock: LockClock
) -> None:
    with (
        open_lock(es, "reindex", prefix=index_prefix, clock=clock),
        pytest.raises(LockTaken, match=r"held by .+ since 2026-11-04T14:20") as refusal,
        open_lock(es, "reindex", prefix=index_prefix, clock=clock),
    ):
        pass
    assert "expires at 2026-11-04T14:30" in str(refusal.value)


def test_a_released_lock_can_be_taken_again(
    es: Elasticsearch, index_prefix: str, clock: LockClock
) -> None:
    with open_lock(es, "reindex", prefix=index_prefix, clock=clock):
        pass
    with open_lock(es, "reindex", prefix=index_prefix, clock=clock) as lock:
        assert read_lock_document(es, index_prefix)["owner"] == lock.owner


def test_a_failing_body_releases_the_lock(
    es: Elasticsearch, index_prefix: str, clock: LockClock
) -> None:
    with (
        pytest.raises(RuntimeError, match="boom"),
        open_lock(es, "reindex", prefix=index_prefix, clock=clock),
    ):
        raise RuntimeError("boom")
    assert not es.exists(index=locks_index(index_prefix), id="reindex")


def test_two_names_are_two_locks(es: Elasticsearch, index_prefix: str, clock: LockClock) -> None:
    with (
        open_lock(es, "reindex", prefix=index_prefix, clock=clock),
        open_lock(es, "slots", prefix=index_prefix, clock=clock) as other,
    ):
        other.renew()


def test_a_dead_holders_lock_expires(
    es: Elasticsearch, index_prefix: str, clock: LockClock
) -> None:
    with open_lock(es, "warm-up", prefix=index_prefix, clock=clock):
        dead = take_abandoned_lock(es, index_prefix, clock)
    clock.forward(TTL - timedelta(seconds=1))
    with pytest.raises(LockTaken), open_lock(es, "reindex", prefix=index_prefix, clock=clock):
        pass
    clock.forward(timedelta(seconds=1))
    with open_lock(es, "reindex", prefix=index_prefix, clock=clock) as lock:
        assert read_lock_document(es, index_prefix)["owner"] == lock.owner != dead.owner


def test_a_renewed_lock_does_not_expire(
    es: Elasticsearch, index_prefix: str, clock: LockClock
) -> None:
    with open_lock(es, "reindex", prefix=index_prefix, clock=clock) as lock:
        clock.forward(TTL - timedelta(seconds=1))
        lock.renew()
        clock.forward(timedelta(minutes=5))
        with pytest.raises(LockTaken), open_lock(es, "reindex", prefix=index_prefix, clock=clock):
            pass


def test_a_holder_that_slept_learns_that_it_lost_the_lock(
    es: Elasticsearch, index_prefix: str, clock: LockClock
) -> None:
    with open_lock(es, "warm-up", prefix=index_prefix, clock=clock):
        sleeper = take_abandoned_lock(es, index_prefix, clock)
    clock.forward(TTL)
    with open_lock(es, "reindex", prefix=index_prefix, clock=clock) as lock:
        with pytest.raises(LockLost, match="run it again"):
            sleeper.renew()
        sleeper.release()
        assert read_lock_document(es, index_prefix)["owner"] == lock.owner


def test_renewing_a_vanished_lock_is_a_loss(
    es: Elasticsearch, index_prefix: str, clock: LockClock
) -> None:
    with open_lock(es, "reindex", prefix=index_prefix, clock=clock) as lock:
        es.delete(index=locks_index(index_prefix), id="reindex")
        with pytest.raises(LockLost):
            lock.renew()


def test_a_retried_write_meets_itself_and_keeps_the_lock(
    es: Elasticsearch, index_prefix: str, clock: LockClock
) -> None:
    with open_lock(es, "reindex", prefix=index_prefix, clock=clock) as lock:
        before = dict(lock.version)
        lock.renew()
        lock.version = before
        lock.renew()
        assert lock.version["if_seq_no"] > before["if_seq_no"]
        lock.renew()


def test_renewing_when_due_writes_only_past_half_of_the_time(
    es: Elasticsearch, index_prefix: str, clock: LockClock
) -> None:
    with open_lock(es, "reindex", prefix=index_prefix, clock=clock, ttl=TTL) as lock:
        first = read_lock_document(es, index_prefix)["expires_at"]
        clock.forward(TTL / 2 - timedelta(seconds=1))
        lock.renew_if_due()
        assert read_lock_document(es, index_prefix)["expires_at"] == first
        clock.forward(timedelta(seconds=1))
        lock.renew_if_due()
        assert read_lock_document(es, index_prefix)["expires_at"] > first


HOLDER = """
import sys, time
from elastic.client import sync_client
from elastic.service.lock import open_lock
with sync_client(sys.argv[1]) as client, open_lock(client, "reindex", prefix=sys.argv[2]):
    print("held", flush=True)
    time.sleep(600)
"""


@contextmanager
def open_lock_holder(url: str, prefix: str) -> Iterator[int]:
    """A process that holds the lock; its number."""
    words = [sys.executable, "-c", HOLDER, url, prefix]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        yield process.pid
        process.kill()


def test_a_killed_holder_gives_the_lock_up_at_once_on_its_machine(
    es: Elasticsearch, es_url: str, index_prefix: str
) -> None:
    with open_lock_holder(es_url, index_prefix) as pid:
        with (
            pytest.raises(LockTaken, match=f":{pid} since"),
            open_lock(es, "reindex", prefix=index_prefix),
        ):
            pass
        os.kill(pid, signal.SIGKILL)
        os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)
        with open_lock(es, "reindex", prefix=index_prefix) as lock:
            assert read_lock_document(es, index_prefix)["owner"] == lock.owner


@pytest.mark.parametrize("mark", ["", ":0123456789ab-1-0123456789ab"])
def test_a_holder_that_cannot_be_seen_from_here_is_waited_for(
    es: Elasticsearch, index_prefix: str, clock: LockClock, mark: str
) -> None:
    """One of another machine, and one that left no mark."""
    with open_lock(es, "reindex", prefix=index_prefix, clock=clock):
        es.update(index=locks_index(index_prefix), id="reindex", doc={"owner": f"x{mark}"})
        with pytest.raises(LockTaken), open_lock(es, "reindex", prefix=index_prefix, clock=clock):
            pass


def test_a_process_number_used_again_is_another_process() -> None:
    mark = process_mark()
    room, pid, birth = mark.split("-")
    assert not is_dead(mark)
    assert is_dead(f"{room}-{pid}-{birth[::-1]}")
    assert is_dead(f"{room}-99999999-{birth}")
    assert not is_dead(f"{room[::-1]}-99999999-{birth}")
