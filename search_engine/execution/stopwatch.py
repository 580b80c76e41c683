"""Milliseconds spent by stage, for the block ``took_ms`` of a page."""

from dataclasses import dataclass, field
from time import perf_counter


@dataclass(slots=True)
class Stopwatch:
    """Milliseconds by stage."""

    took: dict[str, float] = field(default_factory=dict)

    def stage(self, name: str) -> "Stage":
        """Time a ``with`` block; a stage entered twice adds up."""
        return Stage(self.took, name)


@dataclass(slots=True)
class Stage:
    """One stage, timed from entering to leaving it."""

    took: dict[str, float]
    name: str
    started: float = 0.0

    def __enter__(self) -> None:
        self.started = perf_counter()

    def __exit__(self, *_: object) -> None:
        elapsed = (perf_counter() - self.started) * 1000
        self.took[self.name] = round(self.took.get(self.name, 0.0) + elapsed, 3)
