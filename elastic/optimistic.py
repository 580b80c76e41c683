"""Optimistic writes: each is conditional on the version read, and read again on a conflict.

The one loop of the repository that retries conflicts. Load is retried by ``elastic.bulk``.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from elasticsearch import Elasticsearch

from elastic import lifecycle
from elastic.bulk import Operation, Progress, write_operations
from elastic.client import with_admin_timeout
from elastic.errors import translate_errors
from elastic.scan import scan
from mappings.records import Offer

ATTEMPTS = 20
"""Times the documents that changed since they were read are read and written again."""
PAGE = 500
"""Documents of one multi-get."""

Result = TypeVar("Result")
ReadOperations = Callable[[Sequence[str] | None], Iterable[Operation]]
"""Operations of a first round without ids, then of the ids in conflict, each read afresh."""


class WriteConflictError(RuntimeError):
    """Documents, or the alias, kept changing; the command can be run again."""


@dataclass(frozen=True, slots=True)
class VersionedOffer:
    """An offer with the version it was read at; without version, an offer to create."""

    offer: Offer
    version: Mapping[str, int]

    def replace(self, offer: Offer) -> Operation:
        """The write of ``offer`` in its place, a conflict when it changed meanwhile."""
        return Operation.index(offer, **self.version) if self.version else Operation.create(offer)


def parse_versioned_offer(hit: Mapping[str, Any]) -> VersionedOffer:
    """The offer of a hit, or of a document found, with its sequence number and primary term."""
    version = {"if_seq_no": hit["_seq_no"], "if_primary_term": hit["_primary_term"]}
    return VersionedOffer(hit["_source"], version)


def fetch_versioned_offers(
    client: Elasticsearch, index: str, ids: Sequence[str]
) -> Iterator[VersionedOffer]:
    """The offers of these ids at their current version, in real time; absent ones are left out."""
    steady = with_admin_timeout(client)
    for start in range(0, len(ids), PAGE):
        with translate_errors():
            answer: Any = steady.mget(index=index, ids=list(ids[start : start + PAGE]))
        yield from (parse_versioned_offer(doc) for doc in answer["docs"] if doc.get("found"))


def scan_versioned_offers(
    client: Elasticsearch, index: str, query: Mapping[str, Any]
) -> Iterator[VersionedOffer]:
    """The offers of a query at their version, as of the last refresh."""
    return map(parse_versioned_offer, scan(client, index, query, versions=True))


def write_until_settled(
    client: Elasticsearch,
    index: str,
    read: ReadOperations,
    progress: Progress | None = None,
    *,
    require_alias: bool = False,
) -> int:
    """Write the operations of ``read`` until no version conflict is left; returns the writes made.

    Raises ``WriteConflictError`` after ``ATTEMPTS`` rounds, and the errors of
    ``elastic.bulk.write_operations``.
    """
    done, conflicts = 0, None
    for _ in range(ATTEMPTS):
        written = write_operations(client, index, read(conflicts), progress, require_alias)
        done += written.done
        if not written.conflicts:
            return done
        conflicts = written.conflicts
    raise WriteConflictError(
        f"{len(conflicts or ())} offers kept changing while they were written: "
        "run the command again."
    )


def repeat_until_alias_stays(
    client: Elasticsearch, alias: str, action: Callable[[], Result]
) -> Result:
    """The result of ``action``, done again when the alias moved to another index meanwhile.

    Raises ``WriteConflictError`` when it keeps moving.
    """
    for _ in range(ATTEMPTS):
        live = lifecycle.live_index(client, alias)
        result = action()
        if lifecycle.live_index(client, alias) == live:
            return result
    raise WriteConflictError("The live index kept being replaced: run the command again.")
