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

from search_engine.execution.cursor_key import CursorKey, SealBroken, strictly_decoded, unpadded
from search_engine.request.area import Area
from search_engine.request.criteria import Criteria
from search_engine.request.problems import CursorExpired, CursorOfAnotherSearch, CursorUnreadable

LIFE = timedelta(minutes=10)
"""How long after its page a cursor may be used, to the second."""

LONGEST = timedelta(minutes=30)
"""How long after its first page a walk may go on: its slots are those of that instant."""

SKEW = timedelta(minutes=1)
"""How far ahead the clock of the process that sealed it may be."""

Layout = Literal[4]
LAYOUT: Layout = 4
"""Raised when a walk or the keys of the sort change: older cursors are refused, not misread."""

BESIDE_THE_ORDER = frozenset({"page", "cursor", "size", "seed", "origin"})
"""Criteria that may change during a walk: ``cursor`` itself and ``page`` say where it stands,
``size`` how far the next step goes, the ``seed`` is in the walk, ``origin`` only marks links."""

WINDOW_BITS, MEMORY_LEVEL = 11, 2
"""Of zlib: texts of 2 kB are looked back over whole."""

Scalar = str | int | float | bool | None


@dataclass(frozen=True, slots=True)
class Walk:
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
    covering: tuple[str, ...]
    representatives: dict[str, str]
    members: dict[str, int]
    pit: str | None


CONTENT = TypeAdapter(tuple[Layout, str, Walk])
"""What is sealed: layout, digest of the criteria, walk."""


def criteria_digest(criteria: Criteria) -> str:
    """SHA-256 of the criteria that decide the result or its order, the role included.

    All but ``BESIDE_THE_ORDER``, so that a new criterion counts; the order of a list does not.
    """
    canonical = {n: _unordered(v) for n, v in criteria if n not in BESIDE_THE_ORDER}
    return sha256(orjson.dumps(canonical, option=orjson.OPT_SORT_KEYS)).hexdigest()


def sealed(walk: Walk, digest: str, key: CursorKey, at: datetime) -> str:
    """The cursor that leads to the next page of this walk, sealed at the instant ``at``.

    About 700 characters, 30 more for each community, 300 for a point in time: ``MAX_CURSOR``,
    beyond which it would not be taken back, holds some 150 communities.
    """
    content = _compressed(CONTENT.dump_json((LAYOUT, digest, walk)))
    return unpadded(urlsafe_b64encode(key.seal(content, int(at.timestamp()))))


def _compressed(content: bytes) -> bytes:
    """With the memory that so short a text needs: 10 kB, where the default takes 260 afresh."""
    packer = zlib.compressobj(level=9, wbits=WINDOW_BITS, memLevel=MEMORY_LEVEL)
    return packer.compress(content) + packer.flush()


def opened(text: str, digest: str, key: CursorKey, at: datetime) -> Walk:
    """The walk of a cursor handed back at the instant ``at`` with the criteria of that digest.

    Raises ``CursorUnreadable``, ``CursorExpired`` or ``CursorOfAnotherSearch``.
    """
    token = _token(text)
    try:
        content, second = key.open(token)
        _check_age(int(at.timestamp()) - second)
        _, digest_then, walk = CONTENT.validate_json(zlib.decompress(content))
    except (SealBroken, zlib.error, ValidationError):
        raise CursorUnreadable from None  # the cause may hold the patient's place
    if digest_then != digest:
        raise CursorOfAnotherSearch
    return walk


def _unordered(value: Any) -> Any:
    return sorted(value) if isinstance(value, list | tuple) else value


def _token(text: str) -> bytes:
    try:
        return strictly_decoded(text)
    except ValueError as error:
        raise CursorUnreadable from error


def _check_age(seconds: int) -> None:
    if seconds > LIFE.total_seconds():
        raise CursorExpired
    if seconds < -SKEW.total_seconds():
        raise CursorUnreadable
