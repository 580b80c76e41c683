"""A client that leaves: its work stops, down to the search that runs in Elasticsearch."""

import asyncio
from collections.abc import Awaitable, Callable

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


async def while_present(
    work: Awaitable[None], receive: Receive, answered: Callable[[], bool]
) -> bool:
    """Do the work unless the client leaves before its answer; whether the work was done."""
    working = asyncio.ensure_future(work)
    leaving = asyncio.ensure_future(_departure(receive))
    try:
        await asyncio.wait({working, leaving}, return_when=asyncio.FIRST_COMPLETED)
        if working.done() or answered():
            await working
            return True
        return False
    finally:
        await _stop(working, leaving)


async def _stop(*tasks: "asyncio.Future[None]") -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


async def _departure(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        continue


def replayed(body: bytes, receive: Receive) -> Receive:
    """A way to read a body already read, once; then what the client does next."""
    left: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def read() -> Message:
        return left.pop() if left else await receive()

    return read
