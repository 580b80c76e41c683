"""Conditions of a change: the version that it replaces (RFC 9110, 13.1), the key of a creation."""

import re
from typing import Annotated

from fastapi import Depends, Header, Query

from api import refusals
from api.refusals import RequestRefused

ENTITY_TAG = re.compile(r'"([1-9][0-9]{0,8})"')
ANY = "*"

IfMatch = Annotated[
    str | None,
    Header(alias="If-Match", description='The `ETag` that was read, `"3"`: changes what exists.'),
]
IfNoneMatch = Annotated[
    str | None, Header(alias="If-None-Match", description="`*`: makes what does not exist yet.")
]


async def read_expected_version(
    if_match: IfMatch = None, if_none_match: IfNoneMatch = None
) -> int | None:
    """The version that was read, None where nothing may exist.

    Raises ``RequestRefused`` without a condition, with both, or with one that cannot be read: a
    change that names no version could undo somebody else's.
    """
    if if_match is None and if_none_match is None:
        raise RequestRefused(refusals.PRECONDITION_REQUIRED)
    if if_match is None and if_none_match == ANY:
        return None
    tag = ENTITY_TAG.fullmatch(if_match or "")
    if tag is None or if_none_match is not None:
        raise RequestRefused(refusals.PRECONDITION_UNREADABLE)
    return int(tag[1])


ExpectedVersion = Annotated[int | None, Depends(read_expected_version)]
"""The version that a change replaces, None for a first value."""


async def read_replaced_version(if_match: IfMatch = None) -> int:
    """The version that was read of something that exists; raises ``RequestRefused``."""
    version = await read_expected_version(if_match)
    if version is None:
        raise RequestRefused(refusals.PRECONDITION_REQUIRED)
    return version


ReplacedVersion = Annotated[int, Depends(read_replaced_version)]
"""The version that a change of an existing thing replaces."""


async def read_idempotency_key(
    key: Annotated[
        str | None,
        Header(
            alias="Idempotency-Key",
            description="A UUID of this creation: sent again with it, it happens once.",
        ),
    ] = None,
) -> str:
    """The key of a creation, bare or between quotes; raises ``RequestRefused`` without one."""
    if key is None:
        raise RequestRefused(refusals.IDEMPOTENCY_KEY_MISSING)
    return key.strip('"')


IdempotencyKey = Annotated[str, Depends(read_idempotency_key)]
"""What makes a creation happen once, however often it is sent."""


def build_entity_tag(version: int) -> str:
    """The ``ETag`` of a version."""
    return f'"{version}"'


CancelOrientations = Annotated[
    bool,
    Query(description="Cancel the orientations to hours that close; else the change is a 409."),
]
"""Confirms that patients who were sent there will not be received."""
