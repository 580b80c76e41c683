"""A lock without a second datastore: one document, created once, changed only as last seen.

The holder renews it while it works. A holder that dies leaves it, and the next one takes it
over: at once on the machine where it died, once it has expired elsewhere. A holder that slept past
its expiry learns so at its next renewal.
"""

import os
import socket
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from elasticsearch import ConflictError, Elasticsearch, NotFoundError

from elastic.client import ADMIN_TIMEOUT_S
from elastic.errors import LockLost, LockTaken, translate_errors
from elastic.names import locks_index
from elastic.process import is_dead, process_mark
from elastic.service.service_index import ensure_service_index

TTL = timedelta(minutes=10)
"""Time for which a dead holder blocks other machines."""

PENDING_TASKS_TIMEOUT_S = 60
"""Longest time, in seconds, of a request of a dead holder; moments on a quiet cluster."""

Clock = Callable[[], datetime]

_PROPERTIES = {
    "owner": {"type": "keyword"},
    "holder": {"type": "keyword"},
    "taken_at": {"type": "date"},
    "expires_at": {"type": "date"},
}


def utc_now() -> datetime:
    """The clock of this machine."""
    return datetime.now(UTC)


def _build_lock_owner() -> str:
    """Nobody else's, followed by the process: the index takes no new field once it is made."""
    return f"{uuid.uuid4().hex}:{process_mark()}"


@dataclass
class Lock:
    """A lock we hold; ``renew`` it at least once per ``ttl``."""

    client: Elasticsearch
    name: str
    index: str
    ttl: timedelta
    clock: Clock
    owner: str = field(default_factory=_build_lock_owner)
    taken_at: datetime = field(init=False)
    expires_at: datetime = field(init=False)
    version: dict[str, Any] = field(init=False, default_factory=dict)

    def take(self) -> None:
        """Take it, or take it over once expired or its holder dead; raises ``LockTaken``."""
        self.taken_at = self.clock()
        try:
            self._write(op_type="create")
        except ConflictError:
            self._take_over()

    def renew(self) -> None:
        """Push the expiry back; raises ``LockLost`` when another process has taken it."""
        with translate_errors():
            try:
                self._write(**self.version)
            except (ConflictError, NotFoundError) as error:
                self._adopt_own_write(error)

    def renew_if_due(self) -> None:
        """Renew once half of the time is over: cheap enough to be called for every batch."""
        if self.clock() >= self.expires_at - self.ttl / 2:
            self.renew()

    def release(self) -> None:
        """Give it back; a lock that is no longer ours stays with its holder."""
        with translate_errors(), suppress(ConflictError, NotFoundError):
            self.client.delete(index=self.index, id=self.name, **self.version)

    def _write(self, **condition: Any) -> None:
        expires_at = self.clock() + self.ttl
        answer = self.client.index(
            index=self.index, id=self.name, document=self._document(expires_at), **condition
        )
        self.version = _write_condition(answer.body)
        self.expires_at = expires_at

    def _document(self, expires_at: datetime) -> dict[str, str]:
        return {
            "owner": self.owner,
            "holder": f"{socket.gethostname()}:{os.getpid()}",
            "taken_at": self.taken_at.isoformat(),
            "expires_at": expires_at.isoformat(),
        }

    def _take_over(self) -> None:
        found = self._read()
        if found and not self._can_take(found):
            raise LockTaken(_lock_taken_message(self.name, found["_source"]))
        try:
            self._write(**(_write_condition(found) if found else {"op_type": "create"}))
        except ConflictError as error:
            raise LockTaken(f"Another process took lock {self.name!r} first.") from error
        self._wait_for_pending_tasks()

    def _wait_for_pending_tasks(self) -> None:
        """A holder killed just now may have moved an alias: its order waits in the cluster."""
        self.client.options(request_timeout=ADMIN_TIMEOUT_S).cluster.health(
            wait_for_events="urgent", timeout=f"{PENDING_TASKS_TIMEOUT_S}s"
        )

    def _adopt_own_write(self, error: Exception) -> None:
        """A retried request may meet its own first attempt."""
        found = self._read()
        if found is None or found["_source"]["owner"] != self.owner:
            raise LockLost(
                f"Lock {self.name!r} expired and was lost: nothing was swapped; run it again."
            ) from error
        self.version = _write_condition(found)
        self.expires_at = datetime.fromisoformat(found["_source"]["expires_at"])

    def _can_take(self, found: dict[str, Any]) -> bool:
        owner = found["_source"]["owner"]
        return owner == self.owner or self._is_expired(found) or is_dead(owner.partition(":")[2])

    def _is_expired(self, found: dict[str, Any]) -> bool:
        return datetime.fromisoformat(found["_source"]["expires_at"]) <= self.clock()

    def _read(self) -> dict[str, Any] | None:
        try:
            found: dict[str, Any] = self.client.get(index=self.index, id=self.name).body
        except NotFoundError:
            return None
        return found


@contextmanager
def open_lock(
    client: Elasticsearch,
    name: str,
    *,
    prefix: str = "",
    ttl: timedelta = TTL,
    clock: Clock = utc_now,
) -> Iterator[Lock]:
    """Hold lock ``name`` during the body; raises ``LockTaken`` at once when it is held.

    ``clock`` reads the wall clock of this machine; holders on several machines need clocks that
    agree to well within ``ttl``.
    """
    index = locks_index(prefix)
    ensure_service_index(client, index, _PROPERTIES)
    lock = Lock(client, name, index, ttl, clock)
    with translate_errors():
        lock.take()
    try:
        yield lock
    finally:
        lock.release()


def _write_condition(answer: dict[str, Any]) -> dict[str, Any]:
    """The condition under which a document is still the one that was answered."""
    return {"if_seq_no": answer["_seq_no"], "if_primary_term": answer["_primary_term"]}


def _lock_taken_message(name: str, source: dict[str, str]) -> str:
    return (
        f"Lock {name!r} is held by {source['holder']} since {source['taken_at']}: wait for it to "
        f"end; if it died, the lock expires at {source['expires_at']}."
    )
