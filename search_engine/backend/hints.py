"""What the index told earlier searches, so that the page is asked together with the question. Every
answer corrects it, so nothing is ever shown out of it."""

from collections.abc import Hashable
from dataclasses import dataclass, field
from typing import Generic, NamedTuple, TypeVar

KeyT = TypeVar("KeyT", bound=Hashable)
ToldT = TypeVar("ToldT")

MOST = 100_000
"""Answers kept: the communes of the country, or its departments by what is looked for there."""


@dataclass(frozen=True, slots=True)
class Memory(Generic[KeyT, ToldT]):
    """The last answer by question; when it is full it starts again. No person is ever a key."""

    known: dict[KeyT, ToldT] = field(default_factory=dict)

    def foreseen(self, asked: KeyT) -> ToldT | None:
        """What was told last, None when it never was asked."""
        return self.known.get(asked)

    def learn(self, asked: KeyT, told: ToldT) -> None:
        """Keep what the index told."""
        if len(self.known) >= MOST:
            self.known.clear()
        self.known[asked] = told


CircleKey = tuple[str, str, str]
"""Department or INSEE code, known word, mode."""


SizeKey = tuple[str, str, str, float | None]
"""Department or INSEE code, known word, mode, kilometres of the circle."""


class Size(NamedTuple):
    """How many cards answered; ``led``: so many of the first were all participants, 0 when some of
    a page were not."""

    total: int = 0
    led: int = 0


@dataclass(frozen=True, slots=True)
class Foresight:
    """``covering``: FINESS of the CPTS by INSEE code. ``circles``: which of the circles of a search
    held enough, ``NOBODY`` when none held anything. ``sizes``: how many answered."""

    covering: Memory[str, tuple[str, ...]] = field(default_factory=Memory)
    circles: Memory[CircleKey, int] = field(default_factory=Memory)
    sizes: Memory[SizeKey, Size] = field(default_factory=Memory)


NOBODY = -1
