"""Orientations given today: who was asked already comes later, so that calls spread.

An offer keeps them as ``orientations_today``, the day of the place and their count; on any other
day, and without them, it was not asked. One that was cancelled is not counted.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from geography.departments import load_zones
from mappings.records import Offer


def count_orientations(offer: Offer, moment: datetime) -> int:
    """Orientations of the day that it is at the place."""
    today = offer.get("orientations_today")
    if today is None or today["day"] != _write_day(moment, ZoneInfo(offer["timezone"])):
        return 0
    return today["count"]


@lru_cache(maxsize=64)
def _date_days(days: tuple[tuple[str, str], ...]) -> dict[str, int]:
    """One value for the searches of a day: not to be changed."""
    return {zone: _count_milliseconds(day) for zone, day in days}


def list_days(moment: datetime, among: tuple[str, ...] = ()) -> Mapping[str, int]:
    """By zone, the day that it is there, as Elasticsearch keeps a date: milliseconds in UTC.

    ``among``: the zones of the offers looked among, none for all.
    """
    return _date_days(tuple((zone.key, _write_day(moment, zone)) for zone in load_zones(among)))


def _write_day(moment: datetime, zone: ZoneInfo) -> str:
    return moment.astimezone(zone).date().isoformat()


def _count_milliseconds(day: str) -> int:
    return int(datetime.fromisoformat(day).replace(tzinfo=UTC).timestamp()) * 1000
