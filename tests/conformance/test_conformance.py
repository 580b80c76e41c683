"""docs/conformance.md names, for every number done, tests that exist and passed in this run."""

import ast
import csv
import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
TABLE = ROOT / "docs" / "conformance.md"
SUBJECTS = Path(__file__).with_name("subjects.csv")


def subjects() -> dict[str, str]:
    """The subject of every number this product speaks of."""
    return {row["number"]: row["subject"] for row in csv.DictReader(SUBJECTS.open())}


def rows() -> list[tuple[str, list[tuple[str, str]]]]:
    """(number, [(file, test)]) of each row of the table."""
    found = []
    for line in TABLE.read_text("utf-8").splitlines():
        if match := re.match(r"\| ([FWEC]\d+) \|", line):
            named = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", line)
            found.append((match[1], named))
    return found


def find_test_names(path: Path) -> set[str]:
    """The names of the test functions of a file."""
    tree = ast.parse(path.read_text("utf-8"))
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
    return {node.name for node in ast.walk(tree) if isinstance(node, kinds)}


def test_every_named_test_exists():
    listed = rows()
    assert listed, "the table is empty: run `make conformance`"
    missing = [
        f"{number}: {file}::{name}"
        for number, named in listed
        for file, name in named
        if not (ROOT / file).exists() or name not in find_test_names(ROOT / file)
    ]
    assert not missing
    assert all(named for _, named in listed)


def test_every_named_test_of_this_run_passed(conformance):
    wanted = {f"{file}::{name}" for _, named in rows() for file, name in named}
    not_passed = sorted((wanted & conformance.collected) - conformance.passed)
    assert not not_passed


def test_the_table_says_what_the_tests_say(conformance):
    """Only a run of the whole suite can tell; a run of one file checks its own rows."""
    written = {number: {f"{f}::{n}" for f, n in named} for number, named in rows()}
    for number, tests in conformance.numbers.items():
        assert tests <= written.get(number, set()), f"{number}: run `make conformance`"


def test_every_number_has_a_subject(conformance):
    assert set(conformance.numbers) | {number for number, _ in rows()} <= set(subjects())
