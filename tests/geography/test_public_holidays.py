"""Public holidays by day and department."""

import csv
from datetime import date

import pytest

from geography.departments import load_corrected_departments
from geography.public_holidays import (
    TABLE,
    compute_easter,
    departments_with_own_holidays,
    find_public_holiday,
)


@pytest.mark.parametrize(
    ("day", "department", "name"),
    [
        ("2026-12-25", "48", "Noël"),
        ("2026-12-25", "971", "Noël"),
        ("2026-12-24", "48", None),
        ("2026-05-01", "975", "Fête du Travail"),
        ("2026-04-03", "57", "Vendredi saint"),
        ("2026-04-03", "67", "Vendredi saint"),
        ("2026-04-03", "68", "Vendredi saint"),
        ("2026-04-03", "54", None),
        ("2026-12-26", "67", "Saint-Étienne"),
        ("2026-12-26", "88", None),
        ("2026-05-27", "971", "abolition de l'esclavage"),
        ("2026-05-22", "972", "abolition de l'esclavage"),
        ("2026-06-10", "973", "abolition de l'esclavage"),
        ("2026-12-20", "974", "abolition de l'esclavage"),
        ("2026-04-27", "976", "abolition de l'esclavage"),
        ("2026-10-09", "977", "abolition de l'esclavage"),
        ("2026-05-28", "978", "abolition de l'esclavage"),
        ("2026-05-27", "972", None),
        ("2026-05-22", "48", None),
        ("2026-04-06", "48", "lundi de Pâques"),
        ("2026-05-14", "48", "Ascension"),
        ("2026-05-25", "48", "lundi de Pentecôte"),
        ("2028-02-29", "48", None),
    ],
)
def test_a_day_is_a_holiday_where_the_law_says(day: str, department: str, name: str | None) -> None:
    assert find_public_holiday(date.fromisoformat(day), department) == name


@pytest.mark.parametrize(
    ("year", "easter"),
    [
        # The earliest and the latest Sunday, and those of the published calendars.
        *((1818, "03-22"), (1943, "04-25"), (2038, "04-25"), (2000, "04-23"), (2024, "03-31")),
        *((2025, "04-20"), (2026, "04-05"), (2027, "03-28"), (2030, "04-21"), (2049, "04-18")),
    ],
)
def test_easter(year: int, easter: str) -> None:
    assert compute_easter(year) == date.fromisoformat(f"{year}-{easter}")


@pytest.mark.parametrize("year", range(2020, 2060))
def test_the_whole_country_has_eleven_holidays(year: int) -> None:
    days = [
        date.fromordinal(n)
        for n in range(date(year, 1, 1).toordinal(), date(year + 1, 1, 1).toordinal())
    ]
    names = [name for day in days if (name := find_public_holiday(day, "48"))]
    # 1 May or 8 May is Ascension some years: two names on one day
    assert len(names) in (10, 11)
    assert len(set(names)) == len(names)


def test_every_department_of_the_table_exists_and_every_row_names_its_source() -> None:
    assert departments_with_own_holidays() <= set(load_corrected_departments())
    with TABLE.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    assert len(rows) > 11
    assert all(row["source"] for row in rows)
