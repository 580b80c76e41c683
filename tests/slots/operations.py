"""Work counted in operations of the interpreter: the same on any machine, whatever its load."""

import sys
from collections.abc import Callable
from types import FrameType
from typing import Any


def count_operations(work: Callable[[], object]) -> int:
    """Operations of Python that a call takes, those of what it calls included."""
    count = 0

    def trace(frame: FrameType, event: str, _: Any) -> Any:
        nonlocal count
        frame.f_trace_opcodes = True
        frame.f_trace_lines = False
        count += event == "opcode"
        return trace

    former = sys.gettrace()
    sys.settrace(trace)
    try:
        work()
    finally:
        sys.settrace(former)
    return count


def growth(work: Callable[[int], Callable[[], object]], size: int) -> float:
    """How many times more operations twice the size takes; 2 is in proportion, 4 is a square.

    ``work`` prepares the call for a size. Each runs once before it is counted, to fill caches.
    """
    counts = []
    for number in (size, 2 * size):
        call = work(number)
        call()
        counts.append(count_operations(call))
    return counts[1] / counts[0]
