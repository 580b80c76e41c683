"""The record of a run: kept in its folder whatever happens, a failure included."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

import structlog

from indexers.quality.gate import GateClosedError
from indexers.report.page import render_page
from indexers.runs import folder
from indexers.runs.interruption import open_uninterruptible_section
from indexers.runs.progress import ProgressListener
from indexers.runs.stage_times import peak_memory_bytes
from mappings.instants import utc_text

_log = structlog.get_logger(__name__)

Clock = Callable[[], datetime]
Counts = Callable[[], dict[str, Any]]
"""The counts of a run as plain values, as far as it has come."""


class RunOutcome(StrEnum):
    """How a run ended."""

    DONE = "done"
    REFUSED = "refused"
    """The gate stayed closed."""
    STOPPED = "stopped"
    """By a signal or by the person who had started it."""
    FAILED = "failed"


@dataclass(slots=True)
class RunRecord:
    """One run, from its start to its end."""

    command: str
    """The words typed after ``sas``."""
    started: datetime
    ended: datetime
    outcome: RunOutcome
    seconds: dict[str, float]
    """By stage, in their order."""
    stopped_at: str | None = None
    """The stage under way when it did not end well."""
    error: dict[str, Any] | None = None
    """``kind`` and ``sentence``; all ``problems`` when the gate stayed closed."""

    def as_json(self) -> dict[str, Any]:
        """The record as plain values; an unknown value is absent."""
        fields = {
            "command": self.command,
            "outcome": self.outcome.value,
            "started": utc_text(self.started),
            "ended": utc_text(self.ended),
            "seconds": round((self.ended - self.started).total_seconds(), 3),
            "stages": self.seconds,
            "peak_memory_bytes": peak_memory_bytes(),
            "stopped_at": self.stopped_at,
            "error": self.error,
        }
        return {name: value for name, value in fields.items() if value is not None}


@contextmanager
def record_run(
    run: Path, command: str, listener: ProgressListener, clock: Clock, counts: Counts
) -> Iterator[None]:
    """Keep the report of the body in the folder of the run, also when the body fails.

    ``counts`` may hold ``refused``, why the gate would not open. A report that cannot be kept
    adds a note to the failure of the body; after a body that ended well, ``OSError`` is raised.
    """
    started = clock()

    def record(outcome: RunOutcome, **failure: Any) -> RunRecord:
        listener.times.end()
        return RunRecord(command, started, clock(), outcome, listener.times.seconds(), **failure)

    try:
        yield
    except BaseException as error:
        failure = {"stopped_at": listener.times.current, "error": describe_failure(error)}
        with open_uninterruptible_section():
            _write_failure_record(error, run, record(classify_outcome(error), **failure), counts)
        raise
    outcome = RunOutcome.REFUSED if counts().get("refused") else RunOutcome.DONE
    _write_run_record(run, record(outcome), counts)


def classify_outcome(error: BaseException) -> RunOutcome:
    """How a run ended that raised."""
    if isinstance(error, GateClosedError):
        return RunOutcome.REFUSED
    return RunOutcome.FAILED if isinstance(error, Exception) else RunOutcome.STOPPED


def describe_failure(error: BaseException) -> dict[str, Any]:
    """The name of an error, its sentence with the notes added on the way, problems of the gate."""
    sentence = " ".join([str(error), *getattr(error, "__notes__", ())])
    failure = {"kind": type(error).__name__, "sentence": sentence}
    if isinstance(error, GateClosedError):
        return {**failure, "problems": error.problems}
    return failure


def _write_run_record(run: Path, record: RunRecord, counts: Counts) -> None:
    report = {"run": record.as_json(), **counts()}
    folder.write_report(run, report)
    _write_run_page(run, report)


def _write_run_page(run: Path, report: dict[str, Any]) -> None:
    """Write the page beside the report; a failure to draw it does not fail the run."""
    try:
        folder.write_page(run, render_page(run.name, report))
    except Exception as error:
        _log.warning("report_not_drawn", run=run.name, error=type(error).__name__)


def _write_failure_record(
    error: BaseException, run: Path, record: RunRecord, counts: Counts
) -> None:
    """Keep the report of a run that failed; its own failure stays the one reported."""
    try:
        _write_run_record(run, record, counts)
    except OSError as lost:
        error.add_note(f"Its report could not be kept in {run}: {lost.strerror}.")
