"""What the clients are made with."""

import os
import socket
from contextlib import suppress
from pathlib import Path

import pytest
from elasticsearch import Elasticsearch
from elasticsearch.serializer import OrjsonSerializer

from elastic import client
from elastic.client import (
    ADMIN_TIMEOUT_S,
    DEAD_NODE_BACKOFF_S,
    SPANS_VARIABLE,
    OrjsonLinesSerializer,
    async_client,
    client_options,
    with_admin_timeout,
)
from elastic.settings import ElasticSettings


def test_the_options_are_those_of_the_design(bare_settings: ElasticSettings) -> None:
    options = client_options(bare_settings)
    assert options["request_timeout"] == 3.0
    assert options["connections_per_node"] == 64
    assert options["retry_on_timeout"] is True
    assert options["retry_on_status"] == (502, 503, 504)
    assert options["max_retries"] == 3
    assert options["dead_node_backoff_factor"] == DEAD_NODE_BACKOFF_S > options["request_timeout"]
    assert isinstance(options["serializers"]["application/json"], OrjsonSerializer)


async def test_spans_are_made_only_when_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(SPANS_VARIABLE, "to be undone")
    monkeypatch.delenv(SPANS_VARIABLE)
    await async_client("http://a:1").close()
    assert os.environ[SPANS_VARIABLE] == "false"
    os.environ[SPANS_VARIABLE] = "true"
    await async_client("http://a:1").close()
    assert os.environ[SPANS_VARIABLE] == "true"


def test_the_address_asked_for_wins(bare_settings: ElasticSettings) -> None:
    cluster = bare_settings.model_copy(update={"elasticsearch_url": "http://a:1,http://b:2"})
    assert client_options(cluster, "http://c:3")["hosts"] == ["http://c:3"]
    assert client_options(cluster)["hosts"] == ["http://a:1", "http://b:2"]
    assert client_options(bare_settings)["hosts"] == [client.DEFAULT_URL]


def test_credentials_come_from_the_settings(
    bare_settings: ElasticSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert {"api_key", "basic_auth", "ca_certs"}.isdisjoint(client_options(bare_settings))
    monkeypatch.setenv("SAS_ELASTICSEARCH_USERNAME", "sas")
    monkeypatch.setenv("SAS_ELASTICSEARCH_PASSWORD", "secret")
    assert client_options(ElasticSettings())["basic_auth"] == ("sas", "secret")
    monkeypatch.setenv("SAS_ELASTICSEARCH_API_KEY", "key")
    monkeypatch.setenv("SAS_ELASTICSEARCH_CA", "/ca.pem")
    options = client_options(ElasticSettings())
    assert (options["api_key"], options["ca_certs"]) == ("key", str(Path("/ca.pem")))
    assert "basic_auth" not in options
    assert "secret" not in repr(ElasticSettings())


def test_lines_go_through_orjson_both_ways() -> None:
    lines = OrjsonLinesSerializer()
    rows = [{"index": {}}, {"city": "Évry", "n": 1.5}]
    assert lines.dumps(rows) == '{"index":{}}\n{"city":"Évry","n":1.5}\n'.encode()
    assert lines.loads(lines.dumps(rows)) == rows


def test_bulk_and_multi_search_pass_accents(es: Elasticsearch, index_prefix: str) -> None:
    name = f"{index_prefix}-words"
    es.indices.create(index=name)
    es.bulk(operations=[{"index": {"_index": name}}, {"city": "Évry"}], refresh=True)
    found = es.msearch(searches=[{"index": name}, {"query": {"match": {"city": "Évry"}}}])
    assert found["responses"][0]["hits"]["hits"][0]["_source"] == {"city": "Évry"}


def test_administration_is_given_more_time(es: Elasticsearch) -> None:
    assert with_admin_timeout(es)._request_timeout == ADMIN_TIMEOUT_S


async def test_the_async_client_answers(es_url: str) -> None:
    async with async_client(es_url) as answering:
        assert (await answering.info())["version"]["number"].startswith("9.4.")


async def test_a_node_that_hangs_is_met_once_and_put_aside(es_url: str) -> None:
    """It takes connections and never answers: one wait, another node, and no wait after that."""
    with socket.create_server(("127.0.0.1", 0)) as hangs:
        hosts = [es_url, f"http://127.0.0.1:{hangs.getsockname()[1]}"]
        async with async_client(hosts=hosts, request_timeout=3.0) as searching:
            for _ in range(len(hosts)):
                await searching.info()
            assert count_pending_connections(hangs) == 1
            for _ in range(10):
                await searching.info()
            assert count_pending_connections(hangs) == 0


def count_pending_connections(listening: socket.socket) -> int:
    """Connections made to a server that were not accepted yet; they are accepted and closed."""
    listening.setblocking(False)
    count = 0
    with suppress(BlockingIOError):
        while True:
            listening.accept()[0].close()
            count += 1
    return count
