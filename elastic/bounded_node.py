"""Answers of Elasticsearch, or of what answers in its place, within a bound of memory."""

from typing import Any

import aiohttp
from elastic_transport import AiohttpHttpNode, NodeConfig, Urllib3HttpNode
from urllib3 import BaseHTTPResponse
from urllib3.exceptions import HTTPError

from downloads.bounded_answers import ELASTIC_BYTES

PIECE_BYTES = 65_536
"""Read at once of an answer to a command."""


class BoundedResponse(aiohttp.ClientResponse):
    """Reads ``ELASTIC_BYTES`` at most, once expanded."""

    async def read(self) -> bytes:
        """The body; raises ``aiohttp.ClientPayloadError`` for a longer one, read no further."""
        body = bytearray()
        async for piece in self.content.iter_any():
            body += piece
            if len(body) > ELASTIC_BYTES:
                self.close()
                raise aiohttp.ClientPayloadError("too long")
        return bytes(body)


class BoundedNode(AiohttpHttpNode):
    """A node whose answers are bounded: beyond, it is a node that does not answer."""

    def _create_aiohttp_session(self) -> None:
        """The session of the library has no other way to its class of responses."""
        super()._create_aiohttp_session()
        if self.session is not None:
            self.session._response_class = BoundedResponse


class BoundedSyncNode(Urllib3HttpNode):
    """The same for the clients of commands and loads."""

    def __init__(self, config: NodeConfig) -> None:
        """The library reads an answer whole wherever its pool opens one."""
        super().__init__(config)
        self._open = self.pool.urlopen
        self.pool.urlopen = self._open_within_bound  # type: ignore[method-assign, assignment]

    def _open_within_bound(self, method: str, url: str, **options: Any) -> BaseHTTPResponse:
        """The answer with its body; raises ``HTTPError`` for a longer one, read no further."""
        response = self._open(method, url, preload_content=False, **options)
        body = bytearray()
        for piece in response.stream(PIECE_BYTES, decode_content=True):
            body += piece
            if len(body) > ELASTIC_BYTES:
                response.close()
                raise HTTPError("too long")
        response.release_conn()
        response._body = bytes(body)  # type: ignore[attr-defined]
        return response
