"""The window of slots that are let through: now to the end of day + 2, in the place's zone."""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from geography.departments import METROPOLE_ZONE, ZONES

WINDOW_DAYS = 2
"""Whole days after today (C04, F060): the window holds between 48 and 73 hours."""


@dataclass(frozen=True, slots=True)
class SlotWindow:
    """Instants in UTC: ``start`` included, ``end`` excluded."""

    start: datetime
    end: datetime


@lru_cache(maxsize=64)
def window_at(now: datetime, zone: str) -> SlotWindow:
    """The window of an aware ``now`` in an IANA zone; a night of clock change counts as it is."""
    today = now.astimezone(ZoneInfo(zone)).date()
    after = today + timedelta(days=WINDOW_DAYS + 1)
    end = datetime.combine(after, time.min, ZoneInfo(zone))
    return SlotWindow(now.astimezone(UTC), end.astimezone(UTC))


def zone_of_postcode(postal_code: str) -> str:
    """The IANA zone of a postcode: overseas by its first three figures, else Europe/Paris."""
    return ZONES.get(postal_code[:3], METROPOLE_ZONE)
