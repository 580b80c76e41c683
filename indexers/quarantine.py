"""Rows a load sets aside: counted by reason, written with their line, bounded in memory.

A bad row never rejects its file; a source with too many of them stops the load (see ``ratio``).
"""

from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import IO, cast

import orjson

from indexers.reasons import Reason

SAMPLES_PER_REASON = 20
"""Rows kept in memory for each reason, so that a report can show some."""

MAX_RAW = 2_000
"""Characters kept of a raw row."""


@dataclass(frozen=True, slots=True)
class SetAside:
    """One row set aside or warned about; ``line`` is 1 for the first line of the file."""

    source: str
    line: int
    reason: Reason
    raw: str

    def as_json(self) -> bytes:
        """The row as a line of a quarantine file."""
        fields = {"source": self.source, "line": self.line, "reason": self.reason, "raw": self.raw}
        return orjson.dumps(fields, option=orjson.OPT_APPEND_NEWLINE)


class Quarantine:
    """What one source gave that was not kept, and what was kept with a warning.

    ``read`` counts the rows seen, headers excluded; the reader of the source raises it.
    ``unknown`` counts columns and keys the reader does not know, by name.
    With ``path``, each rejected row is also written there as JSON Lines.
    """

    def __init__(self, source: str, path: Path | None = None) -> None:
        self.source = source
        self.path = path
        self.read = 0
        self.rejected: Counter[Reason] = Counter()
        self.warned: Counter[Reason] = Counter()
        self.skipped: Counter[Reason] = Counter()
        self.unknown: Counter[str] = Counter()
        self.samples: dict[Reason, list[SetAside]] = {}
        self._file: IO[bytes] | None = None
        self._mode = "wb"

    def reject(self, line: int, reason: Reason, raw: str) -> None:
        """Set a row aside: it is damaged and nothing of it is kept."""
        self.rejected[reason] += 1
        row = self._sampled(line, reason, raw)
        if self.path is not None:
            self._write(row)

    def warn(self, line: int, reason: Reason, raw: str) -> None:
        """Note something wrong in a row that is kept."""
        self.warned[reason] += 1
        if len(self.samples.get(reason, ())) < SAMPLES_PER_REASON:
            self._sampled(line, reason, raw)

    def skip(self, reason: Reason) -> None:
        """Count a healthy row that is not shown; no part of ``ratio``."""
        self.skipped[reason] += 1

    @property
    def ratio(self) -> float:
        """Rejected rows over rows seen, from 0 to 1; 0 when nothing was seen."""
        return self.rejected.total() / self.read if self.read else 0.0

    def close(self) -> None:
        """Close the quarantine file; counting may go on, writing opens it again."""
        if self._file is not None:
            self._file.close()
            self._file = None

    def __enter__(self) -> "Quarantine":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _sampled(self, line: int, reason: Reason, raw: str) -> SetAside:
        row = SetAside(self.source, line, reason, raw[:MAX_RAW])
        kept = self.samples.setdefault(reason, [])
        if len(kept) < SAMPLES_PER_REASON:
            kept.append(row)
        return row

    def _write(self, row: SetAside) -> None:
        if self._file is None and self.path is not None:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self._file = cast("IO[bytes]", self.path.open(self._mode))
            self._mode = "ab"
        if self._file is not None:
            self._file.write(row.as_json())
