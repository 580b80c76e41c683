"""A real Elasticsearch for every test that needs one, and a private corner of it."""

import logging
import os
import shutil
import tempfile
import uuid
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import structlog
from elasticsearch import Elasticsearch
from elasticsearch.helpers import bulk
from hypothesis import settings

from elastic import lifecycle
from elastic.client import sync_client
from elastic.names import IndexName, offers_index
from elastic.node.errors import PortBusy
from elastic.node.ports import find_free_port
from elastic.settings import read_elastic_settings
from mappings.offers import offers_mapping, offers_settings
from tests.conformance.plugin import ConformancePlugin
from tests.conformance.recorder import Conformance
from tests.elastic.single_node import start_node, stop_node
from tests.search_engine.named import add_name_fields
from tests.suite.ports import open_dead_port
from tests.suite.repetitions import FULL, USUAL, Repetitions
from tests.suite.selection import SelectionPlugin
from tests.suite.waiting import make_clients_patient

RUNTIME = "SAS_TESTS_RUNTIME"
"""Folder of this session's node, shared with the workers of a parallel run."""

START_ATTEMPTS = 3
"""Starts of the session's node: sessions that begin together may choose the same port."""

ALL_COMPILERS = ""
"""Of Java: a session searches for so long that the slower compiler pays, see ``QUICK_COMPILER``."""

CreateOffers = Callable[..., str]


def pytest_addoption(parser: pytest.Parser) -> None:
    """``--full`` repeats as often as it can; ``--write-conformance`` writes docs/conformance.md."""
    parser.addoption("--full", action="store_true", help="all repetitions, and three-node clusters")
    parser.addoption("--write-conformance", action="store_true", help="write the table and stop")


def pytest_configure(config: pytest.Config) -> None:
    """Choose the folder of the session's node once, before any worker starts.

    Drawn examples are the same in each run, and new ones in a full run.
    """
    make_clients_patient()
    config.pluginmanager.register(SelectionPlugin(), "selection")
    config.pluginmanager.register(ConformancePlugin(), "conformance")
    settings.register_profile("usual", derandomize=True)
    settings.load_profile("default" if config.getoption("--full") else "usual")
    os.environ.setdefault(RUNTIME, str(Path(tempfile.gettempdir()) / f"sas-tests-{os.getpid()}"))


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop the node that this session started, by its process; never another one."""
    runtime = Path(os.environ[RUNTIME])
    if hasattr(config, "workerinput") or not runtime.exists():
        return
    stop_node(runtime)
    shutil.rmtree(runtime)


@pytest.fixture(scope="session")
def es_url() -> str:
    """The address of a real node: ``SAS_ELASTICSEARCH_URL``, else one started for this session."""
    if declared := os.environ.get("SAS_ELASTICSEARCH_URL"):
        return declared
    for _ in range(START_ATTEMPTS - 1):
        with suppress(PortBusy):
            return start_session_node()
    return start_session_node()


def start_session_node() -> str:
    """Start the node of this session, or find it; its address.

    Raises ``PortBusy`` when another program took a port between its choice and the start.
    """
    started = start_node(
        read_elastic_settings(),
        root=Path(os.environ[RUNTIME]),
        port=find_free_port(),
        heap="512m",
        java_options=ALL_COMPILERS,
        wait_s=300,
    )
    return started.state.url


@pytest.fixture(scope="session")
def es(es_url: str) -> Iterator[Elasticsearch]:
    """A synchronous client of the node."""
    with sync_client(es_url, request_timeout=30) as client:
        yield client


@pytest.fixture
def index_prefix(es: Elasticsearch) -> Iterator[str]:
    """A prefix of this test alone; every index under it is deleted afterwards."""
    prefix = f"t{uuid.uuid4().hex[:12]}"
    yield prefix
    for name in es.indices.get(index=f"{prefix}*", expand_wildcards="all", features=["settings"]):
        es.indices.delete(index=name)


@pytest.fixture
def create_offers(es: Elasticsearch, index_prefix: str) -> CreateOffers:
    """``create_offers(docs) -> alias``: an index of offers with these documents, searchable.

    A document's ``id`` is its id in the index. Called again, it builds a new index and swaps the
    alias, as a reindex does.
    """

    def create(docs: Iterable[Any] = (), prefix: str = index_prefix) -> str:
        name = offers_index(prefix, datetime.now(UTC))
        lifecycle.create_index(es, name, offers_settings(), offers_mapping())
        bulk(es, _index_actions(name, docs), refresh=True)
        lifecycle.swap_alias(es, name.alias, name)
        return name.alias

    return create


def _index_actions(name: IndexName, docs: Iterable[Any]) -> Iterator[dict[str, Any]]:
    made = map(add_name_fields, docs)
    return ({"_index": str(name), "_id": doc["id"], "_source": doc} for doc in made)


@pytest.fixture(scope="session")
def repetitions(request: pytest.FixtureRequest) -> Repetitions:
    """Repetition counts of the longest tests in this run."""
    return FULL if request.config.getoption("--full") else USUAL


@pytest.fixture(scope="session")
def own_process() -> None:
    """Asked for by a test that starts a process of its own: see ``HEAVY_FIXTURES``."""


@pytest.fixture(scope="session")
def large_input() -> None:
    """Asked for by a test over thousands of rows or examples: see ``HEAVY_FIXTURES``."""


@pytest.fixture
def dead_port() -> Iterator[int]:
    """A port that refuses connections for as long as the test lasts."""
    with open_dead_port() as port:
        yield port


@pytest.fixture(autouse=True)
def keep_logs() -> Iterator[None]:
    """A test may configure the logs of the process; they are as before afterwards.

    Records of libraries have their message at first: modules may configure the logs when they load.
    """
    before = structlog.get_config()
    logging.disable(logging.NOTSET)
    logging.setLogRecordFactory(logging.LogRecord)
    yield
    structlog.configure(**before)


@pytest.fixture(scope="session")
def conformance(request: pytest.FixtureRequest) -> Conformance:
    """The record of the marked tests of this run."""
    plugin = request.config.pluginmanager.get_plugin("conformance")
    assert isinstance(plugin, ConformancePlugin)
    return plugin.record
