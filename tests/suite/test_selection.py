"""The tests of the suite itself: what runs at which speed, and that each test runs."""

import pytest

from tests.suite.repetitions import FULL, USUAL, Repetitions
from tests.suite.selection import (
    LONGEST_FIRST,
    find_marks,
    is_full_only,
    scheduling_scope,
    start_order,
)


class StubItem:
    """The parts of a test item that the selection reads."""

    def __init__(self, nodeid: str, fixtures: tuple[str, ...] = (), marks: tuple[str, ...] = ()):
        self.nodeid, self.fixturenames, self._marks = nodeid, fixtures, marks

    def get_closest_marker(self, name: str) -> str | None:
        return name if name in self._marks else None


@pytest.mark.parametrize(
    ("fixtures", "marks", "full_only"),
    [
        (("three_node_cluster",), (), True),
        (("split_cluster", "es"), (), True),
        (("es_url",), (), False),
        (("es_url",), ("full_run",), True),
    ],
)
def test_three_nodes_and_the_soak_are_for_full_runs(fixtures, marks, full_only):
    assert is_full_only(StubItem("tests/x.py::test_x", fixtures, marks)) is full_only


@pytest.mark.parametrize(
    ("fixtures", "marks"),
    [
        (("tmp_path", "es_url"), ["elastic"]),
        (("own_process",), ["heavy"]),
        (("es_url", "write_set"), ["elastic", "heavy"]),
        (("tmp_path",), []),
    ],
)
def test_fixtures_mark_what_a_quick_check_leaves_out(fixtures, marks):
    assert find_marks(StubItem("tests/x.py::test_x", fixtures)) == marks


def test_no_two_tests_have_one_node_id(request):
    nodeids = [item.nodeid for item in request.session.items]
    assert len(set(nodeids)) == len(nodeids)


def test_long_files_begin_and_a_slow_set_up_has_one_worker():
    assert start_order(f"{LONGEST_FIRST[0]}/test_x.py::test_x") == 0
    assert start_order("tests/api/test_me.py::test_x") == len(LONGEST_FIRST)
    scopes = {scheduling_scope(f"tests/cluster/{name}.py::t") for name in ("test_a", "test_b")}
    assert scopes == {"tests/cluster"}
    assert scheduling_scope("tests/api/test_me.py::test_x[a::b]") == "tests/api/test_me.py"


def test_a_full_run_repeats_more():
    for name in Repetitions.__slots__:
        assert getattr(FULL, name) >= getattr(USUAL, name)
    assert (FULL.kills, FULL.oracle_searches) == (50, 500)
