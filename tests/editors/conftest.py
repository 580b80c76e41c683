"""One server of simulated editors a session, without a fault at the start of each test."""

from collections.abc import AsyncIterator, Iterator

import pytest

from editors.call import EditorClient, open_client
from tests.editors.platform import EXAMPLES, SimulatedEditors, serve_editors


@pytest.fixture(scope="session")
def editor_market(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SimulatedEditors]:
    with serve_editors(tmp_path_factory.mktemp("editors")) as editors:
        yield editors


@pytest.fixture
def editors(editor_market: SimulatedEditors) -> SimulatedEditors:
    """The simulated editors, well and with no call counted."""
    for name in EXAMPLES:
        editor_market.app.faults.set(name, None)
    editor_market.app.searches.clear()
    editor_market.app.calls.clear()
    return editor_market


@pytest.fixture
async def alpha(editors: SimulatedEditors) -> AsyncIterator[EditorClient]:
    """A client of the first editor."""
    client = open_client(editors.sheet())
    yield client
    await client.web.aclose()
