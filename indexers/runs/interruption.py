"""Ctrl-C and SIGTERM: an interrupted run cleans up behind itself, once, to the end."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

SIGNALS = (signal.SIGINT, signal.SIGTERM)


class InterruptedRunError(KeyboardInterrupt):
    """The process was interrupted; a ``KeyboardInterrupt`` so that nothing swallows it."""

    def __init__(self, number: int) -> None:
        super().__init__(f"stopped by {signal.Signals(number).name}")


@contextmanager
def open_interruptible_section() -> Iterator[None]:
    """Inside, SIGINT and SIGTERM raise ``InterruptedRunError``; in the main thread only."""
    with _open_signal_handlers(_interrupt):
        yield


@contextmanager
def open_uninterruptible_section() -> Iterator[None]:
    """Inside, SIGINT and SIGTERM wait to be ignored: a clean-up is not stopped half-way."""
    with _open_signal_handlers(signal.SIG_IGN):
        yield


@contextmanager
def _open_signal_handlers(handler: object) -> Iterator[None]:
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.signal(number, handler) for number in SIGNALS}  # type: ignore[arg-type]
    try:
        yield
    finally:
        for number, old in before.items():
            signal.signal(number, old)


def _interrupt(number: int, frame: FrameType | None) -> None:
    raise InterruptedRunError(number)
