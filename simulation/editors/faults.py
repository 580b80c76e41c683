"""Faults of a simulated editor on command, by the kinds met at real ones (E06 to E14, E44, E45)."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from types import MappingProxyType
from typing import Any

import orjson

from simulation.editors.content_faults import CHANGES, OK, Change

Send = Callable[[dict[str, Any]], Awaitable[None]]
Answer = Callable[[], tuple[int, bytes]]
Fault = Callable[[Answer, Send], Awaitable[None]]

DRIP_S = 0.5
LATE_S = 30.0
HUGE_BYTES = 210_000_000
PIECE = b" " * 1_000_000

JSON_TYPE = (b"content-type", b"application/fhir+json")


class FaultBoard:
    """The fault of each editor, none at first."""

    def __init__(self) -> None:
        self._faults: dict[str, Fault] = {}

    def set(self, editor: str, name: str | None) -> None:
        """The fault of that name from now on, or none; raises ``KeyError`` for an unknown one."""
        if name is None:
            self._faults.pop(editor, None)
        else:
            self._faults[editor] = FAULTS[name]

    def find(self, editor: str) -> Fault | None:
        """The fault of an editor, if it has one."""
        return self._faults.get(editor)


async def send_late(answer: Answer, send: Send) -> None:
    """After the deadline of any client (E44)."""
    await asyncio.sleep(LATE_S)
    await _send(send, *answer())


async def send_dripping(answer: Answer, send: Send) -> None:
    """Byte by byte: each read succeeds, the whole never ends (E44)."""
    _, body = answer()
    await _start(send, 200)
    for one in body:
        await send({"type": "http.response.body", "body": bytes([one]), "more_body": True})
        await asyncio.sleep(DRIP_S)
    await send({"type": "http.response.body", "body": b""})


async def send_server_error(answer: Answer, send: Send) -> None:
    """503 with a page of HTML (E07)."""
    await _send(send, 503, b"<html>en maintenance</html>")


async def send_outcome(answer: Answer, send: Send) -> None:
    """200 with an OperationOutcome: a failure, not "no slot" (E06)."""
    issue = [{"severity": "error", "code": "exception"}]
    await _send(send, 200, orjson.dumps({"resourceType": "OperationOutcome", "issue": issue}))


async def send_cut(answer: Answer, send: Send) -> None:
    """Half of the JSON (E07)."""
    status, body = answer()
    await _send(send, status, body[: len(body) // 2])


async def send_huge(answer: Answer, send: Send) -> None:
    """200 MB of spaces before the JSON (E14)."""
    await _start(send, 200)
    for _ in range(HUGE_BYTES // len(PIECE)):
        await send({"type": "http.response.body", "body": PIECE, "more_body": True})
    await send({"type": "http.response.body", "body": answer()[1]})


async def send_redirect(answer: Answer, send: Send) -> None:
    """Elsewhere, where no certificate may go (E45)."""
    location = (b"location", b"https://localhost:1/elsewhere")
    await send({"type": "http.response.start", "status": 302, "headers": [location]})
    await send({"type": "http.response.body", "body": b""})


async def send_loop(answer: Answer, send: Send) -> None:
    """A next page that is the page itself (E11)."""
    await _send(send, *_with_next(*answer(), None))


async def send_foreign_page(answer: Answer, send: Send) -> None:
    """A next page on another host (E12)."""
    await _send(send, *_with_next(*answer(), "https://localhost:1/Slot"))


def _with_next(status: int, body: bytes, address: str | None) -> tuple[int, bytes]:
    bundle = orjson.loads(body)
    if status == OK:
        own = bundle["link"][0]["url"]
        bundle["link"].append({"relation": "next", "url": address or own})
    return status, orjson.dumps(bundle)


async def _start(send: Send, status: int) -> None:
    await send({"type": "http.response.start", "status": status, "headers": [JSON_TYPE]})


async def _send(send: Send, status: int, body: bytes) -> None:
    await _start(send, status)
    await send({"type": "http.response.body", "body": body})


def _build_content_fault(change: Change) -> Fault:
    async def send_changed(answer: Answer, send: Send) -> None:
        await _send(send, *change(*answer()))

    return send_changed


FAULTS: Mapping[str, Fault] = MappingProxyType(
    {
        **{name: _build_content_fault(change) for name, change in CHANGES.items()},
        "late": send_late,
        "dripping": send_dripping,
        "server_error": send_server_error,
        "outcome": send_outcome,
        "cut": send_cut,
        "huge": send_huge,
        "redirect": send_redirect,
        "loop": send_loop,
        "foreign_page": send_foreign_page,
    }
)
"""By the name under which they are put on."""
