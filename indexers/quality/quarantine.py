"""Rows a load sets aside: counted by reason, written with their line, bounded in memory.

A bad row never rejects its file; a source with too many of them stops the load (see ``ratio``).
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType, TracebackType
from typing import IO, NamedTuple, cast

import orjson

from indexers.quality.reasons import Reason
from mappings.state_file import name_path_of_error, replace_file

SAMPLES_PER_REASON = 20
"""Rows kept in memory for each reason, so that a report can show some."""

MAX_RAW = 1_000_000
"""Characters kept of a raw row: a FINESS site with 150 addresses has some 100,000, other rows
2,000. A longer one is two rows run together by the hundred, and nothing to correct by hand."""

SAMPLE_RAW = 20_000
"""Characters of a row kept as a sample in memory; its quarantine file has ``MAX_RAW``."""

MAX_UNKNOWN, LONGEST_NAME, OTHER_NAMES = 1_000, 200, "..."
"""Unknown names counted apart, characters kept of each, and the name of the rest."""

LAYOUT = ".layout.json"
"""End of the name of the file that keeps the layout of a source, beside its quarantine file."""

NO_CORRECTIONS: Mapping[str, str] = MappingProxyType({})


class Layout(NamedTuple):
    """How a source writes its rows: the end of its file name, the text before, between and after.

    ``opening + joint.join(rows) + closing`` is a file its reader takes.
    """

    suffix: str
    opening: str = ""
    joint: str = "\n"
    closing: str = "\n"


@dataclass(frozen=True, slots=True)
class QuarantinedRow:
    """One row set aside or warned about; ``line`` is 1 for the first line of the file.

    ``raw`` is the row as published, ``detail`` the wrong field when it is known.
    """

    source: str
    line: int
    reason: Reason
    raw: str
    detail: str = ""

    def as_json(self) -> bytes:
        """The row as a line of a quarantine file."""
        fields: dict[str, object] = {
            "source": self.source,
            "line": self.line,
            "reason": self.reason,
            "raw": self.raw,
        }
        if self.detail:
            fields["detail"] = self.detail
        return orjson.dumps(fields, option=orjson.OPT_APPEND_NEWLINE)


class Quarantine:
    """The rows of one source that were not kept, and those kept with a warning.

    ``read`` counts the rows seen, headers excluded; the reader of the source raises it.
    ``unknown`` counts columns and keys the reader does not know, by name; ``points`` the
    refusals, repairs and assumptions of locating (codes of ``geography.reasons``).
    With ``path``, each rejected row is also written there as JSON Lines, and how the source
    writes its rows (``layout``, set by its reader) beside it.
    ``corrections`` are corrected rows by the damaged row they replace: such a row is not
    rejected, and its correction waits in ``pending_corrections``
    (docs/how-to/correct-refused-rows.md).
    """

    def __init__(
        self,
        source: str,
        path: Path | None = None,
        corrections: Mapping[str, str] = NO_CORRECTIONS,
    ) -> None:
        self.source = source
        self.path = path
        self.corrections = corrections
        self.points: Counter[str] = Counter()
        self.pending_corrections: list[str] = []
        self.corrected = 0
        self.layout: Layout | None = None
        self.read = 0
        self.rejected: Counter[Reason] = Counter()
        self.warned: Counter[Reason] = Counter()
        self.skipped: Counter[Reason] = Counter()
        self.unknown: Counter[str] = Counter()
        self.samples: dict[Reason, list[QuarantinedRow]] = {}
        self._file: IO[bytes] | None = None
        self._mode = "wb"

    def reject(self, line: int, reason: Reason, raw: str, detail: str = "") -> None:
        """Set a row aside: it is damaged and nothing of it is kept, unless it was corrected."""
        if raw in self.corrections:
            self.pending_corrections.append(self.corrections[raw])
            return
        self.rejected[reason] += 1
        self._add_sample(line, reason, raw, detail)
        if self.path is not None:
            self._write(QuarantinedRow(self.source, line, reason, raw[:MAX_RAW], detail))

    def warn(self, line: int, reason: Reason, raw: str) -> None:
        """Note something wrong in a row that is kept."""
        self.warned[reason] += 1
        self._add_sample(line, reason, raw)

    def take_pending_corrections(self) -> list[str]:
        """The corrected rows not read yet; they were counted as their damaged ones."""
        rows, self.pending_corrections = self.pending_corrections, []
        self.corrected += len(rows)
        self.read -= len(rows)
        return rows

    def count_unknown(self, names: Iterable[str]) -> None:
        """Count columns or keys the reader does not know; of very many, the first ones by name."""
        for name in names:
            shown = name[:LONGEST_NAME]
            known = shown in self.unknown or len(self.unknown) < MAX_UNKNOWN
            self.unknown[shown if known else OTHER_NAMES] += 1

    def skip(self, reason: Reason) -> None:
        """Count a healthy row that is not shown; no part of ``ratio``."""
        self.skipped[reason] += 1

    @property
    def ratio(self) -> float:
        """Rejected rows over rows seen, from 0 to 1; 0 when nothing was seen."""
        return self.rejected.total() / self.read if self.read else 0.0

    def close(self) -> None:
        """Close the quarantine file; counting may go on, writing opens it again."""
        if self._file is not None and self.path is not None:
            closed, self._file = self._file, None
            with name_path_of_error(self.path):
                closed.close()

    def __enter__(self) -> "Quarantine":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _add_sample(self, line: int, reason: Reason, raw: str, detail: str = "") -> None:
        kept = self.samples.setdefault(reason, [])
        if len(kept) < SAMPLES_PER_REASON:
            kept.append(QuarantinedRow(self.source, line, reason, raw[:SAMPLE_RAW], detail))

    def _write(self, row: QuarantinedRow) -> None:
        if self.path is None:
            return
        with name_path_of_error(self.path):
            if self._file is None:
                self.path.parent.mkdir(parents=True, exist_ok=True)
                self._file = cast("IO[bytes]", self.path.open(self._mode))
                self._mode = "ab"
                self._write_layout(self.path)
            self._file.write(row.as_json())

    def _write_layout(self, path: Path) -> None:
        if self.layout is not None:
            replace_file(path.with_suffix(LAYOUT), orjson.dumps(self.layout._asdict()))
