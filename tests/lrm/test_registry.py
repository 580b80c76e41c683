"""The registry of dispatch software: read beside the requests, kept through an outage."""

from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson
import pytest
import structlog
from elasticsearch import Elasticsearch
from sqlalchemy import text

from indexers.loads.records_import import DeclaredInput, prepare_declared
from indexers.loads.source_load import LoadRequest, load_source
from indexers.quality.gate import GateClosedError
from lrm.problems import OriginInactive, OriginUnknown, RegistryUnavailable
from lrm.registry import LrmRegistry, registry_file
from mappings.formats import LrmEntry
from records.access import OPERATOR
from records.database import Database
from records.errors import RecordsError
from records.registry.store import change_entry, load_registry, read_registry
from records.trail.trail import Trail
from tests.conftest import CreateOffers
from tests.indexers.reindex_harness import ReindexHarness
from tests.records.fresh import open_fresh_records

ALPHA = {"origin": "1.2.250.1.999.1", "name": "Régulation Alpha"}
BETA = {"origin": "1.2.250.1.999.2", "name": "Régulation Bêta"}
OFF = {"origin": "1.2.250.1.999.3", "name": "Régulation Gamma", "active": False}

Start = Callable[[], Awaitable[LrmRegistry]]


@pytest.fixture
def database(tmp_path: Path) -> Database:
    """Records of this test alone."""
    return open_fresh_records(tmp_path)


@pytest.fixture
def start(database: Database, tmp_path: Path) -> Start:
    """A new process's registry after its first reading, each time with the same state folder."""

    async def read() -> Mapping[str, LrmEntry]:
        return read_registry(database)

    async def start_registry() -> LrmRegistry:
        registry = LrmRegistry(read, registry_file(tmp_path, "sas"))
        with suppress(RecordsError):
            await registry.renew()
        return registry

    return start_registry


def load_entries(database: Database, *entries: dict[str, Any]) -> None:
    found = [LrmEntry.model_validate(entry) for entry in entries]
    load_registry(database, {entry.origin: entry for entry in found}, datetime.now(UTC))


def lines(path: Path, *entries: object) -> Path:
    path.write_bytes(b"".join(orjson.dumps(entry) + b"\n" for entry in entries))
    return path


@pytest.mark.proves("F056")
async def test_only_an_active_entry_is_admitted(database: Database, start: Start) -> None:
    load_entries(database, ALPHA, OFF)
    registry = await start()
    assert registry.resolve_origin(ALPHA["origin"]).name == "Régulation Alpha"
    with structlog.testing.capture_logs() as logs:
        with pytest.raises(OriginInactive):
            registry.resolve_origin(str(OFF["origin"]))
        with pytest.raises(OriginUnknown):
            registry.resolve_origin("12 rue du Lac")
    result = [(log["event"], log["origin"], log["reason"]) for log in logs]
    assert result == [
        ("lrm_origin_refused", OFF["origin"], "inactive"),
        ("lrm_origin_refused", "(unreadable)", "unknown"),
    ]


async def test_a_new_entry_is_known_after_the_next_reading(
    database: Database, start: Start
) -> None:
    load_entries(database, ALPHA)
    registry = await start()
    load_entries(database, BETA)
    with pytest.raises(OriginUnknown):
        registry.resolve_origin(BETA["origin"])
    await registry.renew()
    registry.resolve_origin(BETA["origin"])
    with pytest.raises(OriginUnknown):
        registry.resolve_origin(ALPHA["origin"])


@pytest.mark.proves("F057", "W29")
async def test_the_last_list_serves_while_the_registry_is_away_or_empty(
    database: Database, start: Start
) -> None:
    load_entries(database, ALPHA)
    registry = await start()
    rename_table(database, "dispatch_software", "away")
    with pytest.raises(RecordsError):
        await registry.renew()
    assert_last_list(registry)
    assert_last_list(await start())
    rename_table(database, "away", "dispatch_software")
    load_entries(database)
    await registry.renew()
    assert_last_list(registry)
    load_entries(database, ALPHA, BETA)
    await registry.renew()
    registry.resolve_origin(BETA["origin"])


def assert_last_list(registry: LrmRegistry) -> None:
    """Alpha opens, and nobody is called unknown."""
    assert registry.resolve_origin(ALPHA["origin"]).name == "Régulation Alpha"
    with pytest.raises(RegistryUnavailable):
        registry.resolve_origin(BETA["origin"])


def rename_table(database: Database, name: str, new: str) -> None:
    with database.engine.begin() as connection:
        connection.execute(text(f"ALTER TABLE {name} RENAME TO {new}"))


@pytest.mark.proves("F057")
@pytest.mark.parametrize("kept", [b"", b"[]", b"{}", b'{"entries": [{"name": "x"}]}', b"\xff"])
async def test_a_kept_list_that_cannot_be_read_is_none(
    start: Start, tmp_path: Path, kept: bytes
) -> None:
    file = registry_file(tmp_path, "sas")
    file.parent.mkdir()
    file.write_bytes(kept)
    with pytest.raises(RegistryUnavailable) as caught:
        (await start()).resolve_origin(ALPHA["origin"])
    assert (caught.value.status, caught.value.retry_after_s) == (503, 10)


async def test_a_folder_that_cannot_be_written_is_no_failure(
    database: Database, tmp_path: Path
) -> None:
    load_entries(database, ALPHA)
    blocked = tmp_path / "file"
    blocked.touch()

    async def read() -> Mapping[str, LrmEntry]:
        return read_registry(database)

    registry = LrmRegistry(read, registry_file(blocked, "sas"))
    await registry.renew()
    registry.resolve_origin(ALPHA["origin"])


@pytest.mark.proves("F056")
async def test_the_registry_is_loaded_by_itself(
    *,
    es: Elasticsearch,
    index_prefix: str,
    database: Database,
    start: Start,
    create_offers: CreateOffers,
    tmp_path: Path,
) -> None:
    create_offers()
    path = lines(tmp_path / "lrm.jsonl", ALPHA, OFF)
    order = LoadRequest(
        "lrm", path, datetime.now(UTC), tmp_path / "run", Trail(database, index_prefix)
    )
    assert load_source(es, order)["writes"] == 2
    assert load_source(es, order)["writes"] == 0
    lines(path, BETA, {"name": "sans origine"})
    with pytest.raises(GateClosedError):
        load_source(es, order)
    (await start()).resolve_origin(ALPHA["origin"])


def test_a_file_replaces_what_files_gave_and_nothing_that_a_person_said(
    database: Database,
) -> None:
    load_entries(database, ALPHA, BETA)
    now = datetime.now(UTC)
    said = LrmEntry.model_validate({**BETA, "active": False})
    change_entry(database, OPERATOR, said, version=1, now=now)
    load_entries(database, {**BETA, "name": "Autre"}, OFF)
    held = read_registry(database)
    assert sorted(held) == [BETA["origin"], OFF["origin"]]
    assert held[BETA["origin"]] == said


def test_a_reindex_brings_the_registry_of_its_directory_into_records_without_one(
    es: Elasticsearch, index_prefix: str, database: Database, tmp_path: Path
) -> None:
    office = ReindexHarness(es, index_prefix, tmp_path)
    files = office.files().doctor("10100000016").line("lrm", **ALPHA)
    now = datetime.now(UTC)
    prepare_declared(database, files.directory, DeclaredInput(), now)
    office.reindex(files, accept_drift=True)
    without = office.files("without").doctor("10100000016")
    prepare_declared(database, without.directory, DeclaredInput(), now)
    office.reindex(without, accept_drift=True)
    assert [*read_registry(database)] == [ALPHA["origin"]]
