"""The days and instants of an agenda's slots: weekly arithmetic, and the clock of the place.

Clock changes: an hour that comes twice is the first one, and one that does not exist is the
instant at which the clock jumps. So the order of local hours is the order of instants, and slots
that do not overlap by the clock of the place never do.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from mappings.agenda.formats import DAY_NAMES, MIDNIGHT, AgendaSlotFormat

DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)
MIDNIGHT_BEFORE = "00:00"


@lru_cache(maxsize=1 << 14)
def find_instant(day: date, clock: str, zone: str) -> datetime:
    """The instant in UTC of a local hour, ``24:00`` being the next midnight."""
    place = ZoneInfo(zone)
    local = _join(day, clock)
    instant = local.replace(tzinfo=place).astimezone(UTC)
    exists = instant.astimezone(place).replace(tzinfo=None) == local
    return instant if exists else _find_jump(local, place)


def _join(day: date, clock: str) -> datetime:
    if clock == MIDNIGHT:
        return datetime.combine(day + DAY, time.min)
    return datetime.combine(day, time.fromisoformat(clock))


def _find_jump(local: datetime, place: ZoneInfo) -> datetime:
    """The instant at which the clock leaps over this hour, to the minute."""
    before = local.replace(tzinfo=place, fold=1).astimezone(UTC)
    after = local.replace(tzinfo=place).astimezone(UTC)
    offset = before.astimezone(place).utcoffset()
    while after - before > MINUTE:
        middle = before + (after - before) // MINUTE // 2 * MINUTE
        if middle.astimezone(place).utcoffset() == offset:
            before = middle
        else:
            after = middle
    return after


def has_day(slot: AgendaSlotFormat, day: date) -> bool:
    """True when the slot takes place on a day, as far as its rule goes."""
    if day < slot.day or (slot.last_day is not None and day > slot.last_day):
        return False
    is_meant = not slot.is_weekly or DAY_NAMES[day.weekday()] in slot.weekdays
    return is_meant and day not in slot.exceptions


def list_days(slot: AgendaSlotFormat, first: date, last: date) -> Iterator[date]:
    """The days on which a slot takes place, from ``first`` to ``last``, both included."""
    begin = max(first, slot.day)
    end = last if slot.last_day is None else min(last, slot.last_day)
    for number in range((end - begin).days + 1):
        if has_day(slot, begin + number * DAY):
            yield begin + number * DAY


def find_span(slot: AgendaSlotFormat, day: date) -> tuple[datetime, datetime] | None:
    """First and last instant of a slot on a day; None when the clock leaps over it."""
    start = find_instant(day, slot.start, slot.timezone)
    end = find_instant(day, slot.end, slot.timezone)
    return (start, end) if start < end else None


def find_first_span(
    slot: AgendaSlotFormat, not_before: datetime
) -> tuple[datetime, datetime] | None:
    """The first span that starts at or after an instant; None when there is none.

    The days left out are at most those of the exceptions, so the search ends.
    """
    today = not_before.astimezone(ZoneInfo(slot.timezone)).date()
    first = max(today, slot.day)
    last = first + (len(slot.exceptions) + 3) * 7 * DAY
    spans = (find_span(slot, day) for day in list_days(slot, first, last))
    return next((one for one in spans if one is not None and one[0] >= not_before), None)


def find_opening(slot: AgendaSlotFormat) -> tuple[datetime, datetime] | None:
    """The very first span of a slot; None when it never takes place."""
    return find_first_span(slot, find_instant(slot.day, MIDNIGHT_BEFORE, slot.timezone))


def has_occurrence(slot: AgendaSlotFormat) -> bool:
    """True when a slot takes place at least once."""
    return find_opening(slot) is not None
