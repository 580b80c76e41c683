"""One call to an editor: all its pages within seven seconds, or a named failure.

An editor may be slow, endless, broken or send elsewhere (E07 to E14, E44, E45): whatever it does,
a call ends in time, in bounded memory, and its certificate goes to no other host.
"""

import asyncio
import ssl
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import urljoin, urlsplit

import httpx

from downloads.bounded_answers import AnswerTooLong, AnswerUnusable, fetch_async_answer
from editors.editor import Editor
from editors.tls import build_tls
from mappings.bounds import LARGEST_ANSWER, LARGEST_PAGE
from slots.fhir.answer import AnswerRefusedError, read_page
from slots.fhir.elements import objects, text

DEADLINE_S = 7.0
"""Seconds of a whole call, pages included (guide, annexes)."""

ACCEPT = "application/fhir+json, application/json+fhir;q=0.9, application/json;q=0.8"
"""The guide names the second, its statements the first; editors send any."""

MOST_PAGES = 40
"""Pages of one answer: 25 professionals have under ten."""

HTTP_OK, REDIRECTS, CLIENT_ERRORS = 200, range(300, 400), range(400, 500)


class CallOutcome(StrEnum):
    """How a call ended."""

    OK = "ok"
    UNREACHABLE = "unreachable"
    TLS = "tls"
    TIME_OUT = "time_out"
    REDIRECT = "redirect"
    CLIENT_ERROR = "client_error"
    SERVER_ERROR = "server_error"
    TOO_LARGE = "too_large"
    PAGES = "pages"
    UNUSABLE = "unusable"


class CallFailed(Exception):
    """The call brought nothing that counts; ``outcome`` says how, the text what."""

    def __init__(self, outcome: CallOutcome, message: str) -> None:
        super().__init__(message)
        self.outcome = outcome


@dataclass(frozen=True, slots=True)
class EditorClient:
    """An editor and the connection to it; close ``web`` at the end."""

    editor: Editor
    web: httpx.AsyncClient
    deadline_s: float = DEADLINE_S


def open_client(editor: Editor, *, deadline_s: float = DEADLINE_S) -> EditorClient:
    """A client of one editor, with its own certificate; raises as ``build_tls``."""
    limits = httpx.Limits(max_connections=editor.parallel_calls)
    web = httpx.AsyncClient(
        verify=build_tls(editor),
        headers={"Accept": ACCEPT},
        timeout=httpx.Timeout(deadline_s),
        limits=limits,
        follow_redirects=False,
        trust_env=False,
    )
    return EditorClient(editor, web, deadline_s)


async def fetch_pages(client: EditorClient, target: str) -> list[bytes]:
    """All pages of one search, first to last; ``target`` as ``build_target`` gives it.

    Raises ``CallFailed``.
    """
    try:
        async with asyncio.timeout(client.deadline_s):
            return await _read_all(client, f"{client.editor.base_url}/{target}")
    except (TimeoutError, httpx.TimeoutException):
        raise CallFailed(CallOutcome.TIME_OUT, f"no answer in {client.deadline_s:g} s") from None
    except AnswerTooLong:
        raise CallFailed(CallOutcome.TOO_LARGE, "the answer is too long") from None
    except (AnswerUnusable, AnswerRefusedError) as error:
        raise CallFailed(CallOutcome.UNUSABLE, str(error)) from None
    except httpx.HTTPError as error:
        raise _explain(error) from None


async def _read_all(client: EditorClient, first: str) -> list[bytes]:
    pages: list[bytes] = []
    seen: set[str] = set()
    left, address = LARGEST_ANSWER, first
    while address:
        if address in seen or len(pages) == MOST_PAGES:
            raise CallFailed(CallOutcome.PAGES, "its pages never end")
        seen.add(address)
        page = await _read_one(client, address, min(left, LARGEST_PAGE))
        pages.append(page)
        left -= len(page)
        address = _find_next(page, address)
    return pages


async def _read_one(client: EditorClient, address: str, most: int) -> bytes:
    answer = await fetch_async_answer(client.web, "GET", address, most)
    if answer.status == HTTP_OK:
        return answer.body
    raise CallFailed(_name_status(answer.status), f"HTTP {answer.status}")


def _name_status(status: int) -> CallOutcome:
    if status in REDIRECTS:
        return CallOutcome.REDIRECT
    return CallOutcome.CLIENT_ERROR if status in CLIENT_ERRORS else CallOutcome.SERVER_ERROR


def _find_next(page: bytes, address: str) -> str:
    """The next page, of the same origin; empty at the end. Raises ``CallFailed`` (E10 to E12)."""
    link = next(_list_next_links(page), "")
    if not link:
        return ""
    following = urljoin(address, link)
    if _read_origin(following) != _read_origin(address):
        raise CallFailed(CallOutcome.PAGES, "its next page is on another host")
    return following


def _list_next_links(page: bytes) -> Iterator[str]:
    for link in objects(read_page(page).get("link")):
        if text(link.get("relation")) == "next":
            yield text(link.get("url"))


def _read_origin(address: str) -> tuple[str, str | None, int | None]:
    parts = urlsplit(address)
    return parts.scheme, parts.hostname, parts.port


def _explain(error: httpx.HTTPError) -> CallFailed:
    """What the network says, without an address or an id."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLError):
            return CallFailed(
                CallOutcome.TLS, getattr(cause, "verify_message", "") or "TLS refused"
            )
        cause = cause.__cause__ or cause.__context__
    return CallFailed(CallOutcome.UNREACHABLE, type(error).__name__)
