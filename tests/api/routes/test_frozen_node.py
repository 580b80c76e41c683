"""Elasticsearch freezes in the middle of a stable search: nobody waits for what is given back."""

import asyncio
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from elastic.client import async_client
from search_engine.backend.points_in_time import (
    CLOSE_S,
    KEEP_S,
    PointInTimeLedger,
    TooManyStableSearches,
)
from tests.api.door.served_process import open_served_process, read_problem
from tests.api.routes.frozen_node import CANARY, FrozenNode, open_frozen_node
from tests.suite.waiting import wait_for, wait_for_async

STABLE = {"what": "MG", "insee": "48095", "stable": True}
LINK = b"GET /v1/search?what=MG&insee=48095&stable=true HTTP/1.1\r\nHost: localhost\r\n\r\n"
LEEWAY_S = 8
"""For a loaded machine; without a bound the client of Elasticsearch waits four minutes."""


@pytest.fixture
def node() -> Iterator[FrozenNode]:
    """A node of this test alone."""
    with open_frozen_node() as node:
        yield node


def write_environment(node: FrozenNode, deadline_s: str) -> dict[str, str]:
    """The settings through which a process finds the node."""
    return {
        "SAS_ELASTICSEARCH_URL": node.url,
        "SAS_GEOCODER_URL": "off",
        "SAS_REQUEST_TIMEOUT_S": "60",
        "SAS_SEARCH_DEADLINE_S": deadline_s,
    }


@pytest.mark.usefixtures("own_process")
def test_the_deadline_of_a_search_holds_while_its_point_in_time_cannot_be_closed(
    tmp_path: Path, node: FrozenNode
) -> None:
    """What Elasticsearch warns of, in a header, is not written."""
    with open_served_process(tmp_path, write_environment(node, "1")) as server:
        began = time.monotonic()
        found = httpx.post(f"{server.url}/v1/search", json=STABLE, timeout=60, trust_env=False)
        assert (found.status_code, found.json()["code"]) == (504, "search_timeout")
        assert time.monotonic() - began < 1 + CLOSE_S + LEEWAY_S
        assert node.count("DELETE", "/_pit") == 1
        written = server.written.read_text("utf-8")
    assert CANARY not in written


@pytest.mark.usefixtures("own_process")
def test_the_server_ends_while_a_point_in_time_cannot_be_closed(
    tmp_path: Path, node: FrozenNode
) -> None:
    """What it waits for no longer is answered with a problem, like everything."""
    environment = write_environment(node, "600")
    with (
        open_served_process(tmp_path, environment, limits="shutdown_s=1") as server,
        server.connect() as connection,
    ):
        connection.sendall(LINK)
        wait_for(lambda: node.count("POST", "/_search"))
        began = time.monotonic()
        server.process.send_signal(signal.SIGTERM)
        assert read_problem(connection) == (504, "search_timeout")
        server.process.wait(timeout=60)
        assert time.monotonic() - began < 1 + CLOSE_S + LEEWAY_S


async def test_one_who_leaves_while_it_opens_is_counted_until_it_is_closed(
    node: FrozenNode,
) -> None:
    node.opens.clear()
    ledger = PointInTimeLedger(per_caller=1, in_all=1)
    async with async_client(node.url, request_timeout=1, max_retries=0) as client:
        leaving = asyncio.create_task(ledger.open(client, "offers", "one"))
        await wait_for_async(lambda: node.count("POST", "/_pit"))
        leaving.cancel()
        with pytest.raises(asyncio.CancelledError):
            await leaving
        with pytest.raises(TooManyStableSearches):
            await ledger.open(client, "offers", "one")
        node.opens.set()
        await wait_for_async(lambda: ledger.count("one") == 0)
        await ledger.open(client, "offers", "one")


async def test_what_expired_is_counted_for_nobody(node: FrozenNode) -> None:
    now = 0.0
    ledger = PointInTimeLedger(per_caller=1, in_all=1, clock=lambda: now)
    async with async_client(node.url) as client:
        await ledger.open(client, "offers", "one")
        now = KEEP_S
        await ledger.open(client, "offers", "two")
        assert (ledger.count("one"), ledger.count("two")) == (0, 1)
