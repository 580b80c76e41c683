"""What an editor's server did when it was called as the platform calls it."""

import asyncio
import socket
import ssl
import time
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

import httpx

from downloads.bounded_answers import AnswerUnusable, fetch_async_answer
from editors.call import (
    DEADLINE_S,
    CallFailed,
    CallOutcome,
    EditorClient,
    fetch_pages,
    open_client,
)
from editors.editor import Editor
from editors.requests import build_target
from mappings.bounds import LARGEST_PAGE
from slots.fhir.answer import AnswerRefusedError
from slots.fhir.parser import ParsedAnswer, parse_pages

UNKNOWN_IDS = {"R01": "800000000008", "R04": "800000000008", "SOS1": "300000000000000"}
"""Numbers of the right form that are nobody's, by flow."""

PROBE_S = 2.0

NOT_SPOKEN = frozenset({"NO_PROTOCOLS_AVAILABLE", "NO_CIPHERS_AVAILABLE"})
"""Reasons of OpenSSL that are of this machine, not of the server."""


@dataclass(frozen=True, slots=True)
class Exchange:
    """One search: what was sent, how it ended, what came.

    ``fault``: why the call failed or the answer was refused, "" when it counts. ``seconds``: of
    the whole call.
    """

    sent: str
    outcome: CallOutcome
    seconds: float
    pages: tuple[bytes, ...] = ()
    parsed: ParsedAnswer | None = None
    fault: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class SearchRefusal:
    """The answer to a search without an identifier: its HTTP status, None without an answer."""

    sent: str
    status: int | None
    body: bytes = b""


@dataclass(frozen=True, slots=True)
class Evidence:
    """All that the checks judge.

    ``searched``: the persons or associations named by the vendor. ``unknown``: somebody without a
    slot anywhere. ``malformed``: a search without an identifier. ``opens_without_certificate`` and
    ``speaks_old_tls``: None where this machine cannot try.
    """

    flow: str
    ids: tuple[str, ...]
    searched: Exchange
    unknown: Exchange
    malformed: SearchRefusal
    opens_without_certificate: bool | None
    speaks_old_tls: bool | None


async def gather_evidence(
    editor: Editor,
    flow: str,
    ids: Sequence[str],
    zone: str,
    clock: Callable[[], datetime],
    *,
    deadline_s: float = DEADLINE_S,
) -> Evidence:
    """Some five calls, one after the other; raises as ``open_client``."""
    client = open_client(editor, deadline_s=deadline_s)
    async with client.web:
        searched = await _search(client, flow, ids, zone, clock())
        unknown = await _search(client, flow, [UNKNOWN_IDS[flow]], zone, clock())
        malformed = await _search_nobody(client, build_target(flow, [], clock(), zone))
    return Evidence(
        flow,
        tuple(ids),
        searched,
        unknown,
        malformed,
        await _opens_without_certificate(editor, searched.sent),
        await asyncio.to_thread(_speaks_old_tls, editor),
    )


async def _search(
    client: EditorClient, flow: str, ids: Sequence[str], zone: str, now: datetime
) -> Exchange:
    found = await _exchange(client, build_target(flow, ids, now, zone))
    if found.outcome is not CallOutcome.OK:
        return found
    try:
        parsed = parse_pages(found.pages, flow, now, ids, source=client.editor.name)
    except AnswerRefusedError as error:
        return Exchange(
            found.sent,
            CallOutcome.UNUSABLE,
            found.seconds,
            found.pages,
            fault=str(error),
            reason=error.reason,
        )
    return Exchange(found.sent, found.outcome, found.seconds, found.pages, parsed)


async def _exchange(client: EditorClient, target: str) -> Exchange:
    began = time.monotonic()
    try:
        pages = await fetch_pages(client, target)
    except CallFailed as error:
        seconds = time.monotonic() - began
        return Exchange(target, error.outcome, seconds, fault=str(error))
    return Exchange(target, CallOutcome.OK, time.monotonic() - began, tuple(pages))


async def _search_nobody(client: EditorClient, target: str) -> SearchRefusal:
    """A search whose list of identifiers is missing altogether."""
    sent = target.partition("?")[0]
    try:
        async with asyncio.timeout(client.deadline_s):
            answer = await fetch_async_answer(
                client.web, "GET", f"{client.editor.base_url}/{sent}", LARGEST_PAGE
            )
    except (httpx.HTTPError, AnswerUnusable, TimeoutError):
        return SearchRefusal(sent, None)
    return SearchRefusal(sent, answer.status, answer.body)


async def _opens_without_certificate(editor: Editor, target: str) -> bool:
    """Whether the server answers a client that shows no certificate."""
    context = ssl.create_default_context(cafile=editor.authority)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    try:
        async with httpx.AsyncClient(verify=context, timeout=PROBE_S, trust_env=False) as web:
            answer = await fetch_async_answer(
                web, "GET", f"{editor.base_url}/{target}", LARGEST_PAGE
            )
    except (httpx.HTTPError, AnswerUnusable):
        return False
    return answer.status < httpx.codes.BAD_REQUEST


def _speaks_old_tls(editor: Editor) -> bool | None:
    """Whether TLS 1.1 is accepted; None where the OpenSSL of this machine does not speak it."""
    address = urlsplit(editor.base_url)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.load_verify_locations(cafile=editor.authority)
    context.load_cert_chain(editor.certificate, editor.key)
    try:
        context.set_ciphers("DEFAULT:@SECLEVEL=0")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # the old versions are the question
            context.minimum_version = ssl.TLSVersion.TLSv1
            context.maximum_version = ssl.TLSVersion.TLSv1_1
    except (ssl.SSLError, ValueError):
        return None
    return _shakes_hands(context, address.hostname or "", address.port or 443)


def _shakes_hands(context: ssl.SSLContext, host: str, port: int) -> bool | None:
    try:
        with (
            socket.create_connection((host, port), PROBE_S) as plain,
            context.wrap_socket(plain, server_hostname=host),
        ):
            return True
    except ssl.SSLError as error:
        return None if error.reason in NOT_SPOKEN else False
    except OSError:
        return False
