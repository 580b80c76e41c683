"""Snapshots of the live index, in a folder of every node.

A restore builds beside the live index and swaps the alias under the lock, as a reindex does. Locks
are never kept: one restored would be held by no run.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from elasticsearch import Elasticsearch

from elastic import lifecycle
from elastic.errors import ElasticRejected, translate_errors
from elastic.names import (
    IndexName,
    add_prefix,
    offers_alias,
)
from elastic.service import lock
from indexers.reindex import catch_up
from indexers.reindex.recipe import LOCK
from mappings.offers import SCHEMA_VERSION
from records.trail import audit
from records.trail.audit import Event
from records.trail.trail import Trail

LONGEST_S = 1800
"""Seconds a snapshot or a restore may take; the national index is 202 MB."""
STAMP = "%Y%m%d-%H%M%S"


class SnapshotError(RuntimeError):
    """Any failure of a snapshot that is not one of Elasticsearch itself."""


class NoSnapshotError(SnapshotError):
    """There is no snapshot of that name."""


class SnapshotUnfitError(SnapshotError):
    """The snapshot is not whole, or of a schema that this program does not read."""


class RepositoryRefusedError(SnapshotError):
    """The nodes may not write in the folder of snapshots."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One snapshot: its name, the index of offers it holds, when it was taken, whether whole."""

    name: str
    index: IndexName
    taken_at: datetime
    whole: bool


@dataclass(frozen=True, slots=True)
class SnapshotRepository:
    """Where snapshots are kept: ``folder`` as every node sees it."""

    client: Elasticsearch
    folder: Path
    trail: Trail

    @property
    def prefix(self) -> str:
        """The prefix of the service's indices."""
        return self.trail.prefix

    @property
    def name(self) -> str:
        """Its name in Elasticsearch."""
        return add_prefix(self.prefix, "sas-snapshots")

    @property
    def long_timeout_client(self) -> Elasticsearch:
        """A client that waits for a snapshot; a node that is gone is no reason to fail."""
        return self.client.options(request_timeout=LONGEST_S, retry_on_timeout=False)


def take_snapshot(repository: SnapshotRepository, now: datetime) -> Snapshot:
    """Take a snapshot of the live index; raises ``IndexMissing`` when there is none."""
    live = lifecycle.require_live_index(repository.client, offers_alias(repository.prefix))
    _register_repository(repository)
    name = add_prefix(repository.prefix, f"sas-{now.astimezone(UTC).strftime(STAMP)}")
    with translate_errors():
        repository.long_timeout_client.snapshot.create(
            repository=repository.name,
            snapshot=name,
            indices=[str(live)],
            include_global_state=False,
            feature_states=["none"],
            wait_for_completion=True,
        )
    taken = find_snapshot(repository, name)
    _require_whole(taken)
    _record(repository, Event.SNAPSHOT_TAKEN, str(live), now, name)
    return taken


def list_snapshots(repository: SnapshotRepository) -> list[Snapshot]:
    """Every snapshot of ours, the newest first."""
    _register_repository(repository)
    with translate_errors():
        found = repository.long_timeout_client.snapshot.get(
            repository=repository.name, snapshot=f"{add_prefix(repository.prefix, 'sas')}-*"
        )
    known = (_parse_snapshot(entry, repository.prefix) for entry in found["snapshots"])
    return sorted(
        (snapshot for snapshot in known if snapshot is not None),
        key=lambda snapshot: snapshot.taken_at,
        reverse=True,
    )


def find_snapshot(repository: SnapshotRepository, name: str) -> Snapshot:
    """The snapshot of that name; raises ``NoSnapshotError``."""
    for snapshot in list_snapshots(repository):
        if snapshot.name == name:
            return snapshot
    raise NoSnapshotError(f"There is no snapshot {name}: `sas snapshot list` names them.")


def find_restorable_snapshot(repository: SnapshotRepository, name: str) -> Snapshot:
    """The snapshot if it may go live; raises ``NoSnapshotError`` and ``SnapshotUnfitError``."""
    found = find_snapshot(repository, name)
    _require_whole(found)
    if found.index.schema != SCHEMA_VERSION:
        raise SnapshotUnfitError(
            f"Snapshot {name} has schema {found.index.schema}, this program reads "
            f"{SCHEMA_VERSION}: run `sas reindex --from DIR` instead."
        )
    return found


def restore_snapshot(repository: SnapshotRepository, name: str, now: datetime) -> IndexName:
    """Make a snapshot live, or leave everything as it was; the index that is live now.

    What sources answered since comes along. The index it replaces is kept for ``rollback``.
    Raises ``LockTaken`` too.
    """
    found = find_restorable_snapshot(repository, name)
    new = IndexName(repository.prefix, schema=found.index.schema, stamp=now)
    with lock.open_lock(repository.client, LOCK, prefix=repository.prefix) as held:
        with _open_restore_target(repository.client, new):
            _restore_index(repository, name, str(found.index), str(new))
            held.renew()
            catch_up.prepare_return(repository.client, new.alias, new, now)
            lifecycle.swap_alias(repository.client, new.alias, new)
        catch_up.replay_handover(repository.client, new.alias)
        _record(repository, Event.SNAPSHOT_RESTORED, str(new), now, name)
    return new


def delete_snapshot(repository: SnapshotRepository, name: str, now: datetime) -> Snapshot:
    """Delete a snapshot; raises ``NoSnapshotError``."""
    found = find_snapshot(repository, name)
    with translate_errors():
        repository.long_timeout_client.snapshot.delete(repository=repository.name, snapshot=name)
    _record(repository, Event.SNAPSHOT_DELETED, str(found.index), now, name)
    return found


@contextmanager
def _open_restore_target(client: Elasticsearch, new: IndexName) -> Iterator[None]:
    try:
        yield
    except BaseException:
        lifecycle.delete_index(client, new)
        raise


def _restore_index(repository: SnapshotRepository, name: str, index: str, target: str) -> None:
    """One index back under the name ``target``, whole."""
    with translate_errors():
        answer = repository.long_timeout_client.snapshot.restore(
            repository=repository.name,
            snapshot=name,
            indices=[index],
            rename_pattern="^.*$",
            rename_replacement=target,
            include_aliases=False,
            include_global_state=False,
            feature_states=["none"],
            wait_for_completion=True,
        )
    if answer["snapshot"]["shards"]["failed"]:
        raise SnapshotUnfitError(f"Index {index} of snapshot {name} could not be read whole.")


def _register_repository(repository: SnapshotRepository) -> None:
    """Register the folder in Elasticsearch; raises ``RepositoryRefusedError``."""
    settings = {"location": str(repository.folder)}
    try:
        with translate_errors():
            repository.long_timeout_client.snapshot.create_repository(
                name=repository.name, repository={"type": "fs", "settings": settings}
            )
    except ElasticRejected as error:
        raise RepositoryRefusedError(
            f"The nodes cannot keep snapshots in {repository.folder}: name it in path.repo of "
            f"every "
            "node and let them all write there, or name another one in SAS_SNAPSHOT_DIR."
        ) from error


def _parse_snapshot(entry: dict[str, Any], prefix: str) -> Snapshot | None:
    alias = f"{offers_alias(prefix)}-v"
    offers = [index for index in entry["indices"] if index.startswith(alias)]
    if len(offers) != 1:
        return None
    return Snapshot(
        name=entry["snapshot"],
        index=IndexName.parse(offers[0]),
        taken_at=datetime.fromisoformat(entry["start_time"]),
        whole=entry["state"] == "SUCCESS",
    )


def _require_whole(snapshot: Snapshot) -> None:
    if not snapshot.whole:
        raise SnapshotUnfitError(
            f"Snapshot {snapshot.name} is not whole: delete it with `sas snapshot delete "
            f"{snapshot.name}` and take another one."
        )


def _record(
    repository: SnapshotRepository, event: Event, index: str, now: datetime, name: str
) -> None:
    audit.record_event(repository.trail, event, index, now=now, details={"snapshot": name})
