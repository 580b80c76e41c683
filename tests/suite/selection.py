"""Which tests run at which speed, by the fixtures they use, and in which order."""

import gc
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import pytest
from xdist.scheduler import LoadScopeScheduling

NODE_FIXTURES = frozenset({"es_url", "node_machine", "three_node_cluster", "split_cluster"})
"""Fixtures that start an Elasticsearch node: a test that reaches one is marked ``elastic``."""

HEAVY_FIXTURES = frozenset(
    {"own_process", "write_set", "large_input", "database_url", "postgres_url"}
)
"""A process of its own, a whole generated set, thousands of rows, a database: marked ``heavy``."""

CLUSTER_FIXTURES = frozenset({"three_node_cluster", "split_cluster"})
"""Fixtures of three nodes: their tests run in full only."""

MARKS = {"elastic": NODE_FIXTURES, "heavy": HEAVY_FIXTURES}

LONGEST_FIRST = (
    "tests/soak",
    "tests/cluster",
    "tests/night",
    "tests/elastic/node/test_embedded.py",
    "tests/api/test_contract.py",
    "tests/search_engine/query/test_facets_oracle.py",
    "tests/search_engine/test_oracle.py",
    "tests/search_engine/backend/test_hints.py",
    "tests/search_engine/query/test_radius.py",
    "tests/simulation",
)
"""Folders and files that begin a run: a long one begun last would keep one worker alone."""


ONE_WORKER = frozenset({"tests/cluster", "tests/simulation", "tests/relevance"})
"""Folders whose files share a slow set-up of the session, made in one worker only."""


class SelectionPlugin:
    """Marks, selects and orders the collected tests."""

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection_modifyitems(
        self, config: pytest.Config, items: list[pytest.Item]
    ) -> None:
        """Mark what needs a node or is heavy; without ``--full``, deselect what needs three."""
        for item in items:
            for mark in find_marks(item):
                item.add_marker(mark)
        if not config.getoption("--full"):
            kept, left_out = split_by_speed(items)
            if left_out:
                config.hook.pytest_deselected(items=left_out)
            items[:] = kept
        items.sort(key=lambda item: start_order(item.nodeid))
        separate_node_ids(items)

    def pytest_collection_finish(self) -> None:
        """Leave the collected tests, which stay to the end, out of collections of garbage."""
        gc.freeze()

    def pytest_xdist_make_scheduler(self, config: pytest.Config, log: Any) -> "FileScheduling":
        """Distribute whole files, the longest first."""
        config.option.loadscopereorder = False
        return FileScheduling(config, log)


def separate_node_ids(items: Sequence[pytest.Item]) -> None:
    """Give each test a node id of its own: pytest-xdist runs one test of each node id only.

    The tests that schemathesis makes of one function share theirs; their names hold the route.
    """
    counts = Counter(item.nodeid for item in items)
    for item in items:
        if counts[item.nodeid] > 1:
            label = item.name.partition("[")[2].removesuffix("]")
            item._id = item.id.with_params(label)


def fixture_names(item: pytest.Item) -> Sequence[str]:
    """Every fixture that the test reaches, through others too."""
    names: Sequence[str] = getattr(item, "fixturenames", ())
    return names


def find_marks(item: pytest.Item) -> list[str]:
    """The marks that the fixtures of a test give it."""
    used = fixture_names(item)
    return [mark for mark, fixtures in MARKS.items() if not fixtures.isdisjoint(used)]


def split_by_speed(
    items: Iterable[pytest.Item],
) -> tuple[list[pytest.Item], list[pytest.Item]]:
    """The tests of every run, and those of a full run only."""
    kept: list[pytest.Item] = []
    left_out: list[pytest.Item] = []
    for item in items:
        (left_out if is_full_only(item) else kept).append(item)
    return kept, left_out


def is_full_only(item: pytest.Item) -> bool:
    """True for a test marked ``full_run``, or of three nodes."""
    needs_cluster = not CLUSTER_FIXTURES.isdisjoint(fixture_names(item))
    return needs_cluster or item.get_closest_marker("full_run") is not None


def start_order(nodeid: str) -> int:
    """Position of the file in ``LONGEST_FIRST``; all others follow, in their own order."""
    places = (at for at, path in enumerate(LONGEST_FIRST) if nodeid.startswith(path))
    return next(places, len(LONGEST_FIRST))


def scheduling_scope(nodeid: str) -> str:
    """The unit that one worker runs whole: a file, or a folder of ``ONE_WORKER``."""
    file = nodeid.partition("::")[0]
    folder = str(Path(file).parent)
    return folder if folder in ONE_WORKER else file


class FileScheduling(LoadScopeScheduling):  # type: ignore[misc]
    """Gives scopes to workers in the order of the collected tests."""

    def _split_scope(self, nodeid: str) -> str:
        return scheduling_scope(nodeid)
