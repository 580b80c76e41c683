"""The marks of the tests, their outcomes, and the table of docs/conformance.md."""

import csv
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

HEADER = """# Conformance

Tests of each number: F features to match or beat, W known faults to avoid, E edge cases of editors'
answers, C requirements of the exchange. Written by `make conformance` from the marks of the tests;
the suite fails when a test named here is missing or did not pass.

| number | subject | tests |
|---|---|---|
"""


@dataclass
class Conformance:
    """Tests are named ``file::function``, parameters left out."""

    numbers: dict[str, set[str]] = field(default_factory=dict)
    collected: set[str] = field(default_factory=set)
    selected: set[str] = field(default_factory=set)
    passed: set[str] = field(default_factory=set)
    failed: set[str] = field(default_factory=set)

    def collect(self, test: str, numbers: list[str]) -> None:
        """Note a collected test and the numbers it is marked with."""
        self.collected.add(test)
        for number in numbers:
            self.numbers.setdefault(number, set()).add(test)

    def select(self, tests: Iterable[str]) -> None:
        """Note tests that this run executes."""
        self.selected.update(tests)

    def finish(self, test: str, outcome: str) -> None:
        """Note the outcome of one run of a test: passed only when every parameter passed."""
        (self.passed if outcome == "passed" else self.failed).add(test)
        self.passed -= self.failed

    def find_not_passed(self, named: set[str]) -> list[str]:
        """Those of the named tests that were selected and did not pass, in order."""
        return sorted((named & self.selected) - self.passed)

    def write(self, path: Path, subjects: Path) -> None:
        """Write the table, sorted by letter and number."""
        known = {row["number"]: row["subject"] for row in csv.DictReader(subjects.open())}
        order = sorted(self.numbers, key=lambda n: ("FWEC".index(n[0]), int(n[1:])))
        named = {n: "<br>".join(f"`{test}`" for test in sorted(self.numbers[n])) for n in order}
        lines = [f"| {n} | {known.get(n, '')} | {named[n]} |" for n in order]
        path.write_text(HEADER + "\n".join(lines) + "\n", "utf-8")


def read_table(path: Path) -> dict[str, list[str]]:
    """The tests of each number of the table, as ``file::function``."""
    rows: dict[str, list[str]] = {}
    for line in path.read_text("utf-8").splitlines():
        if match := re.match(r"\| ([FWEC]\d+) \|", line):
            rows[match[1]] = re.findall(r"`(tests/[\w/]+\.py::\w+)`", line)
    return rows
