"""Answers of Elasticsearch, or of what answers in its place, within a bound of memory."""

import aiohttp
from elastic_transport import AiohttpHttpNode

from downloads.bounded_answers import ELASTIC_BYTES


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
