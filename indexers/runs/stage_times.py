"""How long each stage of a run took, and the memory it needed at most."""

import resource
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field

BYTES_PER_UNIT = 1 if sys.platform == "darwin" else 1024
"""``getrusage`` counts kibibytes, except on macOS."""


@dataclass(slots=True)
class StageTimes:
    """Seconds by stage, in the order in which the stages began; the last one may be under way."""

    clock: Callable[[], float] = time.monotonic
    """Seconds that never go back."""
    _begun: list[tuple[str, float]] = field(default_factory=list)
    _ended: float | None = None

    @property
    def current(self) -> str | None:
        """The stage under way, or where the run stopped; None before the first."""
        return self._begun[-1][0] if self._begun else None

    def begin(self, stage: str) -> None:
        """A stage begins, and the one before it ends."""
        self._begun.append((stage, self.clock()))
        self._ended = None

    def end(self) -> None:
        """The last stage ends."""
        self._ended = self.clock()

    def seconds(self) -> dict[str, float]:
        """Seconds by stage; a stage that came back counts as one."""
        last = self.clock() if self._ended is None else self._ended
        ends = [begun for _, begun in [*self._begun, ("", last)]][1:]
        found: dict[str, float] = {}
        for (stage, begun), end in zip(self._begun, ends, strict=True):
            found[stage] = round(found.get(stage, 0.0) + end - begun, 3)
        return found


def peak_memory_bytes() -> int:
    """Most memory this process held at once since it began, without its children."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * BYTES_PER_UNIT
