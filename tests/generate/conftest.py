"""Two sets of the same seed, one healthy, one with defects, written once a session."""

from collections.abc import Callable
from typing import Any

import pytest

from indexers.generate.recipe import Options, generate
from indexers.generate.scales import ScaleName
from tests.generate.sets import FEW, NOW, Written

Write = Callable[..., Written]


@pytest.fixture(scope="session")
def write(tmp_path_factory: pytest.TempPathFactory) -> Write:
    def written(**options: Any) -> Written:
        folder = tmp_path_factory.mktemp("generated")
        asked = {"scale": ScaleName.DEPARTMENT, "seed": 7, "now": NOW} | options
        return Written(folder, generate(Options(**asked), folder))

    return written


@pytest.fixture(scope="session")
def healthy(write: Write) -> Written:
    return write(departments=FEW)


@pytest.fixture(scope="session")
def damaged(write: Write) -> Written:
    return write(departments=FEW, defects=0.05)


@pytest.fixture(scope="session")
def whole(write: Write) -> Written:
    """The default set of the department scale."""
    return write()
