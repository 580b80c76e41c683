"""Two sets of the same seed, one healthy, one with defects, written once a session."""

from collections import Counter, defaultdict
from collections.abc import Callable
from typing import Any

import pytest

from simulation.recipe import Options, generate_dataset
from simulation.scales import ScaleName
from slots.loading.requests import read_requests
from tests.simulation.generated_set import FEW, NOW, GeneratedSet

Write = Callable[..., GeneratedSet]


@pytest.fixture(scope="session")
def write_set(tmp_path_factory: pytest.TempPathFactory) -> Write:
    def generate(**options: Any) -> GeneratedSet:
        folder = tmp_path_factory.mktemp("generated")
        options = {"scale": ScaleName.DEPARTMENT, "seed": 7, "now": NOW, **options}
        return GeneratedSet(folder, generate_dataset(Options(**options), folder))

    return generate


@pytest.fixture(scope="session")
def healthy_set(write_set: Write) -> GeneratedSet:
    return write_set(departments=FEW)


@pytest.fixture(scope="session")
def faulty_set(write_set: Write) -> GeneratedSet:
    return write_set(departments=FEW, defects=0.05)


@pytest.fixture(scope="session")
def default_set(write_set: Write) -> GeneratedSet:
    """The default set of the department scale."""
    return write_set()


@pytest.fixture(scope="session")
def slots_by_flow(default_set: GeneratedSet) -> dict[str, list[dict[str, Any]]]:
    """The slots of the editors' answers by flow, none of them refused."""
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for request in read_requests(default_set.folder, Counter()):
        answer = request.parse(NOW)
        assert answer.rejected == []
        found[request.flow].extend(dict(slot) for slot in answer.slots)
    return dict(found)
