"""Checks of a file as a whole, against what its source gave at its last load (traps 5, 9, 11).

A fault refuses the run unless ``--accept-drift`` is given; a warning goes to the report.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum

from indexers.quality.gate import DRIFT_ALLOWANCE, GateClosedError
from indexers.quality.quarantine import Quarantine
from indexers.quality.reasons import Reason
from mappings.formats import FORMATS
from records.trail.last_loads import SourceLoad

MIN_SHARE = 0.95
"""Share of the rows, and of the bytes, of the last load that a file must have."""
MIN_BYTES = 1_000_000
"""Files smaller than this at the last load are compared by rows only."""
MAX_ODD_LINES = 0.01
"""Share of lines of the RPPS that may not be UTF-8, or have lost a character."""
MAX_AGE = timedelta(days=35)
"""Age from which an edition is reported: a month's file and the days until the next one."""
DAILY_MAX_AGE = timedelta(days=7)
"""The same for the RPPS, which is published daily."""

UTF8_SOURCES = ("rpps", "rpps-skills")
"""Sources that are UTF-8 by specification; the legacy FINESS was wholly Windows-1252 once."""


class FileFault(StrEnum):
    """Faults of a file as a whole."""

    EMPTY = "empty_file"
    TRUNCATED = "truncated_file"
    MIXED_ENCODING = "mixed_encoding"


class FileRefusedError(GateClosedError):
    """Files are not fit to be indexed; ``faults`` are their codes, ``problems`` the sentences."""

    def __init__(self, findings: "Findings") -> None:
        super().__init__(list(findings.faults.values()), "Or go on knowingly with --accept-drift.")
        self.faults = [fault for _, fault in findings.faults]


@dataclass(slots=True)
class Findings:
    """Faults by source and code, and warnings, one sentence each."""

    faults: dict[tuple[str, FileFault], str] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)


def check_files(
    loads: Iterable[SourceLoad],
    last: Mapping[str, SourceLoad],
    quarantines: Iterable[Quarantine],
    today: date,
) -> Findings:
    """Faults and warnings of the files just read; ``last`` are the last completed loads."""
    found = Findings()
    for load in loads:
        before = last.get(load.source)
        _check_size(load, before, found)
        found.warnings += [*_same_bytes_warnings(load, before), *_age_warnings(load, today)]
    for quarantine in quarantines:
        _check_encoding(quarantine, found)
    return found


def _check_size(load: SourceLoad, before: SourceLoad | None, found: Findings) -> None:
    had_rows = before is not None and before.rows > 0
    if not load.rows and (had_rows or load.source not in FORMATS):
        found.faults[load.source, FileFault.EMPTY] = (
            f"{load.file} holds no row of {load.source}: download or export it again"
        )
    elif before is not None and (fewer := _describe_loss(load, before)):
        found.faults[load.source, FileFault.TRUNCATED] = (
            f"{load.file} has {fewer} of the last load: it was cut on its way, download it again"
        )


def _describe_loss(load: SourceLoad, before: SourceLoad) -> str:
    """``900 rows, fewer than 95 % of the 1,000``, or the same in bytes; "" when large enough."""
    same_form = form_of_name(load.file) == form_of_name(before.file)
    if same_form or load.source in FORMATS:
        lost = before.rows - load.rows
        if lost > max(before.rows * (1 - MIN_SHARE), DRIFT_ALLOWANCE):
            return f"{load.rows:,} rows, fewer than {MIN_SHARE:.0%} of the {before.rows:,}"
    if same_form and before.bytes >= MIN_BYTES and load.bytes < before.bytes * MIN_SHARE:
        return f"{load.bytes:,} bytes, fewer than {MIN_SHARE:.0%} of the {before.bytes:,}"
    return ""


def form_of_name(file: str) -> str:
    """A file name without its day: two editions of one form have the same."""
    return re.sub(r"\d{6,}", "#", file)


def _same_bytes_warnings(load: SourceLoad, before: SourceLoad | None) -> Iterator[str]:
    """The same bytes under a newer day: nothing left the source since, which is never true.

    A warning also for the RPPS: refusing would keep the very same rows live, and hold back the
    settings and slots of the day.
    """
    if before is None or load.sha256 != before.sha256 or load.file == before.file:
        return
    yield (
        f"{load.file} holds the same bytes as {before.file}, loaded on "
        f"{before.loaded_at:%Y-%m-%d}: its publication is frozen, look for its successor"
    )


def _age_warnings(load: SourceLoad, today: date) -> Iterator[str]:
    limit = DAILY_MAX_AGE if load.source in UTF8_SOURCES else MAX_AGE
    if load.edition is not None and today - load.edition > limit:
        age = (today - load.edition).days
        yield (f"{load.file} is of {load.edition}, {age} days old: download the current edition")


def _check_encoding(quarantine: Quarantine, found: Findings) -> None:
    odd = quarantine.warned[Reason.NOT_UTF8] + quarantine.warned[Reason.LOST_CHARACTER]
    if quarantine.source in UTF8_SOURCES and odd > quarantine.read * MAX_ODD_LINES:
        found.faults[quarantine.source, FileFault.MIXED_ENCODING] = (
            f"{odd:,} of {quarantine.read:,} lines of {quarantine.source} are not UTF-8 or lost "
            "characters: it was saved again by another program, download the original"
        )
