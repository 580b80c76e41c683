"""What ``sas doctor`` says, under the real conditions it is about."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from elasticsearch import Elasticsearch

from elastic import checks
from elastic.checks import Check, CheckLevel, heap_bytes, run_checks
from elastic.node import jdk
from elastic.node.distribution import distribution_home
from elastic.settings import ElasticSettings
from mappings.offers import SCHEMA_VERSION, offers_mapping
from tests.elastic.conftest import small_distribution


@pytest.fixture
def cluster(bare_settings: ElasticSettings, es_url: str, index_prefix: str) -> ElasticSettings:
    """Settings that name the node of the tests."""
    update = {"elasticsearch_url": es_url, "index_prefix": index_prefix}
    return bare_settings.model_copy(update=update)


def find_check(found: list[Check], name: str) -> Check:
    return next(check for check in found if check.name == name)


def test_every_check_of_a_sound_machine_is_sound(
    cluster: ElasticSettings, create_offers: Callable[..., str]
) -> None:
    create_offers()
    found = run_checks(cluster)
    assert {check.name for check in found} == {
        "Elasticsearch",
        "Cluster",
        "Index",
        "Clock",
        "JDK",
        "Maven",
        "Memory",
        "Disk",
    }
    assert all(check.level is not CheckLevel.BLOCK for check in found)
    assert find_check(found, "Index").level is CheckLevel.OK
    assert all(check.remedy for check in found if check.level is not CheckLevel.OK)


def test_a_closed_port_blocks_and_says_how_to_start(
    bare_settings: ElasticSettings, dead_port: int
) -> None:
    url = f"http://127.0.0.1:{dead_port}"
    found = run_checks(bare_settings.model_copy(update={"elasticsearch_url": url}))
    check = find_check(found, "Elasticsearch")
    assert check.level is CheckLevel.BLOCK
    assert url in check.finding
    assert "sas up" in check.remedy
    assert "SAS_ELASTICSEARCH_URL" in check.remedy


def test_no_data_yet_only_warns(cluster: ElasticSettings, es: Elasticsearch) -> None:
    check = checks.check_index(es, cluster)
    assert check.level is CheckLevel.WARN
    assert "sas reindex" in check.remedy


def test_an_old_schema_blocks(
    cluster: ElasticSettings, es: Elasticsearch, create_offers: Callable[..., str]
) -> None:
    alias = create_offers()
    assert checks.check_index(es, cluster).level is CheckLevel.OK
    old = {**offers_mapping(), "_meta": {"schema_version": SCHEMA_VERSION + 1}}
    es.indices.put_mapping(index=alias, meta=old["_meta"])
    check = checks.check_index(es, cluster)
    assert check.level is CheckLevel.BLOCK
    assert f"has schema {SCHEMA_VERSION + 1}" in check.finding
    assert "sas reindex" in check.remedy


def test_an_index_under_the_alias_name_blocks(cluster: ElasticSettings, es: Elasticsearch) -> None:
    es.indices.create(index=f"{cluster.index_prefix}-offers")
    check = checks.check_index(es, cluster)
    assert check.level is CheckLevel.BLOCK
    assert "delete that index" in check.remedy


@pytest.mark.parametrize(
    ("off", "level"),
    [
        (timedelta(0), CheckLevel.OK),
        (timedelta(seconds=-30), CheckLevel.WARN),
        (timedelta(minutes=10), CheckLevel.BLOCK),
        (-timedelta(days=20_000), CheckLevel.BLOCK),
    ],
)
def test_a_clock_that_is_off_is_told(es: Elasticsearch, off: timedelta, level: CheckLevel) -> None:
    check = checks.check_clock(es, lambda: datetime.now(UTC) + off)
    assert check.level is level
    assert ("NTP" in check.remedy) is (level is not CheckLevel.OK)


@pytest.mark.usefixtures("bare_path")
def test_no_java_blocks_only_where_it_is_needed(
    bare_settings: ElasticSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jdk, "JVM_FOLDERS", ())
    needed = checks.check_jdk(bare_settings, needed=True)
    assert needed.level is CheckLevel.BLOCK
    assert "install one" in needed.remedy
    assert checks.check_jdk(bare_settings, needed=False).level is CheckLevel.WARN


def test_a_distribution_with_its_own_java_needs_none(bare_settings: ElasticSettings) -> None:
    home = small_distribution(distribution_home(bare_settings.state_dir))
    java = home / "jdk" / "bin" / "java"
    java.parent.mkdir(parents=True)
    java.write_text("")
    check = checks.check_jdk(bare_settings, needed=True)
    assert check.level is CheckLevel.OK
    assert str(home / "jdk") in check.finding


@pytest.mark.usefixtures("bare_path")
def test_no_maven_warns_until_a_server_is_there(bare_settings: ElasticSettings) -> None:
    check = checks.check_maven(bare_settings)
    assert check.level is CheckLevel.WARN
    assert "apt install maven" in check.remedy
    small_distribution(distribution_home(bare_settings.state_dir))
    assert checks.check_maven(bare_settings).level is CheckLevel.OK


def test_a_full_disk_blocks(bare_settings: ElasticSettings) -> None:
    check = checks.check_disk(bare_settings.state_dir, floor=10**18)
    assert check.level is CheckLevel.BLOCK
    assert "Free some space" in check.remedy
    assert checks.check_disk(bare_settings.state_dir, floor=1).level is not CheckLevel.BLOCK


@pytest.mark.parametrize(
    ("free", "needed", "level"),
    [
        (1 << 30, True, CheckLevel.BLOCK),
        (1 << 30, False, CheckLevel.OK),
        (8 << 30, True, CheckLevel.OK),
        (None, True, CheckLevel.OK),
    ],
)
def test_too_little_memory_blocks_a_node_to_start(
    bare_settings: ElasticSettings, free: int | None, needed: bool, level: CheckLevel
) -> None:
    check = checks.check_memory(bare_settings, needed, available=lambda: free)
    assert check.level is level
    assert ("HEAP" in check.remedy) is (level is CheckLevel.BLOCK)


def test_a_heap_is_read_in_bytes() -> None:
    assert (heap_bytes("512m"), heap_bytes("2g")) == (512 << 20, 2 << 30)


def test_this_machine_tells_its_memory() -> None:
    free = checks.available_memory()
    assert free is None or free > 1 << 20
