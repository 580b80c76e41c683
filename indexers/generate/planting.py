"""Which rows are damaged, at the stated rate, and the record of each in the manifest."""

from datetime import datetime
from typing import Any


class Planter:
    def __init__(self, seed: int, rate: float, now: datetime) -> None:
        self.planted: list[dict[str, Any]] = []

    def damage(self, kind: str, line: int, row: Any) -> bytes | None:
        return None
