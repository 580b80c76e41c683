"""What the tests of the generator share: a written set, a quarantine that remembers."""

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from indexers.quality.quarantine import Quarantine
from indexers.quality.reasons import Reason

NOW = datetime(2026, 11, 24, 7, 45, tzinfo=UTC)
"""A Tuesday morning."""
FEW = ("05", "2A", "48", "976")
"""Small departments: a leading zero, a letter, a desert, overseas."""


@dataclass(frozen=True)
class GeneratedSet:
    folder: Path
    manifest: dict[str, Any]

    def file(self, pattern: str) -> Path:
        (found,) = self.folder.glob(pattern)
        return found

    def lines(self, name: str) -> list[dict[str, Any]]:
        return [json.loads(line) for line in (self.folder / name).read_bytes().splitlines()]

    def find_defects(self, file: str, *treatments: str) -> list[dict[str, Any]]:
        return [
            one
            for one in self.manifest["planted"]
            if Path(one["file"]).match(file) and (not treatments or one["treatment"] in treatments)
        ]


@dataclass
class RecordingQuarantine(Quarantine):
    """A quarantine that keeps every event: (line, reason)."""

    rejections: set[tuple[int, str]] = field(default_factory=set)
    warnings: set[tuple[int, str]] = field(default_factory=set)

    def __init__(self) -> None:
        super().__init__("noted")
        self.rejections, self.warnings = set(), set()

    def reject(self, line: int, reason: Reason, raw: str, detail: str = "") -> None:
        super().reject(line, reason, raw, detail)
        self.rejections.add((line, reason.value))

    def warn(self, line: int, reason: Reason, raw: str) -> None:
        super().warn(line, reason, raw)
        self.warnings.add((line, reason.value))
