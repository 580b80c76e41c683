"""Messages of the client of one request: its body for the application, its departure for us.

A client that leaves cancels the work of its request, down to the search in Elasticsearch.
"""

import asyncio
from collections.abc import Awaitable, Callable

from starlette.types import Message, Receive

from api import refusals
from api.refusals import RequestRefused

CLIENT_GONE = 499
"""Status logged for a request whose client left before the response."""


class ClientMessages:
    """Reads the messages of one client in one task, and holds at most one bounded body.

    ``waits``: the client waits for ``100 Continue``: its body is read only when the application
    needs it, after the caller is identified.
    """

    def __init__(self, receive: Receive, max_body_bytes: int, *, waits: bool = False) -> None:
        self._receive = receive
        self._left_bytes = max_body_bytes
        self._needed = asyncio.Event()
        if not waits:
            self._needed.set()
        self._messages: asyncio.Queue[Message | None] = asyncio.Queue()
        self._is_body_complete = False
        self._is_requested = False

    @property
    def is_body_awaited(self) -> bool:
        """The application reads a body that has not arrived whole."""
        return self._is_requested and not self._is_body_complete

    async def next_message(self) -> Message:
        """The next message, for the application; raises ``RequestRefused`` for a large body."""
        self._is_requested = True
        self._needed.set()
        message = await self._messages.get()
        if message is None:
            raise RequestRefused(refusals.BODY_TOO_LARGE)
        return message

    async def watch(self, on_departure: Callable[[], None]) -> None:
        """Read the messages until the client leaves or its body passes the limit."""
        await self._needed.wait()
        while True:
            message = await self._receive()
            if message["type"] == "http.disconnect":
                self._messages.put_nowait(message)
                on_departure()
                return
            self._left_bytes -= len(message.get("body", b""))
            if self._left_bytes < 0:
                self._messages.put_nowait(None)
                return
            self._is_body_complete = not message.get("more_body", False)
            self._messages.put_nowait(message)


async def cancel_on_departure(
    work: Awaitable[None], messages: ClientMessages, is_answered: Callable[[], bool]
) -> bool:
    """Do the work unless the client leaves before its response; whether the work was done.

    The work runs in the task of the request, which the watch over the client cancels.
    """
    working, departed = asyncio.current_task(), asyncio.Event()

    def cancel() -> None:
        if working is not None and not is_answered():
            departed.set()
            working.cancel()

    watching = asyncio.ensure_future(messages.watch(cancel))
    try:
        await work
    except asyncio.CancelledError:
        if not departed.is_set() or working is None:
            raise
        working.uncancel()
        return False
    finally:
        watching.cancel()
        await asyncio.wait([watching])
    return True
