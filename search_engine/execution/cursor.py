"""The cursor of a search: the state that must not change from page to page, as one text.

It is encrypted because it holds the place of the patient, and signed because the search trusts it.
"""

import zlib
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any, Literal

import orjson
from cryptography.fernet import InvalidToken
from pydantic import AwareDatetime, TypeAdapter, ValidationError

from search_engine.execution.cursor_key import CursorKey
from search_engine.query.order.effort import NO_PRACTICE, Practice
from search_engine.request.area import Area
from search_engine.request.criteria import Criteria
from search_engine.request.problems import CursorExpired, CursorOfAnotherSearch, CursorUnreadable

CURSOR_LIFETIME = timedelta(minutes=10)
"""Time after its page for which a cursor is valid, to the second.

The clock of the process that encrypted it may be a minute ahead, as Fernet allows.
"""
CURSOR_LIFETIME_S = int(CURSOR_LIFETIME.total_seconds())

MAX_PAGING_TIME = timedelta(minutes=30)
"""Time after its first page for which paging may go on: its slots are those of that instant."""

Layout = Literal[8]
LAYOUT: Layout = 8
"""Raised when the state or the keys of the sort change: older cursors are refused, not misread."""

ORDER_NEUTRAL_CRITERIA = frozenset({"page", "cursor", "size", "seed", "facets", "origin"})
"""Criteria that may change while paging: ``cursor`` and ``page`` give the position, ``size`` the
length of the next page; the ``seed`` is in the state; ``facets`` and ``origin`` order nothing."""

WINDOW_BITS, MEMORY_LEVEL = 11, 2
"""Of zlib: texts of 2 kB are looked back over whole."""

Scalar = str | int | float | bool | None


@dataclass(frozen=True, slots=True)
class CursorState:
    """The state of a search between two pages.

    ``after``: sort values of the last hit. ``now``: instant of the first page, so that the order
    does not move with the clock. ``area_cpts``: FINESS of the CPTS that cover the commune;
    ``best_member_by_cpts`` and ``member_counts``: by FINESS, the offer shown for a CPTS and how
    many of its members match. ``pit``: the point in time, None when the live index is read.
    ``attempt``: which of the searches of the line found the page; of the line itself the digest
    alone is kept.
    ``practice``: where colleagues of the treating doctor are.
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
    attempt: int
    practice: Practice = NO_PRACTICE


CONTENT = TypeAdapter(tuple[Layout, str, CursorState])
"""The encrypted content: layout, digest of the criteria, state."""


def criteria_digest(criteria: Criteria, alias: str) -> str:
    """SHA-256 of what decides the result or its order: the criteria, and the alias searched.

    All criteria but ``ORDER_NEUTRAL_CRITERIA``, so that a new criterion counts; list order does
    not. The role and the modes of the caller are criteria: a cursor opens for a caller of the same
    rights, in the same directory, and for no other.
    """
    canonical: dict[str, Any] = {
        n: _canonical_value(v) for n, v in criteria if n not in ORDER_NEUTRAL_CRITERIA
    }
    bound = {"alias": alias, "criteria": canonical}
    return sha256(orjson.dumps(bound, option=orjson.OPT_SORT_KEYS)).hexdigest()


def encrypt_cursor(state: CursorState, digest: str, key: CursorKey, at: datetime) -> str:
    """The cursor of the next page, encrypted at the instant ``at``: a Fernet token, unpadded.

    About 750 characters, 30 more for each community, 300 for a point in time: ``MAX_CURSOR``,
    beyond which it would be refused, holds some 150 communities.
    """
    content = _compress(CONTENT.dump_json((LAYOUT, digest, state)))
    return key.encrypt_at_time(content, int(at.timestamp())).decode("ascii").rstrip("=")


def _compress(content: bytes) -> bytes:
    """With the memory that so short a text needs: 10 kB, where the default takes 260 afresh."""
    packer = zlib.compressobj(level=9, wbits=WINDOW_BITS, memLevel=MEMORY_LEVEL)
    return packer.compress(content) + packer.flush()


def decrypt_cursor(text: str, digest: str, key: CursorKey, at: datetime) -> CursorState:
    """The state of a cursor received at the instant ``at`` with the criteria of that digest.

    Raises ``CursorUnreadable``, ``CursorExpired`` or ``CursorOfAnotherSearch``.
    """
    token, second = _pad_token(text), int(at.timestamp())
    try:
        content = key.decrypt_at_time(token, CURSOR_LIFETIME_S, second)
        _, digest_then, state = CONTENT.validate_json(zlib.decompress(content))
    except InvalidToken:
        raise (CursorExpired if _is_expired(token, key, second) else CursorUnreadable) from None
    except (zlib.error, ValidationError):
        raise CursorUnreadable from None  # the cause may hold the patient's place
    if digest_then != digest:
        raise CursorOfAnotherSearch
    return state


def _canonical_value(value: Any) -> Any:
    return sorted(value) if isinstance(value, list | tuple) else value


def _pad_token(text: str) -> str:
    """The token with its padding; raises ``CursorUnreadable`` for another spelling of its bytes.

    The standard decoder skips foreign characters and the spare bits of the last one.
    """
    token = text + "=" * (-len(text) % 4)
    try:
        canonical = urlsafe_b64encode(urlsafe_b64decode(token)).decode("ascii").rstrip("=")
    except ValueError:
        raise CursorUnreadable from None
    if canonical != text:
        raise CursorUnreadable
    return token


def _is_expired(token: str, key: CursorKey, second: int) -> bool:
    """Whether a token that cannot be decrypted is an authentic one past its life."""
    try:
        return key.extract_timestamp(token) + CURSOR_LIFETIME_S < second
    except InvalidToken:
        return False
