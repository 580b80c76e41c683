"""Public holidays of each department and collectivity, from ``tables/public_holidays.csv``.

The table names the source of each row. Customs that are no law (Mi-Carême, Victor Schœlcher)
are not in it. In Moselle, Bas-Rhin and Haut-Rhin, Good Friday is a holiday where the commune has
a Protestant or mixed church; no open list names these communes, so it holds in all of them.
"""

import csv
from collections.abc import Mapping
from datetime import date, timedelta
from functools import cache, lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

TABLE = Path(__file__).parent / "tables" / "public_holidays.csv"

EASTER = "easter"

YEARS = 16
"""Calendars remembered: those around the present, and those of tests."""


class HolidayRule(NamedTuple):
    """One row: ``12-25`` or ``easter+39``; ``departments`` empty is everywhere."""

    day: str
    name: str
    departments: tuple[str, ...]


def find_public_holiday(day: date, department: str) -> str | None:
    """The French name of the public holiday of a day in a department, such as ``Noël``; or None.

    A department that the table does not name has the holidays of the whole country.
    """
    found = _calendar(day.year).get(day, {})
    return found.get("") or found.get(department)


@cache
def departments_with_own_holidays() -> frozenset[str]:
    """The departments that have holidays beside those of the whole country."""
    return frozenset(code for rule in load_holiday_rules() for code in rule.departments)


@cache
def load_holiday_rules() -> tuple[HolidayRule, ...]:
    """The rows of the table, in its order."""
    with TABLE.open(encoding="utf-8", newline="") as lines:
        return tuple(
            HolidayRule(row["day"], row["name"], tuple(row["departments"].split()))
            for row in csv.DictReader(lines)
        )


def compute_easter(year: int) -> date:
    """Easter Sunday of a year of the Gregorian calendar (Meeus, Astronomical Algorithms, 8)."""
    a, (b, c) = year % 19, divmod(year, 100)
    d, e = divmod(b, 4)
    g = (8 * b + 13) // 25
    h = (19 * a + b - d - g + 15) % 30
    i, k = divmod(c, 4)
    l = (32 + 2 * e + 2 * i - h - k) % 7  # noqa: E741
    m = (a + 11 * h + 22 * l) // 451
    month, before = divmod(h + l - 7 * m + 114, 31)
    return date(year, month, before + 1)


@lru_cache(maxsize=YEARS)
def _calendar(year: int) -> Mapping[date, Mapping[str, str]]:
    """The names of the holidays of a year by day, then by department; ``""`` is everywhere."""
    days: dict[date, dict[str, str]] = {}
    for rule in load_holiday_rules():
        names = days.setdefault(_resolve_day(rule.day, year), {})
        names.update(dict.fromkeys(rule.departments or ("",), rule.name))
    return MappingProxyType(days)


def _resolve_day(day: str, year: int) -> date:
    if day.startswith(EASTER):
        return compute_easter(year) + timedelta(days=int(day.removeprefix(EASTER)))
    return date.fromisoformat(f"{year:04d}-{day}")
