"""The version that a change replaces, from ``If-Match`` or ``If-None-Match`` (RFC 9110, 13.1)."""

import re
from typing import Annotated

from fastapi import Depends, Header

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


def build_entity_tag(version: int) -> str:
    """The ``ETag`` of a version."""
    return f'"{version}"'
