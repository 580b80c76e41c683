"""Where the processor time of a process goes: its stack, read a thousand times a second.

A signal counts processor time, so waiting costs nothing, and unlike a tracing profiler it slows
small functions no more than large ones. What a C function spends counts for the Python function
that called it, or for the next one to run.
"""

import signal
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Any

EVERY_S = 0.001
SITE_PACKAGES = "site-packages"

CodeLocation = tuple[str, str]
"""Where a sample is: file, qualified name of the function."""


class Sampler:
    """Counts stacks from ``start`` on; the main thread only."""

    def __init__(self) -> None:
        self.stacks: Counter[tuple[CodeLocation, ...]] = Counter()

    def start(self) -> None:
        """Sample from now on."""
        signal.signal(signal.SIGPROF, self._sample)
        signal.siginterrupt(signal.SIGPROF, False)
        signal.setitimer(signal.ITIMER_PROF, EVERY_S, EVERY_S)

    def stop(self) -> None:
        """Sample no more."""
        signal.setitimer(signal.ITIMER_PROF, 0)

    def _sample(self, _: int, frame: FrameType | None) -> None:
        stack: list[CodeLocation] = []
        while frame is not None:
            stack.append((frame.f_code.co_filename, frame.f_code.co_qualname))
            frame = frame.f_back
        self.stacks[tuple(stack)] += 1


@dataclass(frozen=True, slots=True)
class ProfileLine:
    """A function or a part: its share of the samples, and with what it calls (``all``)."""

    name: str
    own: float
    all: float


def by_function(stacks: Counter[tuple[CodeLocation, ...]]) -> list[ProfileLine]:
    """Shares of every function, those that cost most by themselves first."""
    return _shares(stacks, lambda place: f"{module_name(place[0])}.{place[1]}")


def by_part(stacks: Counter[tuple[CodeLocation, ...]]) -> list[ProfileLine]:
    """Shares of every package; of ours, of every module."""
    return _shares(stacks, lambda place: part_name(place[0]))


def _shares(stacks: Counter[tuple[CodeLocation, ...]], describe: Any) -> list[ProfileLine]:
    own, every, total = Counter[str](), Counter[str](), max(1, stacks.total())
    for stack, count in stacks.items():
        names = [describe(place) for place in stack]
        own[names[0]] += count
        every.update(dict.fromkeys(names, count))
    lines = [ProfileLine(name, own[name] / total, count / total) for name, count in every.items()]
    return sorted(lines, key=lambda line: (-line.own, -line.all, line.name))


def module_name(file: str) -> str:
    """``api.state`` for a file of ours, ``aiohttp.client`` for one of a library."""
    parts = _strip_root(Path(file).with_suffix("").parts)
    return ".".join(part for part in parts if part != "__init__")


def part_name(file: str) -> str:
    """Module of ours, or name of the library."""
    module = module_name(file)
    return module if _is_ours(file) else module.partition(".")[0]


def _is_ours(file: str) -> bool:
    return Path(file).is_relative_to(Path(__file__).parents[1]) and SITE_PACKAGES not in file


def _strip_root(parts: tuple[str, ...]) -> Iterable[str]:
    """The path below the installed packages, the standard library or our own root."""
    if SITE_PACKAGES in parts:
        return parts[parts.index(SITE_PACKAGES) + 1 :]
    lib = [at for at, part in enumerate(parts) if part.startswith("python3.")]
    if lib:
        return parts[lib[-1] + 1 :]
    return parts[len(Path(__file__).parents[1].parts) :] or parts
