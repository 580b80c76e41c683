"""The parse step: the ranking profile named, and the state sealed in the cursor."""

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple

from search_engine.execution.cursor import (
    MAX_PAGING_TIME,
    CursorState,
    criteria_digest,
    decrypt_cursor,
)
from search_engine.execution.cursor_key import CursorKey
from search_engine.request.criteria import Criteria
from search_engine.request.problems import CursorExpired, CursorOfAnotherSearch, CursorUnreadable
from search_engine.request.profiles import Profile, find_profile, load_profiles


class ParsedRequest(NamedTuple):
    """The criteria with their profile; ``state`` is None on a page without a cursor."""

    criteria: Criteria
    profile: Profile
    state: CursorState | None


def parse_request(
    criteria: Criteria,
    alias: str,
    profiles: Mapping[str, Profile] | None,
    key: CursorKey | None,
    now: datetime,
) -> ParsedRequest:
    """The request as far as it can be read alone; ``profiles`` default to the configured file.

    Raises ``UnknownProfile``, ``CursorUnreadable``, ``CursorExpired`` or ``CursorOfAnotherSearch``.
    """
    profile = find_profile(criteria.profile, profiles or load_profiles())
    return ParsedRequest(criteria, profile, decode_cursor(criteria, alias, key, now))


def decode_cursor(
    criteria: Criteria, alias: str, key: CursorKey | None, at: datetime
) -> CursorState | None:
    """The state of the cursor, None without a cursor.

    Raises ``CursorUnreadable``, ``CursorExpired`` or ``CursorOfAnotherSearch``.
    """
    if criteria.cursor is None:
        return None
    if key is None:
        raise CursorUnreadable
    state = decrypt_cursor(criteria.cursor, criteria_digest(criteria, alias), key, at)
    if criteria.seed not in (None, state.seed):
        raise CursorOfAnotherSearch
    if at - state.now > MAX_PAGING_TIME:
        raise CursorExpired
    return state
