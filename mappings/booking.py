"""Booking links: the editor's own URL with exactly one ``origin`` parameter (C35, E24)."""

import re
from functools import lru_cache
from urllib.parse import quote, unquote_plus, urlsplit, urlunsplit

MAX_URL = 2048
"""Longest booking link served, in characters."""

LINK_CACHE_SIZE = 10_000
"""Links kept as they were made: the same slots show on page after page."""

_BROKEN = re.compile(r"""[\s\\<>"^`{|}]""")
"""Never in an authority: programs disagree on the host that such a link leads to."""

_SAFE_CHARACTERS = "%/?:@!$&'()*+,;=~[]"
"""Characters of a URL left as they are; the others (spaces, quotes) are percent-encoded."""

_CONTROL = re.compile(r"[\x00-\x1f]")
_PLAIN = re.compile(rf"[A-Za-z0-9_.\-{re.escape(_SAFE_CHARACTERS)}]*")
"""A part with nothing to encode, as nearly every link has: `quote` need not read it."""


@lru_cache(LINK_CACHE_SIZE)
def with_origin(url: str, origin: str) -> str | None:
    """The link with ``origin`` in its query, before the fragment; None when not http(s).

    An ``origin`` already there is replaced, the rest of the query keeps its bytes and its
    order: ``https://rdv.fr/a?b=1#c`` gives ``https://rdv.fr/a?b=1&origin=sas#c``.
    """
    text = url.strip()
    if len(text) > MAX_URL or _CONTROL.search(text):
        return None
    try:
        parts = urlsplit(text)
        host = parts.hostname
    except ValueError:
        return None
    if parts.scheme.lower() not in ("http", "https") or not host or _BROKEN.search(parts.netloc):
        return None
    kept = [pair for pair in parts.query.split("&") if pair and not _is_origin(pair)]
    query = "&".join([*map(_percent_encode, kept), f"origin={quote(origin, safe='')}"])
    path, fragment = _percent_encode(parts.path), _percent_encode(parts.fragment)
    return urlunsplit((parts.scheme.lower(), parts.netloc, path, query, fragment))


def _is_origin(pair: str) -> bool:
    return unquote_plus(pair.split("=", 1)[0]).lower() == "origin"


def _percent_encode(part: str) -> str:
    return part if _PLAIN.fullmatch(part) else quote(part, safe=_SAFE_CHARACTERS)
