"""A client that sends a search and leaves before its answer."""

import re
import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import httpx

from tests.suite.waiting import PATIENCE_S, wait_for


@contextmanager
def open_search_request(url: str, method: str, body: Mapping[str, object]) -> Iterator[None]:
    """A search that the service has been sent; the client leaves when the body of the block ends.

    A GET has the criteria in its query, a POST in a JSON body.
    """
    place = {"params": dict(body)} if method == "GET" else {"json": dict(body)}
    request = httpx.Client().build_request(method, f"{url}/v1/search", **place)  # type: ignore[arg-type]
    lines = [f"{method} {request.url.raw_path.decode()} HTTP/1.1"]
    lines += [f"{name}: {value}" for name, value in request.headers.items()]
    head = "\r\n".join([*lines, "", ""]).encode()
    address = (request.url.host, request.url.port or 80)
    with socket.create_connection(address, PATIENCE_S) as connection:
        connection.sendall(head + request.read())
        yield


def wait_for_status(url: str, status: int) -> None:
    """Wait until the service has ended a search with this status, by its metrics."""
    ended = re.compile(rf'^sas_requests_total{{.*route="/v1/search",status="{status}"}}', re.M)
    wait_for(lambda: ended.search(httpx.get(f"{url}/metrics", timeout=PATIENCE_S).text))
