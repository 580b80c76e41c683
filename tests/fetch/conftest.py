"""The server that fetches are made from."""

from collections.abc import Iterator

import pytest

from tests.fetch.unreliable import Server, serving


@pytest.fixture
def server() -> Iterator[Server]:
    with serving() as one:
        yield one
