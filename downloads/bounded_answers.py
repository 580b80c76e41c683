"""Answers of other services, read into memory within bounds: the one way to read them.

A service may answer without end, compressed a thousandfold, nested without end, or in another
format. The bytes received and the bytes they expand to are counted while they arrive; JSON is
parsed by orjson, which refuses what RFC 8259 does not define (``NaN``, half a surrogate pair) and
more than 1,024 levels.
"""

import time
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import httpx
import orjson

ADDRESS_BYTES = 262_144
"""Largest answer of an address search; five features are 3,000."""
ADDRESS_BATCH_BYTES = 16_777_216
"""Largest answer to a batch of 2,000 addresses, which are 1,000,000."""
KEY_SET_BYTES = 262_144
"""Largest key set; ten keys with certificates are under 30,000."""
NODE_BYTES = 1_048_576
"""Largest answer of the embedded node about itself; ordinary ones are under 20,000."""
ELASTIC_BYTES = 134_217_728
"""Largest answer to a search: 100 offers of 3,000 slots of 400 bytes."""
CHECKSUM_BYTES = 65_536
"""Largest file of one checksum, which is 200."""

CHUNK_BYTES = 16_384
PLAIN, PACKED = frozenset({"", "identity"}), frozenset({"gzip", "x-gzip", "deflate"})
ZLIB_OR_GZIP = 47
"""Of ``zlib.decompressobj``: the largest window, either header."""

ASK_PLAIN: Mapping[str, str] = {"Accept-Encoding": "identity"}


class AnswerUnusable(ValueError):
    """The answer exceeds its bounds or is of another format; holds nothing of its content."""


class AnswerTooLong(AnswerUnusable):
    """The answer has more bytes than it may."""


@dataclass(frozen=True, slots=True)
class BoundedAnswer:
    """A whole answer: status, headers, and the body once expanded."""

    status: int
    headers: httpx.Headers
    body: bytes

    def parse_json(self) -> Any:
        """The JSON of the body; raises ``AnswerUnusable``."""
        return parse_json_answer(self.body)


class _BodyReader:
    """Adds up the pieces of a body; raises ``AnswerUnusable`` as soon as a bound is passed."""

    def __init__(self, headers: httpx.Headers, max_bytes: int, seconds: float | None) -> None:
        encoding = headers.get("content-encoding", "").strip().lower()
        if encoding not in PLAIN | PACKED:
            raise AnswerUnusable("unknown encoding")
        self._inflater = zlib.decompressobj(ZLIB_OR_GZIP) if encoding in PACKED else None
        self._max_bytes = max_bytes
        self._received = 0
        self._body = bytearray()
        self._end = None if seconds is None else time.monotonic() + seconds

    def add(self, piece: bytes) -> None:
        self._received += len(piece)
        self._body += self._expand(piece)
        if max(self._received, len(self._body)) > self._max_bytes:
            raise AnswerTooLong("too long")
        if self._end is not None and time.monotonic() > self._end:
            raise AnswerUnusable("too slow")

    def whole(self) -> bytes:
        if self._inflater is not None and self._received and not self._inflater.eof:
            raise AnswerUnusable("cut")
        return bytes(self._body)

    def _expand(self, piece: bytes) -> bytes:
        if self._inflater is None:
            return piece
        try:
            return self._inflater.decompress(piece, self._max_bytes - len(self._body) + 1)
        except zlib.error:
            raise AnswerUnusable("unreadable encoding") from None


def fetch_answer(
    client: httpx.Client,
    method: str,
    url: str,
    max_bytes: int,
    *,
    seconds: float | None = None,
    **request: Any,
) -> BoundedAnswer:
    """The answer to one request, of at most so many bytes, within so many seconds in all.

    Raises ``httpx.HTTPError``, ``httpx.InvalidURL`` and ``AnswerUnusable``.
    """
    request["headers"] = {**ASK_PLAIN, **request.get("headers", {})}
    with client.stream(method, url, **request) as answer:
        body = read_answer(answer, max_bytes, seconds=seconds)
    return BoundedAnswer(answer.status_code, answer.headers, body)


def read_answer(answer: httpx.Response, max_bytes: int, *, seconds: float | None = None) -> bytes:
    """The body of an answer that is being received, expanded; raises as ``fetch_answer``."""
    reader = _BodyReader(answer.headers, max_bytes, seconds)
    for piece in answer.iter_raw(CHUNK_BYTES):
        reader.add(piece)
    return reader.whole()


async def fetch_async_answer(
    client: httpx.AsyncClient, method: str, url: str, max_bytes: int, **request: Any
) -> BoundedAnswer:
    """The same without blocking; the caller bounds the time (``asyncio.timeout``)."""
    request["headers"] = {**ASK_PLAIN, **request.get("headers", {})}
    async with client.stream(method, url, **request) as answer:
        reader = _BodyReader(answer.headers, max_bytes, None)
        async for piece in answer.aiter_raw(CHUNK_BYTES):
            reader.add(piece)
    return BoundedAnswer(answer.status_code, answer.headers, reader.whole())


def parse_json_answer(body: bytes) -> Any:
    """The JSON of an answer; raises ``AnswerUnusable`` for what is none."""
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError:
        raise AnswerUnusable("no JSON") from None
