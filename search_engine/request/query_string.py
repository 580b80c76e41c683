"""Query strings of links, read one way for every route and every command.

A name or a value is UTF-8; bytes that are not are read as Windows-1252, in which older dispatch
software writes its links (``speciality=P%E9diatrie``). So nothing is ever replaced by U+FFFD and
searched as another word.
"""

from collections import Counter
from collections.abc import Sequence
from urllib.parse import unquote_to_bytes, urlencode

MAX_PARAMETERS = 256
"""Most names of one query string; every criterion with all its codes is under 150."""
MAX_NAMED = 20
"""Most names at fault that one answer tells."""

OLDER_ENCODING = "cp1252"
"""Windows-1252 (WHATWG reads Latin-1 so too); five of its bytes mean nothing."""

Parameters = list[tuple[str, str]]


class QueryStringUnreadable(ValueError):
    """Bytes of no encoding; holds nothing of the query."""


class TooManyParameters(ValueError):
    """More than ``MAX_PARAMETERS`` names."""


def parse_query_string(raw: bytes) -> Parameters:
    """Names and values in order, decoded; the work is linear in the length.

    Raises ``QueryStringUnreadable`` and ``TooManyParameters``.
    """
    if raw.count(b"&") >= MAX_PARAMETERS:
        raise TooManyParameters
    pairs = (part.partition(b"=") for part in raw.split(b"&") if part)
    return [(_decode(name), _decode(value)) for name, _, value in pairs]


def normalize_query_string(raw: bytes) -> bytes:
    """The same query string in percent-encoded UTF-8, as it is when it already is.

    Raises ``QueryStringUnreadable`` and ``TooManyParameters``.
    """
    if raw.isascii() and raw.count(b"&") < MAX_PARAMETERS and _is_utf8(raw):
        return raw
    return urlencode(parse_query_string(raw)).encode("ascii")


def find_repeated(names: Sequence[str]) -> list[str]:
    """The names given several times, in order of the alphabet, at most ``MAX_NAMED``."""
    return sorted(name for name, count in Counter(names).items() if count > 1)[:MAX_NAMED]


def _is_utf8(raw: bytes) -> bool:
    if b"%" not in raw:
        return True
    try:
        unquote_to_bytes(raw).decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _decode(part: bytes) -> str:
    text = unquote_to_bytes(part.replace(b"+", b" "))
    try:
        return text.decode("utf-8")
    except UnicodeDecodeError:
        pass
    try:
        return text.decode(OLDER_ENCODING)
    except UnicodeDecodeError:
        raise QueryStringUnreadable from None
