"""Notice of a failure: one shape, counts and our own sentences, never a row of a file."""

import re
import socket
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

from elastic.names import offers_alias
from elastic.settings import BadSetting, read_elastic_settings

VERSION = 1
"""Incremented when a member changes meaning or disappears; members may be added."""
MAX_SENTENCE = 600
FAILED, TEST = "run_failed", "test"


@dataclass(frozen=True, slots=True)
class Notice:
    """One notice; every member is always present, null when unknown."""

    event: str
    """``run_failed`` or ``test``."""
    command: str
    """The command after ``sas``, without its options."""
    run: str | None
    """Name of the run, for ``sas report RUN``."""
    index: str | None
    """Alias of the index of offers."""
    code: str
    """Kind of failure: ``gate_closed``, ``lock_taken``, ``interrupted_run``..."""
    exit_code: int
    sentence: str
    stage: str | None
    """The current stage."""
    host: str
    at: str
    """UTC, ``2026-11-23T02:10:00Z``."""

    def as_json(self) -> dict[str, Any]:
        """The body sent to a webhook."""
        return {"version": VERSION, **asdict(self)}

    def subject(self) -> str:
        """The subject of a mail."""
        what = "test message" if self.event == TEST else f"{self.command} failed ({self.code})"
        return f"[SAS {self.host}] {what}"

    def text(self) -> str:
        """The text of a mail: the sentence, then each member."""
        members = (f"{name}: {value}" for name, value in self.as_json().items() if value)
        return "\n".join([self.sentence, "", *members, ""])


def build_notice(  # noqa: PLR0917 - the members of a notice
    event: str,
    command: str,
    code: str,
    exit_code: int,
    sentence: str,
    now: datetime,
    *,
    run: str | None = None,
    stage: str | None = None,
) -> Notice:
    """A notice of this machine at ``now``; the sentence on one line, cut when it is long."""
    at = now.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    line = " ".join(sentence.split())
    line = line if len(line) <= MAX_SENTENCE else f"{line[: MAX_SENTENCE - 1]}…"
    return Notice(
        event, command, run, _alias(), code, exit_code, line, stage, socket.gethostname(), at
    )


def failure_code(error: BaseException | None) -> str:
    """``GateClosedError`` is ``gate_closed``; ``failed`` when a command ended without error."""
    if error is None:
        return "failed"
    name = type(error).__name__.removesuffix("Error")
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()


def _alias() -> str | None:
    try:
        return offers_alias(read_elastic_settings().index_prefix)
    except BadSetting:
        return None
