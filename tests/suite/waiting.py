"""Waiting for what a test asserts, for as long as a busy machine may take."""

import asyncio
import time
from collections.abc import Callable

import httpx

PATIENCE_S = 60.0
"""Seconds after which a condition is taken as never true."""
POLL_S = 0.02
LIVENESS_POLL_S = 0.1


def make_clients_patient() -> None:
    """HTTP clients of this process wait ``PATIENCE_S`` for an answer, not the 5 s of httpx.

    How long an answer takes is the machine's; the program names a limit wherever it calls.
    """
    for call in (
        httpx.Client.__init__,
        httpx.AsyncClient.__init__,
        httpx.get,
        httpx.post,
        httpx.put,
    ):
        defaults = call.__kwdefaults__
        assert defaults is not None
        defaults["timeout"] = httpx.Timeout(PATIENCE_S)


def wait_for(holds: Callable[[], object], limit_s: float = PATIENCE_S) -> float:
    """Wait until the condition holds; the seconds it took. Raises ``AssertionError`` past it."""
    began = time.monotonic()
    while not holds():
        assert time.monotonic() - began < limit_s, f"not true within {limit_s:g} s"
        time.sleep(POLL_S)
    return time.monotonic() - began


async def wait_for_async(holds: Callable[[], object], limit_s: float = PATIENCE_S) -> None:
    """The same for a condition that the event loop makes true."""
    began = time.monotonic()
    while not holds():
        assert time.monotonic() - began < limit_s, f"not true within {limit_s:g} s"
        await asyncio.sleep(POLL_S)


def wait_for_liveness(url: str, limit_s: float = PATIENCE_S) -> str:
    """Wait until ``/livez`` of the service answers; its base URL."""
    wait_for(lambda: answers_liveness(url), limit_s)
    return url


def answers_liveness(url: str) -> bool:
    """True when the service accepts a connection and answers."""
    try:
        httpx.get(f"{url}/livez", trust_env=False)
    except httpx.TransportError:
        time.sleep(LIVENESS_POLL_S)
        return False
    return True
