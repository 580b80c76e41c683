"""The cursor of a search: all that must not change from page to page, sealed into one text.

It is encrypted because it holds where the patient is, and signed because the search believes it.
"""

import zlib
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any, Literal

import orjson
from pydantic import AwareDatetime, TypeAdapter, ValidationError

from search_engine.execution.cursor_key import (
    CursorDecryptError,
    CursorKey,
    decode_base64url,
    strip_padding,
)
from search_engine.request.area import Area
from search_engine.request.criteria import Criteria
from search_engine.request.problems import CursorExpired, CursorOfAnotherSearch, CursorUnreadable

CURSOR_LIFETIME = timedelta(minutes=10)
"""How long after its page a cursor may be used, to the second."""

MAX_PAGING_TIME = timedelta(minutes=30)
"""How long after its first page a walk may go on: its slots are those of that instant."""

MAX_CLOCK_SKEW = timedelta(minutes=1)
"""How far ahead the clock of the process that sealed it may be."""

Layout = Literal[4]
LAYOUT: Layout = 4
"""Raised when a walk or the keys of the sort change: older cursors are refused, not misread."""

ORDER_NEUTRAL_CRITERIA = frozenset({"page", "cursor", "size", "seed", "origin"})
"""Criteria that may change during a walk: ``cursor`` itself and ``page`` say where it stands,
``size`` how far the next step goes, the ``seed`` is in the walk, ``origin`` only marks links."""

WINDOW_BITS, MEMORY_LEVEL = 11, 2
"""Of zlib: texts of 2 kB are looked back over whole."""

Scalar = str | int | float | bool | None


@dataclass(frozen=True, slots=True)
class CursorState:
    """A search under way.

    ``after``: sort values of the last hit. ``now``: instant of the first page, so that the order
    does not move with the clock. ``covering``: FINESS of the CPTS that cover the commune;
    ``representatives`` and ``members``: by FINESS, the offer shown for a CPTS and how many it
    stands for. ``pit``: the point in time, None when the live index is read.
    """

    after: list[Scalar]
    now: AwareDatetime
    seed: int
    area: Area
    fuzzy: bool
    without_rpps: str | None
    area_cpts: tuple[str, ...]
    best_member_by_cpts: dict[str, str]
    member_counts: dict[str, int]
    pit: str | None


CONTENT = TypeAdapter(tuple[Layout, str, CursorState])
"""What is sealed: layout, digest of the criteria, walk."""


def criteria_digest(criteria: Criteria) -> str:
    """SHA-256 of the criteria that decide the result or its order, the role included.

    All but ``ORDER_NEUTRAL_CRITERIA``, so that a new criterion counts; list order does not.
    """
    canonical = {n: _canonical_value(v) for n, v in criteria if n not in ORDER_NEUTRAL_CRITERIA}
    return sha256(orjson.dumps(canonical, option=orjson.OPT_SORT_KEYS)).hexdigest()


def encrypt_cursor(state: CursorState, digest: str, key: CursorKey, at: datetime) -> str:
    """The cursor that leads to the next page of this walk, sealed at the instant ``at``.

    About 700 characters, 30 more for each community, 300 for a point in time: ``MAX_CURSOR``,
    beyond which it would not be taken back, holds some 150 communities.
    """
    content = _compress(CONTENT.dump_json((LAYOUT, digest, state)))
    return strip_padding(urlsafe_b64encode(key.encrypt(content, int(at.timestamp()))))


def _compress(content: bytes) -> bytes:
    """With the memory that so short a text needs: 10 kB, where the default takes 260 afresh."""
    packer = zlib.compressobj(level=9, wbits=WINDOW_BITS, memLevel=MEMORY_LEVEL)
    return packer.compress(content) + packer.flush()


def decrypt_cursor(text: str, digest: str, key: CursorKey, at: datetime) -> CursorState:
    """The walk of a cursor handed back at the instant ``at`` with the criteria of that digest.

    Raises ``CursorUnreadable``, ``CursorExpired`` or ``CursorOfAnotherSearch``.
    """
    token = _token(text)
    try:
        content, second = key.decrypt(token)
        _check_age(int(at.timestamp()) - second)
        _, digest_then, walk = CONTENT.validate_json(zlib.decompress(content))
    except (CursorDecryptError, zlib.error, ValidationError):
        raise CursorUnreadable from None  # the cause may hold the patient's place
    if digest_then != digest:
        raise CursorOfAnotherSearch
    return walk


def _canonical_value(value: Any) -> Any:
    return sorted(value) if isinstance(value, list | tuple) else value


def _token(text: str) -> bytes:
    try:
        return decode_base64url(text)
    except ValueError as error:
        raise CursorUnreadable from error


def _check_age(seconds: int) -> None:
    if seconds > CURSOR_LIFETIME.total_seconds():
        raise CursorExpired
    if seconds < -MAX_CLOCK_SKEW.total_seconds():
        raise CursorUnreadable
