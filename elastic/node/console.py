"""Output of the node, searched for the reason of a failed start."""

import re
from pathlib import Path

_FAILURE_LINE = re.compile(r"\b(ERROR|FATAL|fatal|failed|unknown setting|refus)|Exception\b|Error:")
_LOW_SEVERITY = re.compile(r"^\[[^\]]*\]\[(?:TRACE|DEBUG|INFO|WARN) *\]")
_BIND_FAILURE = re.compile(r"Failed to bind to [\d.]+:(\d+)")
_UNINFORMATIVE = re.compile(
    r"^\s*Suppressed: |^\s+at |^\s*\.\.\. \d+ more|"
    r"died while starting up|exited (?:unexpectedly|with)|"
    r"^ERROR: Elasticsearch did not exit normally|^Likely root cause"
)
LONGEST = 400
"""Characters of a line worth showing."""


def last_meaningful_line(text: str) -> str:
    """The last line about a failure, else the last line."""
    lines = [
        line.strip()
        for line in text.splitlines()
        if line.strip() and not _UNINFORMATIVE.search(line)
    ]
    telling = [
        line for line in lines if _FAILURE_LINE.search(line) and not _LOW_SEVERITY.match(line)
    ]
    return (telling or lines or ["nothing was printed"])[-1][:LONGEST]


def find_refused_port(text: str) -> int | None:
    """The port the node could not listen on, None when it ended for another reason."""
    match = _BIND_FAILURE.search(text)
    return int(match[1]) if match else None


def read_console(file: Path) -> str:
    """The output so far."""
    try:
        return file.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
