"""Signs that an editor's clock is wrong: local time labelled ``+00:00`` shifts every slot (E19).

One slot proves nothing, so nothing is refused: the counts are for watching each editor. An answer
whose slots are mostly outside the opening hours of their place, or at night, has a shifted clock.
"""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

NIGHT_FROM, NIGHT_TO = 22, 6
"""Local hours between which a practice seldom opens a slot."""

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


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
    """True when the place is open then; hours without times are always open."""
    if DAYS[local.weekday()] not in hours.get("daysOfWeek", DAYS):
        return False
    opening, closing = hours.get("openingTime", ""), hours.get("closingTime", "24")
    return bool(hours.get("allDay")) or opening <= f"{local:%H:%M:%S}" < closing
