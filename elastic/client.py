"""The clients: orjson on both ways, a pool wide enough, retries that survive a lost node."""

import os
from pathlib import Path
from typing import Any

import orjson
from elasticsearch import AsyncElasticsearch, Elasticsearch
from elasticsearch.serializer import NdjsonSerializer, OrjsonSerializer

from elastic.bounded_node import BoundedNode, BoundedSyncNode
from elastic.node.cluster.access import USER, read_access
from elastic.node.state import running_urls, runtime_dir
from elastic.settings import ElasticSettings, read_elastic_settings

DEFAULT_URL = "http://127.0.0.1:9200"
ADMIN_TIMEOUT_S = 120.0
"""Seconds for bulk, force-merge and index administration."""
MAX_RETRIES = 3
SPANS_VARIABLE = "OTEL_PYTHON_INSTRUMENTATION_ELASTICSEARCH_ENABLED"
"""Variable of the client: ``true`` makes OpenTelemetry spans, a tenth of a call, read or not."""
RETRY_STATUS = (502, 503, 504)
DEAD_NODE_BACKOFF_S = 5.0
"""Seconds a node that did not answer is left alone, doubled each time up to 30.

The client's own one second is less than the ``SAS_REQUEST_TIMEOUT_S`` that each meeting with a
frozen node costs.
"""
LOCAL_PREFERENCE = "_local"
"""Preference of a search for copies on the requested node: it then waits for no other node,
which may hang."""


class OrjsonLinesSerializer(NdjsonSerializer):
    """Newline-delimited JSON through orjson, for bulk and multi-search."""

    def json_dumps(self, data: Any) -> bytes:
        """One line."""
        return orjson.dumps(data, default=self.default)

    def json_loads(self, data: bytes) -> Any:
        """One line."""
        return orjson.loads(data)


def sync_client(url: str | None = None, **options: Any) -> Elasticsearch:
    """A client for commands and loads; ``options`` win over those of the settings."""
    return client_for(read_elastic_settings(), url, **options)


def client_for(chosen: ElasticSettings, url: str | None = None, **options: Any) -> Elasticsearch:
    """The same for settings at hand."""
    return Elasticsearch(
        **{**client_options(chosen, url), "node_class": BoundedSyncNode, **options}
    )


def async_client(url: str | None = None, **options: Any) -> AsyncElasticsearch:
    """A client for the API; close it with ``await client.close()``.

    Spans of searches, which are about patients, are made only when the environment enables them.
    """
    os.environ.setdefault(SPANS_VARIABLE, "false")
    chosen = client_options(read_elastic_settings(), url)
    return AsyncElasticsearch(**{**chosen, "node_class": BoundedNode, **options})


def with_admin_timeout(client: Elasticsearch) -> Elasticsearch:
    """The same connections with the time-out of bulk and administration."""
    return client.options(request_timeout=ADMIN_TIMEOUT_S)


def client_options(chosen: ElasticSettings, url: str | None = None) -> dict[str, Any]:
    """Keyword arguments of either client.

    ``url`` wins over ``SAS_ELASTICSEARCH_URL``, which wins over the embedded node.
    """
    return {
        "hosts": _hosts(chosen, url),
        "serializers": {
            "application/json": OrjsonSerializer(),
            "application/x-ndjson": OrjsonLinesSerializer(),
        },
        "request_timeout": chosen.request_timeout_s,
        "connections_per_node": chosen.connections_per_node,
        "max_retries": MAX_RETRIES,
        "retry_on_timeout": True,
        "retry_on_status": RETRY_STATUS,
        "dead_node_backoff_factor": DEAD_NODE_BACKOFF_S,
        **_credentials(chosen),
    }


def _hosts(chosen: ElasticSettings, url: str | None) -> list[str]:
    if url is not None:
        return [url]
    return chosen.elasticsearch_urls or running_urls(chosen) or [DEFAULT_URL]


def superuser_options(chosen: ElasticSettings) -> dict[str, Any]:
    """Options of a client that administers the embedded cluster with the password made for it.

    Nothing for a cluster of yours, for an open one, or when the password is not ours to read.
    """
    password = None if chosen.elasticsearch_urls else read_access(runtime_dir(chosen)).password
    return {"basic_auth": (USER, password), "api_key": None} if password else {}


def _find_certificate_authority(chosen: ElasticSettings) -> Path | None:
    if chosen.elasticsearch_ca is not None or chosen.elasticsearch_urls:
        return chosen.elasticsearch_ca
    return read_access(runtime_dir(chosen)).ca


def _credentials(chosen: ElasticSettings) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if (authority := _find_certificate_authority(chosen)) is not None:
        found["ca_certs"] = str(authority)
    if chosen.elasticsearch_api_key is not None:
        found["api_key"] = chosen.elasticsearch_api_key.get_secret_value()
    elif chosen.elasticsearch_username and chosen.elasticsearch_password:
        password = chosen.elasticsearch_password.get_secret_value()
        found["basic_auth"] = (chosen.elasticsearch_username, password)
    return found
