"""Snapshots for real: taken, listed, restored beside what is live and from nothing, deleted."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from elasticsearch import Elasticsearch
from typer.testing import CliRunner

from cli.main import app
from elastic import lifecycle
from elastic.errors import ElasticForbidden, LockTaken
from elastic.keys import KeyRole
from elastic.names import offers_alias
from elastic.node.state import snapshot_dir
from elastic.service import lock
from indexers.reindex.recipe import LOCK
from indexers.upkeep import snapshots
from indexers.upkeep.snapshots import (
    NoSnapshotError,
    RepositoryRefusedError,
    SnapshotRepository,
    SnapshotUnfitError,
)
from records.trail import audit
from records.trail.audit import Event
from records.trail.trail import Trail
from tests.cli.commands import assert_refused, read_json_output
from tests.cluster.conftest import PREFIX, ThreeNodeCluster, as_environment
from tests.records.fresh import open_fresh_records

ALIAS = offers_alias(PREFIX)


@pytest.fixture(scope="module")
def snapshot_repository(
    three_node_cluster: ThreeNodeCluster, dozen: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[SnapshotRepository]:
    trail = Trail(open_fresh_records(tmp_path_factory.mktemp("records")), PREFIX)
    with three_node_cluster.client(KeyRole.KEEPER) as keeper:
        yield SnapshotRepository(keeper, snapshot_dir(three_node_cluster.machine), trail)


def offers(client: Elasticsearch) -> dict[str, Any]:
    client.indices.refresh(index=ALIAS)
    hits = client.search(index=ALIAS, size=1000)["hits"]["hits"]
    return {hit["_id"]: hit["_source"] for hit in hits}


def test_recovery_from_nothing(
    snapshot_repository: SnapshotRepository, three_node_cluster: ThreeNodeCluster
) -> None:
    before = offers(snapshot_repository.client)
    taken = snapshots.take_snapshot(snapshot_repository, datetime.now(UTC))
    with three_node_cluster.owner() as owner:
        for name in owner.indices.get(index=f"{PREFIX}-*", features=["aliases"]):
            owner.indices.delete(index=name)
    assert lifecycle.live_index(snapshot_repository.client, ALIAS) is None
    live = snapshots.restore_snapshot(snapshot_repository, taken.name, datetime.now(UTC))
    assert lifecycle.live_index(snapshot_repository.client, ALIAS) == live
    assert offers(snapshot_repository.client) == before
    trail = audit.read_audit_trail(snapshot_repository.trail)
    assert trail[0].event is Event.SNAPSHOT_RESTORED
    assert trail[0].details == {"snapshot": taken.name}


def test_a_restore_stands_beside_what_is_live(snapshot_repository: SnapshotRepository) -> None:
    taken, live = (
        snapshots.list_snapshots(snapshot_repository)[0],
        lifecycle.live_index(snapshot_repository.client, ALIAS),
    )
    new = snapshots.restore_snapshot(snapshot_repository, taken.name, datetime.now(UTC))
    assert new != live
    assert lifecycle.previous_indices(snapshot_repository.client, ALIAS)[0] == live


def test_a_restore_that_fails_leaves_the_live_index(
    snapshot_repository: SnapshotRepository, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = lifecycle.all_indices(snapshot_repository.client, ALIAS)
    live = lifecycle.live_index(snapshot_repository.client, ALIAS)

    def fail(*arguments: Any) -> None:
        raise InterruptedError

    monkeypatch.setattr(lifecycle, "swap_alias", fail)
    with pytest.raises(InterruptedError):
        snapshots.restore_snapshot(
            snapshot_repository,
            snapshots.list_snapshots(snapshot_repository)[0].name,
            datetime.now(UTC),
        )
    assert lifecycle.all_indices(snapshot_repository.client, ALIAS) == before
    assert lifecycle.live_index(snapshot_repository.client, ALIAS) == live


def test_a_restore_waits_for_no_other_writer(snapshot_repository: SnapshotRepository) -> None:
    name = snapshots.list_snapshots(snapshot_repository)[0].name
    with lock.open_lock(snapshot_repository.client, LOCK, prefix=PREFIX), pytest.raises(LockTaken):
        snapshots.restore_snapshot(snapshot_repository, name, datetime.now(UTC))


def test_another_schema_is_refused(
    snapshot_repository: SnapshotRepository, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(snapshots, "SCHEMA_VERSION", 999)
    with pytest.raises(SnapshotUnfitError, match="sas reindex"):
        snapshots.restore_snapshot(
            snapshot_repository,
            snapshots.list_snapshots(snapshot_repository)[0].name,
            datetime.now(UTC),
        )


def test_a_folder_that_nodes_may_not_use_is_told(snapshot_repository: SnapshotRepository) -> None:
    with pytest.raises(RepositoryRefusedError, match=r"path\.repo.*SAS_SNAPSHOT_DIR"):
        snapshots.list_snapshots(
            SnapshotRepository(
                snapshot_repository.client, Path("/nowhere"), snapshot_repository.trail
            )
        )


def test_the_writers_key_keeps_no_snapshot(
    snapshot_repository: SnapshotRepository, writer: Elasticsearch
) -> None:
    with pytest.raises(ElasticForbidden):
        snapshots.take_snapshot(
            SnapshotRepository(writer, snapshot_repository.folder, snapshot_repository.trail),
            datetime.now(UTC),
        )


def test_the_commands_dry_run_first(
    snapshot_repository: SnapshotRepository,
    three_node_cluster: ThreeNodeCluster,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    as_environment(three_node_cluster, KeyRole.KEEPER, monkeypatch)
    monkeypatch.setenv("SAS_STATE_DIR", str(three_node_cluster.machine.state_dir))

    def sas(*words: str) -> Result:
        return CliRunner().invoke(app, ["snapshot", *words])

    live = str(lifecycle.live_index(snapshot_repository.client, ALIAS))
    name = read_json_output(sas("create", "--json"))["snapshot"]
    newest, *_ = read_json_output(sas("list", "--json"))
    assert (newest["snapshot"], newest["index"], newest["whole"]) == (name, live, True)
    assert name in sas("list").output
    assert f"Would make {live} of {name} live" in sas("restore", name, "--dry-run").output
    assert str(lifecycle.live_index(snapshot_repository.client, ALIAS)) == live
    restored = read_json_output(sas("restore", name, "--json"))["live"]
    assert restored == str(lifecycle.live_index(snapshot_repository.client, ALIAS)) != live
    assert sas("delete", name, "--dry-run").exit_code == 0
    assert snapshots.find_snapshot(snapshot_repository, name).name == name
    assert sas("delete", name).exit_code == 0
    with pytest.raises(NoSnapshotError):
        snapshots.find_snapshot(snapshot_repository, name)
    assert_refused(sas("restore", name), 1, "sas snapshot list")
