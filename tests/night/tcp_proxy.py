"""A way to a server of this machine that can be cut at a chosen request, as a network is."""

import socket
import threading
from contextlib import suppress
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

CHUNK = 65_536


class TcpProxy:
    """Lets everything through until a request holds some bytes; a context manager."""

    def __init__(self, target: str) -> None:
        parts = urlsplit(target)
        self._target = (parts.hostname or "127.0.0.1", parts.port or 80)
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listening.getsockname()[1]}{parts.path}"
        self._open: list[socket.socket] = []
        self._cut_at: bytes | None = None
        self._lose_at: bytes | None = None
        self.is_cut = False
        self.lost = False

    def __enter__(self) -> Self:
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.cut()

    def cut_at(self, words: bytes) -> None:
        """Nothing gets through any more from the first request with these bytes on."""
        self._cut_at = words

    def lose_answer(self, words: bytes) -> None:
        """The first request with these bytes arrives; its connection ends instead of its answer."""
        self._lose_at = words

    def cut(self) -> None:
        """End every connection and refuse new ones."""
        self.is_cut = True
        _end(self._listening, *self._open)

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                near, _ = self._listening.accept()
                far = socket.create_connection(self._target)
                self._open += [near, far]
                link = _Link(near, far)
                threading.Thread(target=self._forward_requests, args=(link,), daemon=True).start()
                threading.Thread(target=link.answer, daemon=True).start()

    def _forward_requests(self, link: "_Link") -> None:
        with suppress(OSError):
            while chunk := link.near.recv(CHUNK):
                if self._cut_at and self._cut_at in chunk:
                    self.cut()
                if self._lose_at and self._lose_at in chunk:
                    self._lose_at, self.lost, link.silent = None, True, True
                link.far.sendall(chunk)
        _end(link.near, link.far)


class _Link:
    """One connection: the client and the server."""

    def __init__(self, near: socket.socket, far: socket.socket) -> None:
        self.near, self.far, self.silent = near, far, False

    def answer(self) -> None:
        """Bring the answers back; once silent, end at the first byte."""
        with suppress(OSError):
            while (chunk := self.far.recv(CHUNK)) and not self.silent:
                self.near.sendall(chunk)
        _end(self.near, self.far)


def _end(*ends: socket.socket) -> None:
    for end in ends:
        with suppress(OSError):
            end.shutdown(socket.SHUT_RDWR)
        end.close()
