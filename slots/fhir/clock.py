"""Signs that an editor's clock is wrong: local time labelled ``+00:00`` shifts every slot (E19).

One slot proves nothing, so nothing is refused: the counts are for watching each editor. An answer
whose slots are mostly outside the opening hours of their place, or at night, has a shifted clock.
"""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from mappings.hours import DAY_MINUTES, WEEKDAYS, span_minutes

NIGHT_FROM, NIGHT_TO = 22, 6
"""Local hours between which a practice seldom opens a slot."""


def clock_signs(start: datetime, zone: str, hours: list[dict[str, Any]]) -> list[str]:
    """``at_night`` and ``outside_hours``, as far as the start shows it; ``hours`` may be empty."""
    local = start.astimezone(ZoneInfo(zone))
    signs = []
    if local.hour >= NIGHT_FROM or local.hour < NIGHT_TO:
        signs.append("at_night")
    if hours and not any(_is_open(one, local) for one in hours):
        signs.append("outside_hours")
    return signs


def _is_open(hours: dict[str, Any], local: datetime) -> bool:
    """True when the place is open then; hours without times are open all day."""
    days = hours.get("daysOfWeek", WEEKDAYS)
    today, eve = (WEEKDAYS[(local.weekday() - back) % 7] in days for back in (0, 1))
    if hours.get("allDay"):
        return today
    opens, closes = hours.get("openingTime", "00:00"), hours.get("closingTime", "24:00")
    first, end = span_minutes(str(opens), str(closes)) or (0, 0)
    minute = local.hour * 60 + local.minute
    return (today and first <= minute < end) or (eve and minute + DAY_MINUTES < end)
