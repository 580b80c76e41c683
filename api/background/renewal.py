"""What a process reads again and again beside its requests, none of which waits for it."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass

import structlog

FIRST_READ_S = 2.0
"""Seconds that a start waits for first readings; a service that is away keeps no process down."""

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Renewal:
    """Something read again every ``every_s`` seconds; a reading that fails leaves what was read."""

    name: str
    """Of its events in the log: ``<name>_unreadable``, ``<name>_read_again``."""
    renew: Callable[[], Awaitable[object]]
    every_s: float


async def read_first(renewals: Iterable[Renewal]) -> None:
    """Read each once before the first request, for ``FIRST_READ_S`` at most."""
    readings = [asyncio.create_task(_try_reading(one)) for one in renewals]
    if readings:
        await asyncio.wait(readings, timeout=FIRST_READ_S)


async def renew_forever(renewal: Renewal) -> None:
    """Read until cancelled; the log has the beginning and the end of an outage."""
    was_read = True
    while True:
        is_read = await _try_reading(renewal, log_failure=was_read)
        if is_read and not was_read:
            _log.warning(f"{renewal.name}_read_again")
        was_read = is_read
        await asyncio.sleep(renewal.every_s)


async def _try_reading(renewal: Renewal, *, log_failure: bool = False) -> bool:
    try:
        await renewal.renew()
    except Exception as error:  # the next reading may succeed
        if log_failure:
            _log.warning(f"{renewal.name}_unreadable", error=type(error).__name__)
        return False
    return True
