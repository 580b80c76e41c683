"""From the live index to the new one without losing a slot, whenever the process dies.

Editors write to the live index until the alias moves. Their writes since the last replay are
replayed once more after it, from a note in the new index. The note goes with the mark of an
unfinished index, so that a run killed in between is ended by the next one.
"""

from collections.abc import Callable
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from typing import Any, Self

from elasticsearch import Elasticsearch

from elastic import lifecycle
from elastic.bulk import Progress
from elastic.errors import IndexMissing
from elastic.names import IndexName
from indexers.reindex.slot_migration import SlotMigration, replay_slots, sequence_number
from indexers.reindex.unfinished import (
    mark_finished,
    mark_unfinished,
    note_handover,
    read_unfinished_note,
)
from mappings.instants import parse_instant, utc_text


@dataclass(frozen=True, slots=True)
class Handover:
    """The range left to replay from the index that was live."""

    previous: str
    since: int
    """Sequence number of the former live index up to which every write was replayed."""
    now: str

    @classmethod
    def from_note(cls, note: dict[str, Any]) -> Self | None:
        """The note of an unfinished index; None when no index was live before."""
        known = {one.name: note[one.name] for one in fields(cls) if one.name in note}
        return cls(**known) if note else None


def write_handover_note(
    client: Elasticsearch, new: IndexName, live: IndexName, since: int, now: datetime
) -> None:
    """Note in the complete index the range that must still be replayed once it is live."""
    mark_unfinished(client, new, asdict(Handover(str(live), since, utc_text(now))))


def prepare_return(client: Elasticsearch, alias: str, target: IndexName, now: datetime) -> None:
    """Bring an earlier index, before it goes live again, all that sources answered since.

    What is answered until the swap is noted in it, for ``replay_handover``. Hold the lock. An
    index of another schema stays as it is: this program cannot write to it.
    """
    live = lifecycle.live_index(client, alias)
    if live is not None and live != target and live.schema == target.schema:
        since = sequence_number(client, str(live))
        replay_slots(SlotMigration(client, str(live), str(target), now), None)
        note_handover(client, target, asdict(Handover(str(live), since, utc_text(now))))


def replay_handover(
    client: Elasticsearch, alias: str, progress: Callable[[int], None] | None = None
) -> int:
    """End the handover of the live index, if it is not ended; offers written. Hold the lock."""
    live = lifecycle.live_index(client, alias)
    note = None if live is None else read_unfinished_note(client, live)
    if live is None or note is None:
        return 0
    left = Handover.from_note(note)
    written = 0 if left is None else _catch_up(client, live, left, progress)
    mark_finished(client, live)
    return written


def _catch_up(
    client: Elasticsearch, live: IndexName, left: Handover, progress: Progress | None
) -> int:
    migration = SlotMigration(client, left.previous, str(live), parse_instant(left.now))
    try:
        written = replay_slots(migration, left.since, progress)
    except IndexMissing:
        return 0
    lifecycle.refresh_index(client, live)
    return written
