"""Every typed error is raised by the condition it names."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import elastic_transport
import elasticsearch
import pytest
from elasticsearch import Elasticsearch

from elastic import errors
from elastic.client import async_client, sync_client
from elastic.errors import build_elastic_error, translate_errors
from tests.suite.waiting import PATIENCE_S


@contextmanager
def open_silent_server() -> Iterator[str]:
    """A port that accepts and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield f"http://127.0.0.1:{server.getsockname()[1]}"


def test_a_closed_port_says_how_to_start(dead_port: int) -> None:
    with (
        sync_client(f"http://127.0.0.1:{dead_port}") as client,
        pytest.raises(errors.ElasticUnavailable, match="sas up"),
        translate_errors(),
    ):
        client.info()


async def test_a_closed_port_is_typed_for_the_async_client(dead_port: int) -> None:
    async with async_client(f"http://127.0.0.1:{dead_port}") as client:
        with pytest.raises(errors.ElasticUnavailable, match="sas up"), translate_errors():
            await client.info()


def test_a_silent_node_is_a_time_out() -> None:
    with (
        open_silent_server() as url,
        sync_client(url, request_timeout=0.1, max_retries=0) as client,
        pytest.raises(errors.ElasticTimeout, match="in time"),
        translate_errors(),
    ):
        client.info()


def test_a_missing_index_is_named(es: Elasticsearch, index_prefix: str) -> None:
    with pytest.raises(errors.IndexMissing, match=f"{index_prefix}-offers"), translate_errors():
        es.search(index=f"{index_prefix}-offers")


def test_a_missing_document_is_no_missing_index(
    es: Elasticsearch, create_offers: Callable[..., str]
) -> None:
    with pytest.raises(errors.IndexMissing, match="document"), translate_errors():
        es.get(index=create_offers(), id="nobody")


def test_a_flooded_disk_says_free_space(
    es: Elasticsearch, create_offers: Callable[..., str]
) -> None:
    """Elasticsearch itself sets this block when a disk passes its flood-stage mark."""
    alias = create_offers()
    es.indices.put_settings(index=alias, settings={"index.blocks.read_only_allow_delete": True})
    with pytest.raises(errors.DiskFull, match="free disk space"), translate_errors():
        es.options(max_retries=0).index(index=alias, id="a", document={"id": "a"})


def test_a_malformed_request_never_repeats_what_was_searched(
    es: Elasticsearch, create_offers: Callable[..., str]
) -> None:
    alias = create_offers()
    with pytest.raises(errors.ElasticRejected, match="400") as caught, translate_errors():
        es.search(index=alias, query={"range": {"absences": {"gte": "12 rue Secrète"}}})
    assert "Secr" not in str(caught.value)


@pytest.mark.parametrize(
    ("status", "kind", "expected"),
    [
        (401, "security_exception", errors.ElasticRefused),
        (403, "security_exception", errors.ElasticForbidden),
        (429, "es_rejected_execution_exception", errors.ElasticOverloaded),
        (500, "exception", errors.ElasticRejected),
    ],
)
def test_an_answer_of_the_cluster_is_typed(
    status: int, kind: str, expected: type[errors.ElasticError]
) -> None:
    meta = elastic_transport.ApiResponseMeta(
        status=status,
        http_version="1.1",
        headers=elastic_transport.HttpHeaders(),
        duration=0.0,
        node=elastic_transport.NodeConfig("http", "127.0.0.1", 9200),
    )
    raised = elasticsearch.exceptions.HTTP_EXCEPTIONS.get(status, elasticsearch.ApiError)
    error = raised(message=kind, meta=meta, body={"error": {"type": kind}, "status": status})
    assert type(build_elastic_error(error)) is expected


def test_a_lost_connection_is_retried(es_url: str) -> None:
    """A node that drops the first connection is asked again, on the same request."""
    host, port = es_url.removeprefix("http://").rstrip("/").split(":")
    with socket.create_server(("127.0.0.1", 0)) as server:
        proxy = threading.Thread(target=_drop_then_forward, args=(server, host, int(port)))
        proxy.start()
        with sync_client(f"http://127.0.0.1:{server.getsockname()[1]}") as client:
            assert client.options(headers={"connection": "close"}).info()["version"]
        proxy.join(PATIENCE_S)


def _drop_then_forward(server: socket.socket, host: str, port: int) -> None:
    server.accept()[0].close()
    inner, _ = server.accept()
    with inner, socket.create_connection((host, port)) as outer:
        outer.sendall(inner.recv(65536))
        outer.settimeout(PATIENCE_S)
        while chunk := outer.recv(65536):
            inner.sendall(chunk)
