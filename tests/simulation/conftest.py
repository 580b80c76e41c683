"""Two sets of the same seed, one healthy, one with defects, written once a session."""

import time
from collections import Counter, defaultdict
from collections.abc import Callable
from typing import Any

import pytest

from simulation.recipe import Options, generate
from simulation.scales import ScaleName
from slots.loading.requests import requests_in
from tests.simulation.sets import FEW, NOW, Written

Write = Callable[..., Written]


@pytest.fixture(scope="session")
def write(tmp_path_factory: pytest.TempPathFactory) -> Write:
    def written(**options: Any) -> Written:
        folder = tmp_path_factory.mktemp("generated")
        asked = {"scale": ScaleName.DEPARTMENT, "seed": 7, "now": NOW} | options
        start = time.process_time()
        manifest = generate(Options(**asked), folder)
        return Written(folder, manifest, time.process_time() - start)

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


@pytest.fixture(scope="session")
def parsed(whole: Written) -> dict[str, list[dict[str, Any]]]:
    """The slots of the editors' answers by flow, none of them refused."""
    found = defaultdict(list)
    for request in requests_in(whole.folder, Counter()):
        answer = request.parse(NOW)
        assert answer.rejected == []
        found[request.flow].extend(dict(slot) for slot in answer.slots)
    return dict(found)
