"""What the words of a line wish beside what they look for: a moment, a short way, a woman.

A wish hides nobody and is no tier: it is counted in minutes of a patient's effort, by the rows of
the profile (``profiles.toml``).
"""

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import NamedTuple

from mappings.records import Gender
from search_engine.request.moments import find_wish_end
from search_engine.request.profiles import Profile
from search_engine.request.window import SearchWindow
from search_engine.understanding.reading import PartKind, Reading

GENDERS: Mapping[str, Gender] = MappingProxyType({"F": Gender.FEMALE, "M": Gender.MALE})
"""Gender of a professional by the value of a part of the line."""


class Wishes(NamedTuple):
    """``moment_end``: the last start that is not later than wished, None without such a wish.

    ``gender``: of the professional.
    """

    moment_end: datetime | None = None
    without_car: bool = False
    gender: Gender | None = None


NO_WISHES = Wishes()


def read_wishes(reading: Reading, window: SearchWindow, profile: Profile) -> Wishes:
    """The wishes of a line; a moment that bounds the window leaves no other to be wished."""
    genders = [GENDERS[part.value] for part in reading.find_parts(PartKind.GENDER)]
    return Wishes(
        moment_end=None if window.span else _find_moment_end(reading, window, profile),
        without_car=bool(reading.find_parts(PartKind.NO_CAR)),
        gender=genders[0] if genders else None,
    )


def _find_moment_end(reading: Reading, window: SearchWindow, profile: Profile) -> datetime | None:
    """The latest of the moments wished: ``urgent, ce soir`` is in time until the night ends."""
    soon = profile.moment.soon_hours
    moments = (part.value for part in reading.find_parts(PartKind.WHEN))
    ends = (find_wish_end(moment, window, soon) for moment in moments)
    return max((end for end in ends if end is not None), default=None)
