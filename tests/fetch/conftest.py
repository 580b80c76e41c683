"""The server that fetches are made from."""

from collections.abc import Iterator

import pytest

from tests.fetch.unreliable_server import UnreliableServer, open_unreliable_server


@pytest.fixture
def server() -> Iterator[UnreliableServer]:
    with open_unreliable_server() as one:
        yield one
