"""Rules of the headers of a request: one value where one counts, and a host that is ours."""

import re
from collections.abc import Iterable

from starlette.datastructures import Headers
from starlette.types import Scope

from api import refusals
from search_engine.request.problem_document import Problem

SINGLE_HEADERS = frozenset(
    {
        b"authorization",
        b"content-encoding",
        b"content-length",
        b"content-type",
        b"cookie",
        b"date",
        b"expect",
        b"from",
        b"host",
        b"idempotency-key",
        b"if-match",
        b"if-modified-since",
        b"if-none-match",
        b"if-range",
        b"if-unmodified-since",
        b"max-forwards",
        b"origin",
        b"proxy-authorization",
        b"range",
        b"referer",
        b"transfer-encoding",
        b"user-agent",
        b"x-api-key",
        b"x-forwarded-host",
        b"x-forwarded-proto",
        b"x-request-id",
        b"x-sas-role",
    }
)
"""Headers of one value: those that RFC 9110 defines so, and those that this service reads.

Two programs on the way of a request could each believe another of two values.
"""

LOOPBACK_HOSTS = frozenset({"localhost", "[::1]"})
AUTHORITY = re.compile(r"(\[[0-9a-f:.]+\]|[a-z0-9._-]+)(?::[0-9]{1,5})?")
LOOPBACK_ADDRESS = re.compile(r"127(?:\.[0-9]{1,3}){3}")


def find_header_problem(scope: Scope, hosts: frozenset[str]) -> Problem | None:
    """The refusal of a repeated header, or of a host that is neither loopback nor declared."""
    repeated = find_repeated_header(scope["headers"])
    if repeated is not None:
        return refusals.build_header_problem(repeated)
    host = Headers(scope=scope).get("host")
    if host is None:
        return refusals.BAD_REQUEST
    return None if is_known_host(host, hosts) else refusals.HOST_UNKNOWN


def find_repeated_header(headers: Iterable[tuple[bytes, bytes]]) -> str | None:
    """The name of a header given twice although it has one value; names are in lower case."""
    seen: set[bytes] = set()
    for name, _ in headers:
        if name in SINGLE_HEADERS:
            if name in seen:
                return name.decode("ascii")
            seen.add(name)
    return None


def is_known_host(host: str, declared: frozenset[str]) -> bool:
    """``Host`` names this machine's loopback or a declared host, on any port.

    A page of another site may bring a browser of this machine here under its own name (DNS
    rebinding): only names that nobody else can resolve to this machine are answered.
    """
    written = AUTHORITY.fullmatch(host.lower())
    if written is None:
        return False
    name = written[1]
    return name in declared or name in LOOPBACK_HOSTS or bool(LOOPBACK_ADDRESS.fullmatch(name))
