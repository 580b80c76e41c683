"""Records what the marked tests prove, and fails a run in which one of them did not pass.

Under pytest-xdist every worker collects the marks, and the controller sees all outcomes: it alone
judges the run.
"""

from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.conformance.recorder import Conformance, read_table

CONFORMANCE_TABLE = Path(__file__).parents[2] / "docs" / "conformance.md"
CONFORMANCE_SUBJECTS = Path(__file__).with_name("subjects.csv")


class ConformancePlugin:
    """Holds the record of this process, and compares it with the table at the end."""

    def __init__(self) -> None:
        self.record = Conformance()
        self.not_passed: list[str] = []

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection_modifyitems(
        self, config: pytest.Config, items: list[pytest.Item]
    ) -> None:
        """Note every mark; with ``--write-conformance``, write the table.

        It runs before tests are deselected: the table does not depend on the speed of the run.
        """
        for item in items:
            numbers = [n for mark in item.iter_markers("proves") for n in mark.args]
            self.record.collect(name_test(item.nodeid), numbers)
        if config.getoption("--write-conformance"):
            self.record.write(CONFORMANCE_TABLE, CONFORMANCE_SUBJECTS)

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Note the tests that this process runs."""
        self.record.select(name_test(item.nodeid) for item in session.items)

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_node_collection_finished(self, node: object, ids: Sequence[str]) -> None:
        """Note, in the controller, the tests that the workers share."""
        self.record.select(map(name_test, ids))

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Note the outcome of each test body, and any failure around it."""
        if report.when == "call" or report.failed:
            self.record.finish(name_test(report.nodeid), report.outcome)

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Fail a run that seems to succeed while a selected test of the table did not pass."""
        is_worker = hasattr(session.config, "workerinput")
        if is_worker or session.config.option.collectonly or session.exitstatus != 0:
            return
        named = {test for tests in read_table(CONFORMANCE_TABLE).values() for test in tests}
        self.not_passed = self.record.find_not_passed(named)
        if self.not_passed:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """List the tests of the table that did not pass."""
        for test in self.not_passed:
            terminalreporter.write_line(f"docs/conformance.md names {test}: it did not pass")


def name_test(nodeid: str) -> str:
    """The test as ``file::function``, its parameters left out."""
    return nodeid.partition("[")[0]
