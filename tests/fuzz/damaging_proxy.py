"""A real server in front of Elasticsearch that damages its answers on the way."""

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx

from tests.suite.serving import serve_beside

Damage = Callable[[bytes], bytes]


class DamagingProxy:
    """``damage`` changes the body of every answer; None leaves them as they are."""

    def __init__(self, target: str) -> None:
        self.damage: Damage | None = None
        self.upstream = httpx.Client(base_url=target, timeout=30, trust_env=False)
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), self._build_handler())
        self.url = f"http://127.0.0.1:{self.server.server_port}"

    def _build_handler(self) -> type[BaseHTTPRequestHandler]:
        proxy = self

        class DamagingHandler(BaseHTTPRequestHandler):
            """Passes requests on, one connection each."""

            def handle_any(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                kept = ("content-type", "accept")
                headers = {n: v for n, v in self.headers.items() if n.lower() in kept}
                found = proxy.upstream.request(
                    self.command, self.path, content=body, headers=headers
                )
                sent = found.content if proxy.damage is None else proxy.damage(found.content)
                with suppress(OSError):
                    self.send_response(found.status_code)
                    for name in ("content-type", "x-elastic-product"):
                        if name in found.headers:
                            self.send_header(name, found.headers[name])
                    self.send_header("Content-Length", str(len(sent)))
                    self.end_headers()
                    self.wfile.write(sent)

            do_GET = do_POST = do_DELETE = handle_any  # noqa: N815 - names of the library

            def log_message(self, *_: object) -> None:
                """Says nothing."""

        return DamagingHandler


@contextmanager
def open_damaging_proxy(target: str) -> Iterator[DamagingProxy]:
    """A proxy to a server, until the block ends."""
    proxy = DamagingProxy(target)
    with closing(proxy.upstream), serve_beside(proxy.server):
        yield proxy
