"""Commands run inside the test process: what they set for the whole process is undone."""

from collections.abc import Iterator

import pytest
import structlog


@pytest.fixture(autouse=True)
def own_logs() -> Iterator[None]:
    """A command quiets the logs of its process; the next test hears them again."""
    yield
    structlog.reset_defaults()
