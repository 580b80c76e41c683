"""Upkeep of the indices between two reindexes: prune, migrate, and look before a rollback."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from elasticsearch import Elasticsearch

from elastic import lifecycle
from elastic.names import IndexName, offers_alias
from elastic.schema import (
    MigrationKind,
    Schema,
    SchemaGap,
    add_fields,
    compare_schemas,
    program_schema,
    read_index_schema,
)
from elastic.service import lock
from indexers.quality.index_stats import IndexStats, fetch_index_stats
from indexers.reindex.recipe import LOCK, NothingToRollBackError
from mappings.offers import SCHEMA_VERSION
from mappings.schema_history import describe_changes
from records.trail import audit
from records.trail.audit import Event
from records.trail.trail import Trail


def prune(
    client: Elasticsearch, trail: Trail, keep: int, now: datetime, agreed: Sequence[IndexName]
) -> list[IndexName]:
    """Delete, under the lock, the previous indices but the ``keep`` newest; returns those deleted.

    Only those ``agreed`` go: an index that became previous since the agreement stays. Each has
    its line in the trail. Raises ``LockTaken``.
    """
    with lock.open_lock(client, LOCK, prefix=trail.prefix):
        gone = lifecycle.prunable_indices(client, offers_alias(trail.prefix), keep)
        gone = [name for name in gone if name in agreed]
        for name in gone:
            details = {"offers": lifecycle.count_documents(client, name)}
            lifecycle.delete_index(client, name)
            audit.record_event(trail, Event.INDEX_PRUNED, str(name), now=now, details=details)
    return gone


@dataclass(frozen=True, slots=True)
class Migration:
    """The gap of the live index to the schema of this program, and whether it was closed."""

    index: str
    gap: SchemaGap
    applied: bool

    def as_json(self) -> dict[str, Any]:
        """The migration as plain values."""
        return {
            "index": self.index,
            "verdict": self.gap.migration_kind.value,
            "applied": self.applied,
            **asdict(self.gap),
            "changes": list(describe_changes(self.gap.live_version, self.gap.wanted_version)),
        }


def migrate(
    client: Elasticsearch,
    trail: Trail,
    now: datetime,
    *,
    dry_run: bool = False,
    wanted: Schema | None = None,
) -> Migration:
    """Give the live index, under the lock, the fields that it lacks; else change nothing.

    ``wanted`` is the schema of this program by default. Raises ``IndexMissing``, ``LockTaken``.
    """
    target = wanted or program_schema()
    if dry_run:
        return _migration(client, trail.prefix, target)
    with lock.open_lock(client, LOCK, prefix=trail.prefix):
        found = _migration(client, trail.prefix, target)
        if found.gap.migration_kind is not MigrationKind.ADDITIVE:
            return found
        add_fields(client, found.index, target)
        details = {
            "added": list(found.gap.added),
            "from": found.gap.live_version,
            "to": found.gap.wanted_version,
        }
        audit.record_event(trail, Event.INDEX_MIGRATED, found.index, now=now, details=details)
    return Migration(found.index, found.gap, applied=True)


def _migration(client: Elasticsearch, prefix: str, wanted: Schema) -> Migration:
    live = lifecycle.require_live_index(client, offers_alias(prefix))
    return Migration(
        str(live), compare_schemas(read_index_schema(client, str(live)), wanted), applied=False
    )


@dataclass(frozen=True, slots=True)
class RollbackPlan:
    """The index that a rollback would leave, and the one it would make live."""

    left: IndexName
    live: IndexName
    offers_left: IndexStats
    offers_live: IndexStats
    schema: int
    """Version of the schema that would be live."""

    @property
    def searchable(self) -> bool:
        """True when this program can search the index that would be live."""
        return self.schema == SCHEMA_VERSION

    def as_json(self) -> dict[str, Any]:
        """The plan as plain values."""
        return {
            "left": str(self.left),
            "live": str(self.live),
            "offers_left": self.offers_left.kinds,
            "offers_live": self.offers_live.kinds,
            "schema": self.schema,
            "searchable": self.searchable,
        }


def rollback_plan(client: Elasticsearch, prefix: str) -> RollbackPlan:
    """The plan of ``rollback`` now; raises ``NothingToRollBackError``."""
    alias = offers_alias(prefix)
    left, previous = lifecycle.live_index(client, alias), lifecycle.previous_indices(client, alias)
    if left is None or not previous:
        raise NothingToRollBackError(
            "No previous index is kept: run `sas reindex --from DIR` with the earlier files."
        )
    target = str(previous[0])
    return RollbackPlan(
        left=left,
        live=previous[0],
        offers_left=fetch_index_stats(client, str(left)),
        offers_live=fetch_index_stats(client, target),
        schema=lifecycle.schema_version(client, target),
    )
