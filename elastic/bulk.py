"""Bulk writing: a stream of records in, batches over two connections, every error counted.

No document is left out in silence: one refused document fails the whole load.
"""

import time
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, Self

import orjson
from elasticsearch import Elasticsearch

from elastic.client import with_admin_timeout
from elastic.errors import (
    BLOCKED,
    ElasticOverloaded,
    disk_full_error,
    overload_error,
    translate_errors,
)
from mappings.records import Offer

BATCH_DOCUMENTS = 1_000
BATCH_BYTES = 4_000_000
THREADS, READY = 2, 6
"""Batches under way at once, and ready behind them: the work of Elasticsearch after a
pause of the stream, and the stream after one of Elasticsearch. The rest of the stream waits."""
PAUSES_S = (0.2, 0.4, 0.8, 1.6, 3.2, 6.4, 12.8)
"""Seconds before each time that what was turned away for load (429) is sent again: 25 s in all."""
MAX_SAMPLE_IDS = 3

Progress = Callable[[int], None]


class BulkRefusedError(RuntimeError):
    """Documents were refused; ``reasons`` counts them by kind of error."""

    def __init__(self, refused: int, reasons: Mapping[str, int], samples: Sequence[str]) -> None:
        shown = ", ".join(f"{kind} ({count})" for kind, count in reasons.items())
        super().__init__(
            f"Elasticsearch refused {refused} documents: {shown}; first ids: {', '.join(samples)}. "
            "Compare the mapping with the records (sas index status shows its schema)."
        )
        self.refused = refused
        self.reasons = dict(reasons)


@dataclass(slots=True)
class Operation:
    """One bulk operation, its lines already serialised, without the last line break."""

    id: str
    text: bytes

    @classmethod
    def index(cls, offer: Offer, **condition: int) -> Self:
        """Write a whole offer; ``condition`` may be ``if_seq_no`` and ``if_primary_term``."""
        return cls(
            offer["id"], _serialize_operation({"index": {"_id": offer["id"], **condition}}, offer)
        )

    @classmethod
    def create(cls, offer: Offer) -> Self:
        """Write an offer that is not there yet; one that is there is a version conflict."""
        return cls(offer["id"], _serialize_operation({"create": {"_id": offer["id"]}}, offer))

    @classmethod
    def delete(cls, offer_id: str) -> Self:
        """Remove an offer."""
        return cls(offer_id, orjson.dumps({"delete": {"_id": offer_id}}))


def _serialize_operation(action: dict[str, Any], offer: Offer) -> bytes:
    return orjson.dumps(action, option=orjson.OPT_APPEND_NEWLINE) + orjson.dumps(offer)


@dataclass(slots=True)
class BulkResult:
    """Result of a stream: documents written, ids in conflict, refusals by kind."""

    done: int = 0
    conflicts: list[str] = field(default_factory=list)
    refused: Counter[str] = field(default_factory=Counter)
    samples: list[str] = field(default_factory=list)


def write_offers(
    client: Elasticsearch, index: str, offers: Iterable[Offer], progress: Progress | None = None
) -> int:
    """Write offers to a concrete index; returns how many. Raises ``BulkRefusedError``."""
    return write_operations(
        client, index, (Operation.index(offer) for offer in offers), progress
    ).done


def write_operations(
    client: Elasticsearch,
    index: str,
    operations: Iterable[Operation],
    progress: Progress | None = None,
    require_alias: bool = False,
) -> BulkResult:
    """Send operations in batches, ``THREADS`` at a time, in bounded memory.

    Raises ``BulkRefusedError`` when any document was refused, ``DiskFull`` when for want of disk,
    ``ElasticOverloaded`` when load was shed until the last of several tries. A
    version conflict (409) of an operation with a condition is no refusal: its id is in
    ``conflicts``, to be read again.
    """
    written = BulkResult()
    target = _BulkTarget(with_admin_timeout(client), index, require_alias)
    with ThreadPoolExecutor(THREADS, thread_name_prefix="bulk") as pool:
        for outcome in _in_flight(pool, target, batches(operations)):
            _add(written, outcome)
            if progress is not None:
                progress(written.done)
    if BLOCKED in written.refused:
        raise disk_full_error()
    if written.refused:
        raise BulkRefusedError(written.refused.total(), written.refused, written.samples)
    return written


def batches(operations: Iterable[Operation]) -> Iterator[list[Operation]]:
    """Operations in lists of at most ``BATCH_DOCUMENTS`` and about ``BATCH_BYTES``."""
    batch: list[Operation] = []
    size = 0
    for operation in operations:
        batch.append(operation)
        size += len(operation.text)
        if len(batch) >= BATCH_DOCUMENTS or size >= BATCH_BYTES:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


@dataclass(frozen=True, slots=True)
class _BulkTarget:
    client: Elasticsearch
    index: str
    require_alias: bool


def _in_flight(
    pool: ThreadPoolExecutor, target: _BulkTarget, stream: Iterator[list[Operation]]
) -> Iterator[BulkResult]:
    """Outcomes in order, a bounded number of batches alive; the first error stops."""
    waiting: deque[Future[BulkResult]] = deque()
    for batch in stream:
        waiting.append(pool.submit(_send, target, batch))
        if len(waiting) >= THREADS + READY:
            yield waiting.popleft().result()
    while waiting:
        yield waiting.popleft().result()


def _send(target: _BulkTarget, batch: list[Operation]) -> BulkResult:
    """The result of a batch; raises ``ElasticOverloaded`` when load is shed to the end."""
    outcome = BulkResult()
    shed = _post_counted(target, batch, outcome)
    for pause in PAUSES_S:
        if not shed:
            return outcome
        time.sleep(pause)
        shed = _post_counted(target, shed, outcome)
    if shed:
        raise overload_error(f"{len(shed)} documents were sent {len(PAUSES_S) + 1} times in vain.")
    return outcome


def _post_counted(
    target: _BulkTarget, batch: list[Operation], outcome: BulkResult
) -> list[Operation]:
    """Send once, count what was done and refused; what was turned away for load is returned."""
    try:
        items = _post(target, batch)
    except ElasticOverloaded:
        return batch
    if items is None:
        outcome.done += len(batch)
        return []
    return _collect_retries(batch, items, outcome)


def _post(target: _BulkTarget, batch: list[Operation]) -> list[dict[str, Any]] | None:
    """The result of each operation; None when all were done."""
    body: Any = b"\n".join([operation.text for operation in batch])
    with translate_errors():
        answer = target.client.bulk(
            index=target.index,
            operations=body,
            require_alias=target.require_alias,
            filter_path=["errors", "items.*.status", "items.*.error.type"],
        )
    if not answer["errors"] and len(answer["items"]) == len(batch):
        return None
    return [next(iter(item.values())) for item in answer["items"]]


def _is_shed(item: dict[str, Any]) -> bool:
    """Whether a document was refused for load; a full disk is a 429 too, and stays one."""
    overloaded: bool = item["status"] == HTTPStatus.TOO_MANY_REQUESTS
    return overloaded and item["error"]["type"] != BLOCKED


def _collect_retries(
    batch: list[Operation], items: list[dict[str, Any]], outcome: BulkResult
) -> list[Operation]:
    """Count the writes and the refusals; the operations to send again are returned."""
    shed = []
    for operation, item in zip(batch, items, strict=True):
        if "error" not in item:
            outcome.done += 1
        elif item["status"] == HTTPStatus.CONFLICT:
            outcome.conflicts.append(operation.id)
        elif _is_shed(item):
            shed.append(operation)
        else:
            outcome.refused[item["error"]["type"]] += 1
            outcome.samples.append(operation.id)
    return shed


def _add(total: BulkResult, outcome: BulkResult) -> None:
    total.done += outcome.done
    total.conflicts += outcome.conflicts
    total.refused += outcome.refused
    room = MAX_SAMPLE_IDS - len(total.samples)
    total.samples += outcome.samples[: max(room, 0)]
