"""The registry of dispatch software: loaded, read again after its time, kept through an outage."""

from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from pathlib import Path

import orjson
import pytest
import structlog
from elasticsearch import AsyncElasticsearch, Elasticsearch

from elastic.client import async_client
from elastic.names import lrm_index
from indexers.loads.lrm_registry import publish_registry
from indexers.loads.source_load import LoadRequest, load_source
from indexers.quality.gate import GateClosedError
from lrm.problems import OriginInactive, OriginUnknown, RegistryUnavailable
from lrm.registry import RETRY_S, TTL_S, LrmRegistry, registry_file
from mappings.formats import LrmEntry
from tests.conftest import CreateOffers
from tests.indexers.reindex_harness import ReindexHarness

ALPHA = {"origin": "1.2.250.1.999.1", "name": "Régulation Alpha"}
BETA = {"origin": "1.2.250.1.999.2", "name": "Régulation Bêta"}
OFF = {"origin": "1.2.250.1.999.3", "name": "Régulation Gamma", "active": False}

Start = Callable[[], LrmRegistry]


class LrmRegistryClock:
    """A monotonic clock the test moves."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> LrmRegistryClock:
    return LrmRegistryClock()


@pytest.fixture
async def client(es_url: str) -> AsyncIterator[AsyncElasticsearch]:
    opened = async_client(es_url)
    yield opened
    await opened.close()


@pytest.fixture
def start(
    client: AsyncElasticsearch, index_prefix: str, tmp_path: Path, clock: LrmRegistryClock
) -> Start:
    """A new process's registry, each time with the same state folder."""
    file = registry_file(tmp_path, index_prefix)
    return lambda: LrmRegistry(client, index_prefix, file, clock=clock)


def publish_entries(es: Elasticsearch, prefix: str, *entries: dict[str, object]) -> None:
    publish_registry(es, prefix, [LrmEntry.model_validate(e) for e in entries], datetime.now(UTC))


def lines(path: Path, *entries: object) -> Path:
    path.write_bytes(b"".join(orjson.dumps(entry) + b"\n" for entry in entries))
    return path


@pytest.mark.proves("F056")
async def test_only_an_active_entry_is_admitted(
    es: Elasticsearch, index_prefix: str, start: Start
) -> None:
    publish_entries(es, index_prefix, ALPHA, OFF)
    registry = start()
    assert (await registry.resolve_origin(ALPHA["origin"])).name == "Régulation Alpha"
    with structlog.testing.capture_logs() as logs:
        with pytest.raises(OriginInactive):
            await registry.resolve_origin(str(OFF["origin"]))
        with pytest.raises(OriginUnknown):
            await registry.resolve_origin("12 rue du Lac")
    result = [(log["event"], log["origin"], log["reason"]) for log in logs]
    assert result == [
        ("lrm_origin_refused", OFF["origin"], "inactive"),
        ("lrm_origin_refused", "(unreadable)", "unknown"),
    ]


async def test_a_new_entry_is_known_after_the_time_of_the_list(
    es: Elasticsearch, index_prefix: str, start: Start, clock: LrmRegistryClock
) -> None:
    publish_entries(es, index_prefix, ALPHA)
    registry = start()
    await registry.resolve_origin(ALPHA["origin"])
    publish_entries(es, index_prefix, BETA)
    with pytest.raises(OriginUnknown):
        await registry.resolve_origin(BETA["origin"])
    clock.now = TTL_S
    await registry.resolve_origin(BETA["origin"])
    with pytest.raises(OriginUnknown):
        await registry.resolve_origin(ALPHA["origin"])


@pytest.mark.proves("F057", "W29")
async def test_the_last_list_serves_while_the_registry_is_closed(
    es: Elasticsearch, index_prefix: str, start: Start, clock: LrmRegistryClock
) -> None:
    publish_entries(es, index_prefix, ALPHA)
    registry = start()
    await registry.resolve_origin(ALPHA["origin"])
    es.indices.close(index=lrm_index(index_prefix))
    clock.now = TTL_S
    for one in (registry, start()):
        assert (await one.resolve_origin(ALPHA["origin"])).name == "Régulation Alpha"
        with pytest.raises(RegistryUnavailable):
            await one.resolve_origin(BETA["origin"])
    es.indices.open(index=lrm_index(index_prefix))
    es.cluster.health(index=lrm_index(index_prefix), wait_for_status="yellow")
    publish_entries(es, index_prefix, ALPHA, BETA)
    clock.now += RETRY_S
    await registry.resolve_origin(BETA["origin"])


@pytest.mark.proves("F057")
@pytest.mark.parametrize("kept", [b"", b"[]", b"{}", b'{"entries": [{"name": "x"}]}', b"\xff"])
async def test_a_kept_list_that_cannot_be_read_is_none(
    index_prefix: str, start: Start, tmp_path: Path, kept: bytes
) -> None:
    file = registry_file(tmp_path, index_prefix)
    file.parent.mkdir()
    file.write_bytes(kept)
    with pytest.raises(RegistryUnavailable) as caught:
        await start().resolve_origin(ALPHA["origin"])
    assert (caught.value.status, caught.value.retry_after_s) == (503, 10)


async def test_a_folder_that_cannot_be_written_is_no_failure(
    es: Elasticsearch, index_prefix: str, client: AsyncElasticsearch, tmp_path: Path
) -> None:
    publish_entries(es, index_prefix, ALPHA)
    blocked = tmp_path / "file"
    blocked.touch()
    registry = LrmRegistry(client, index_prefix, registry_file(blocked, index_prefix))
    await registry.resolve_origin(ALPHA["origin"])


@pytest.mark.proves("F056")
async def test_the_registry_is_loaded_by_itself(
    *,
    es: Elasticsearch,
    index_prefix: str,
    start: Start,
    create_offers: CreateOffers,
    tmp_path: Path,
    clock: LrmRegistryClock,
) -> None:
    create_offers()
    path = lines(tmp_path / "lrm.jsonl", ALPHA, OFF)
    order = LoadRequest("lrm", path, datetime.now(UTC), tmp_path / "run", index_prefix)
    assert load_source(es, order)["writes"] == 2
    registry = start()
    await registry.resolve_origin(ALPHA["origin"])
    lines(path, BETA, {"name": "sans origine"})
    with pytest.raises(GateClosedError):
        load_source(es, order)
    clock.now = TTL_S
    await registry.resolve_origin(ALPHA["origin"])


async def test_a_reindex_takes_the_registry_of_its_directory(
    es: Elasticsearch, index_prefix: str, start: Start, clock: LrmRegistryClock, tmp_path: Path
) -> None:
    office = ReindexHarness(es, index_prefix, tmp_path)
    office.reindex(office.files().doctor("10100000016").line("lrm", **ALPHA), accept_drift=True)
    registry = start()
    await registry.resolve_origin(ALPHA["origin"])
    office.reindex(office.files("without").doctor("10100000016"), accept_drift=True)
    clock.now = TTL_S
    await registry.resolve_origin(ALPHA["origin"])
