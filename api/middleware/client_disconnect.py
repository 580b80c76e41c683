"""A client that leaves: its work stops, down to the search that runs in Elasticsearch."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from starlette.types import Message, Receive

CLIENT_GONE = 499
"""Status logged for a request whose client left before the answer."""


async def read_body(receive: Receive, limit: int) -> bytes | None:
    """The whole body, at most ``limit`` bytes; None past the limit. A departure ends it."""
    read: bytes = b""
    while True:
        message = await receive()
        read += message.get("body", b"")
        if len(read) > limit:
            return None
        if message["type"] == "http.disconnect" or not message.get("more_body", False):
            return read


async def cancel_on_disconnect(
    work: Awaitable[None], receive: Receive, is_answered: Callable[[], bool]
) -> bool:
    """Do the work unless the client leaves before its answer; whether the work was done.

    The work is done in the task of the request, which the watch over the client cancels: one task
    less to start before every search.
    """
    working, left = asyncio.current_task(), asyncio.Event()
    leaving = asyncio.ensure_future(_cancel_when_gone(receive, working, is_answered, left))
    try:
        await work
    except asyncio.CancelledError:
        if not left.is_set() or working is None:
            raise
        working.uncancel()
        return False
    finally:
        leaving.cancel()
        await asyncio.wait([leaving])
    return True


async def _cancel_when_gone(
    receive: Receive,
    working: "asyncio.Task[Any] | None",
    is_answered: Callable[[], bool],
    left: asyncio.Event,
) -> None:
    """Cancel the task of the request when its client leaves before the answer."""
    while (await receive())["type"] != "http.disconnect":
        continue
    if working is not None and not is_answered():
        left.set()
        working.cancel()


def replay_body(body: bytes, receive: Receive) -> Receive:
    """A way to read a body already read, once; then what the client does next."""
    left: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def read() -> Message:
        return left.pop() if left else await receive()

    return read
