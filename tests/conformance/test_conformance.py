"""docs/conformance.md names, for every number done, tests that exist and pass."""

import ast
import csv
from functools import cache
from pathlib import Path

from tests.conformance.plugin import CONFORMANCE_SUBJECTS, CONFORMANCE_TABLE
from tests.conformance.recorder import Conformance, read_table

ROOT = Path(__file__).parents[2]
ONE, OTHER = "tests/a/test_a.py::test_one", "tests/a/test_a.py::test_other"


def subjects() -> dict[str, str]:
    """The subject of every number this product speaks of."""
    return {row["number"]: row["subject"] for row in csv.DictReader(CONFORMANCE_SUBJECTS.open())}


@cache
def find_test_names(path: Path) -> set[str]:
    """The names of the test functions of a file."""
    tree = ast.parse(path.read_text("utf-8"))
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
    return {node.name for node in ast.walk(tree) if isinstance(node, kinds)}


def exists(test: str) -> bool:
    file, _, name = test.partition("::")
    return (ROOT / file).exists() and name in find_test_names(ROOT / file)


def test_every_named_test_exists():
    table = read_table(CONFORMANCE_TABLE)
    assert table, "the table is empty: run `make conformance`"
    missing = [
        f"{number}: {test}" for number, tests in table.items() for test in tests if not exists(test)
    ]
    assert not missing
    assert all(table.values())


def test_the_table_agrees_with_the_marks(conformance):
    """Every row in a run of the whole suite; in a run of one file, its own rows."""
    table = read_table(CONFORMANCE_TABLE)
    for number, tests in conformance.numbers.items():
        assert tests <= set(table.get(number, ())), f"{number}: run `make conformance`"


def test_every_number_has_a_subject(conformance):
    assert set(conformance.numbers) | set(read_table(CONFORMANCE_TABLE)) <= set(subjects())


def test_only_a_selected_test_that_passed_counts():
    record = Conformance()
    record.select([ONE, OTHER])
    record.finish(ONE, "passed")
    assert record.find_not_passed({ONE, OTHER, "tests/a/test_a.py::test_of_full_runs"}) == [OTHER]


def test_one_failed_parameter_is_a_failed_test():
    record = Conformance()
    record.select([ONE])
    for outcome in ("passed", "failed", "passed"):
        record.finish(ONE, outcome)
    assert record.find_not_passed({ONE}) == [ONE]
