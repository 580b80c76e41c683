"""What a change of the clock does to a slot is said, for the coming year and where it does."""

from datetime import date

import pytest

from records.agenda.clock_notes import list_clock_notes
from tests.records.agenda.rules import build_weekly

TODAY = date(2026, 11, 23)
SPRING, AUTUMN = "2027-03-28", "2027-10-31"


@pytest.mark.proves("W16")
@pytest.mark.parametrize(
    ("start", "end", "notes"),
    [
        ("08:00", "12:00", []),
        ("23:00", "24:00", []),
        ("01:00", "04:00", []),
        (
            "02:00",
            "03:00",
            [
                f"{SPRING} n'a pas lieu : l'horloge saute ces heures",
                f"{AUTUMN} l'heure de 02:00 arrive deux fois : la première compte",
            ],
        ),
        (
            "01:00",
            "02:30",
            [
                f"{SPRING} a lieu de 01:00 à 03:00 : l'horloge saute une heure",
                f"{AUTUMN} l'heure de 02:30 arrive deux fois : la première compte",
            ],
        ),
    ],
)
def test_the_two_nights_of_the_year(start: str, end: str, notes: list[str]) -> None:
    slot = build_weekly("sun", start=start, end=end)
    assert [f"{note.day} {note.text}" for note in list_clock_notes(slot, TODAY)] == notes


def test_a_zone_without_change_has_none() -> None:
    slot = build_weekly("sun", start="02:00", end="03:00", timezone="Indian/Reunion")
    assert list_clock_notes(slot, TODAY) == []
