"""Absences: whole days in the zone of the place become instants (F034 to F037, W27)."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, time, timedelta
from typing import TypedDict
from zoneinfo import ZoneInfo

from mappings.formats import Absence, DayRange
from mappings.instants import utc_text
from mappings.records import DateRange


class AbsenceFields(TypedDict, total=False):
    """The fields of an offer that absences decide."""

    absences: list[DateRange]
    always_absent: bool


OWNED = ("absences", "always_absent")
"""Fields an absence source writes, and removes when it no longer speaks of the offer."""


def absence_fields(absences: Iterable[Absence], zone: str) -> AbsenceFields:
    """The fields for the absences that concern one offer; ``{}`` when there is none."""
    fields: AbsenceFields = {}
    known = list(absences)
    if not known:
        return fields
    ranges = {(r.start, r.end): day_range(r, zone) for a in known for r in a.ranges}
    if ranges:
        fields["absences"] = [ranges[key] for key in sorted(ranges)]
    if any(absence.always for absence in known):
        fields["always_absent"] = True
    return fields


def has_absences(offer: Mapping[str, object]) -> bool:
    """True when an absence source wrote on the offer."""
    return "absences" in offer or "always_absent" in offer


def day_range(days: DayRange, zone: str) -> DateRange:
    """From 00:00 of the first day to 00:00 after the last one, both local, written in UTC.

    A day of Cayenne starts at 03:00 UTC; the day of a clock change has 23 or 25 hours.
    """
    return {
        "gte": _midnight(days.start, zone),
        "lt": _midnight(days.end + timedelta(days=1), zone),
    }


def _midnight(day: date, zone: str) -> str:
    local = datetime.combine(day, time.min, ZoneInfo(zone))
    return utc_text(local)


def absences_at_place(absences: Iterable[Absence], idnsts: frozenset[str]) -> list[Absence]:
    """The absences of a professional that hold at a place: those without place, or of this one."""
    return [a for a in absences if a.idnst is None or a.idnst in idnsts]
