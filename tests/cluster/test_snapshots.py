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
from elastic.keys import Duty
from elastic.names import audit_index, locks_index, offers_alias
from elastic.node.state import snapshot_dir
from elastic.service import audit, lock
from elastic.service.audit import Event
from indexers.quality.corrections import known_corrections, record_corrections
from indexers.reindex.recipe import LOCK
from indexers.upkeep import snapshots
from indexers.upkeep.snapshots import (
    NoSnapshotError,
    RepositoryRefusedError,
    SnapshotUnfitError,
    Vault,
)
from tests.cli.commands import done, refused
from tests.cluster.conftest import PREFIX, Trio, as_environment

ALIAS = offers_alias(PREFIX)


@pytest.fixture(scope="module")
def vault(trio: Trio, dozen: str) -> Iterator[Vault]:
    with trio.client(Duty.KEEPER) as keeper:
        yield Vault(keeper, snapshot_dir(trio.machine), PREFIX)


def offers(client: Elasticsearch) -> dict[str, Any]:
    client.indices.refresh(index=ALIAS)
    hits = client.search(index=ALIAS, size=1000)["hits"]["hits"]
    return {hit["_id"]: hit["_source"] for hit in hits}


def test_recovery_from_nothing(vault: Vault, trio: Trio) -> None:
    before = offers(vault.client)
    record_corrections(vault.client, PREFIX, "finess", {"damaged": "sound"}, datetime.now(UTC))
    taken = snapshots.take(vault, datetime.now(UTC))
    assert audit_index(PREFIX) in taken.others
    assert locks_index(PREFIX) not in taken.others
    with trio.owner() as owner:
        for name in owner.indices.get(index=f"{PREFIX}-*", features=["aliases"]):
            owner.indices.delete(index=name)
    assert lifecycle.live_index(vault.client, ALIAS) is None
    live = snapshots.restore(vault, taken.name, datetime.now(UTC))
    assert lifecycle.live_index(vault.client, ALIAS) == live
    assert offers(vault.client) == before
    trail = audit.history(vault.client, prefix=PREFIX)
    assert trail[0].event is Event.SNAPSHOT_RESTORED
    assert trail[0].details == {"snapshot": taken.name}
    assert Event.ALIAS_SWAPPED in {line.event for line in trail}, "the trail came back too"
    assert known_corrections(vault.client, PREFIX)["finess"] == {"damaged": "sound"}


def test_a_restore_stands_beside_what_is_live(vault: Vault) -> None:
    taken, live = snapshots.kept(vault)[0], lifecycle.live_index(vault.client, ALIAS)
    new = snapshots.restore(vault, taken.name, datetime.now(UTC))
    assert new != live
    assert lifecycle.previous_indices(vault.client, ALIAS)[0] == live


def test_a_restore_that_fails_leaves_the_live_index(
    vault: Vault, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = lifecycle.all_indices(vault.client, ALIAS)
    live = lifecycle.live_index(vault.client, ALIAS)

    def fail(*arguments: Any) -> None:
        raise InterruptedError

    monkeypatch.setattr(lifecycle, "swap", fail)
    with pytest.raises(InterruptedError):
        snapshots.restore(vault, snapshots.kept(vault)[0].name, datetime.now(UTC))
    assert lifecycle.all_indices(vault.client, ALIAS) == before
    assert lifecycle.live_index(vault.client, ALIAS) == live


def test_a_restore_waits_for_no_other_writer(vault: Vault) -> None:
    name = snapshots.kept(vault)[0].name
    with lock.held(vault.client, LOCK, prefix=PREFIX), pytest.raises(LockTaken):
        snapshots.restore(vault, name, datetime.now(UTC))


def test_another_schema_is_refused(vault: Vault, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(snapshots, "SCHEMA_VERSION", 999)
    with pytest.raises(SnapshotUnfitError, match="sas reindex"):
        snapshots.restore(vault, snapshots.kept(vault)[0].name, datetime.now(UTC))


def test_a_folder_that_nodes_may_not_use_is_told(vault: Vault) -> None:
    with pytest.raises(RepositoryRefusedError, match=r"path\.repo.*SAS_SNAPSHOT_DIR"):
        snapshots.kept(Vault(vault.client, Path("/nowhere"), PREFIX))


def test_the_writers_key_keeps_no_snapshot(vault: Vault, writer: Elasticsearch) -> None:
    with pytest.raises(ElasticForbidden):
        snapshots.take(Vault(writer, vault.folder, PREFIX), datetime.now(UTC))


def test_the_commands_dry_run_first(
    vault: Vault, trio: Trio, monkeypatch: pytest.MonkeyPatch
) -> None:
    as_environment(trio, Duty.KEEPER, monkeypatch)
    monkeypatch.setenv("SAS_STATE_DIR", str(trio.machine.state_dir))

    def sas(*words: str) -> Result:
        return CliRunner().invoke(app, ["snapshot", *words])

    live = str(lifecycle.live_index(vault.client, ALIAS))
    name = done(sas("create", "--json"))["snapshot"]
    newest, *_ = done(sas("list", "--json"))
    assert (newest["snapshot"], newest["index"], newest["whole"]) == (name, live, True)
    assert name in sas("list").output
    assert f"Would make {live} of {name} live" in sas("restore", name, "--dry-run").output
    assert str(lifecycle.live_index(vault.client, ALIAS)) == live
    restored = done(sas("restore", name, "--json"))["live"]
    assert restored == str(lifecycle.live_index(vault.client, ALIAS)) != live
    assert sas("delete", name, "--dry-run").exit_code == 0
    assert snapshots.one(vault, name).name == name
    assert sas("delete", name).exit_code == 0
    with pytest.raises(NoSnapshotError):
        snapshots.one(vault, name)
    refused(sas("restore", name), 1, "sas snapshot list")
