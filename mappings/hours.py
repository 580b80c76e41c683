"""Opening hours as minutes of the local week: what the index holds, what now is compared with.

An interval that closes at or before the time it opens goes on after midnight. It belongs to the
day on which it opens: a night that begins on the eve of a public holiday goes on, and one that a
public holiday closes is closed to its end. Public holidays are an eighth day of the week.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from mappings.records import MinuteRange

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
HOLIDAY = "holiday"
"""The key of the hours of public holidays; without it, a place is closed on them."""

DAY_MINUTES = 24 * 60
WEEK_MINUTES = 7 * DAY_MINUTES
"""Minutes of a week on the wall; a change of clock skips or repeats some, and adds none."""

HOLIDAY_START = WEEK_MINUTES
"""First minute of public holidays, after those of the week."""

AFTER_MIDNIGHT = HOLIDAY_START + DAY_MINUTES
"""Added to the minute of an opening day: what goes on from that day into the next one."""

NEARLY_A_DAY = DAY_MINUTES - 1
"""Minutes of ``00:00-23:59`` and ``08:00-07:59``, which mean the whole day."""

_CLOCK = re.compile(r"([0-9]{2}):([0-5][0-9])(?::[0-9]{2}(?:\.[0-9]+)?)?")

Hours = Mapping[str, Sequence[Sequence[str]]]
"""Intervals by weekday and ``holiday``, each a pair of local ``HH:MM``."""


def span_minutes(opens: str, closes: str) -> tuple[int, int] | None:
    """Both ends as minutes since 00:00 of the opening day, the end excluded; None when it opens
    nothing.

    ``20:00``, ``02:00`` is 1200 to 1560; ``00:00``, ``00:00`` is a whole day; any other interval
    of equal ends, one that opens at 24:00 and a text that is no time have no meaning. Seconds,
    which FHIR writes, are left out.
    """
    start, end = _minutes(opens), _minutes(closes)
    if start is None or end is None or start == DAY_MINUTES or (start == end and start > 0):
        return None
    return start, end if end > start else end + DAY_MINUTES


def open_minutes(hours: Hours) -> list[MinuteRange]:
    """The opening intervals in order, as minutes from Monday 00:00 (F085, F102).

    Below 10,080 the week, below 11,520 a public holiday; from there on the same eight days for
    what goes on after midnight, at the minute of the next day. Those that touch or overlap are
    one. An interval without meaning opens nothing.
    """
    joined: list[MinuteRange] = []
    for opens, closes in sorted(_intervals(hours)):
        if joined and opens <= joined[-1]["lt"]:
            joined[-1]["lt"] = max(joined[-1]["lt"], closes)
        else:
            joined.append({"gte": opens, "lt": closes})
    return joined


def current_minutes(local: datetime, *, holiday: bool, after_holiday: bool) -> tuple[int, int]:
    """The two minutes of ``open_minutes`` of which one is open at a local time.

    The minute of its own day, and that of the night of the day before. ``holiday``: the day is a
    public holiday of the place; ``after_holiday``: the day before was one.
    """
    minute, today = local.hour * 60 + local.minute, local.weekday()
    own = HOLIDAY_START if holiday else today * DAY_MINUTES
    night = HOLIDAY_START if after_holiday else (today - 1) % 7 * DAY_MINUTES
    return own + minute, AFTER_MIDNIGHT + night + minute


def add_holiday_hours(hours: Hours, *, on_duty: bool) -> dict[str, list[list[str]]]:
    """The hours with those of public holidays, where the place does not give them itself.

    A place of the permanence of care (``on_duty``; Code de la santé publique R6315-1: nights,
    Sundays and public holidays) and one that never closes keep their hours of Sunday; any other
    one is closed.
    """
    copied = {day: [list(span) for span in spans] for day, spans in hours.items()}
    if HOLIDAY not in copied and copied.get("sun") and (on_duty or never_closes(copied)):
        copied[HOLIDAY] = [list(span) for span in copied["sun"]]
    return copied


def never_closes(hours: Hours) -> bool:
    """True when every day of the week is open whole, but for its last minute at most."""
    return all(any(map(_lasts_a_day, hours.get(day, ()))) for day in WEEKDAYS)


def _lasts_a_day(span: Sequence[str]) -> bool:
    opens, closes = span_minutes(*span) or (0, 0)
    return closes - opens >= NEARLY_A_DAY


def _intervals(hours: Hours) -> Iterator[tuple[int, int]]:
    for number, day in enumerate((*WEEKDAYS, HOLIDAY)):
        midnight = number * DAY_MINUTES
        for span in hours.get(day, ()):
            opens, closes = span_minutes(*span) or (0, 0)
            if opens < closes:
                yield midnight + opens, midnight + min(closes, DAY_MINUTES)
            if closes > DAY_MINUTES:
                night = AFTER_MIDNIGHT + midnight
                yield night, night + closes - DAY_MINUTES


def _minutes(clock: str) -> int | None:
    found = _CLOCK.fullmatch(clock)
    minutes = DAY_MINUTES + 1 if found is None else int(found[1]) * 60 + int(found[2])
    return minutes if minutes <= DAY_MINUTES else None
