"""A patient's effort in minutes: the situations of the doctrine, with their very numbers."""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from mappings.instants import utc_text
from search_engine.query.order.effort import (
    Effort,
    Practice,
    build_effort_scale,
    build_seen_limits,
    measure_effort,
)
from search_engine.request.profiles import load_profiles

PARIS = "Europe/Paris"
DAY = datetime(2026, 6, 16, tzinfo=ZoneInfo(PARIS))
"""A Tuesday of summer."""

MINUTES_PER_KM = {"dense": 3.0, "urban": 2.0, "mixed": 1.4, "rural": 1.1}
PRACTICE = "address-of-the-treating-doctor"

Case = tuple[str, float, str | None, dict[str, Any], float]
"""Name, kilometres, start (day and clock), what else is known, effort in minutes."""

SNP, CPTS = {"types": ["SNP"]}, {"types": ["CPTS"]}
PARTICIPANT = {"participant": True}
OPEN_ALL_DAY = {day: [["00:00", "24:00"]] for day in ("mon", "tue", "wed", "thu", "fri")}
DUTY = {"kind": "structure", "structure_kind": "unscheduled_care", "hours": OPEN_ALL_DAY}

SITUATIONS: dict[str, tuple[str, str, list[list[Case]]]] = {
    "a dense town at 14:00": (
        "dense",
        "0 14:00",
        [
            [("SNP in 1 h 30", 2.5, "0 15:30", {**SNP, **PARTICIPANT}, -30.5)],
            [("other in 40 min", 0.3, "0 14:40", {}, -28.1)],
            [("other in 20 min", 0.8, "0 14:20", {}, -26.6)],
            [
                ("participant in 3 h 30", 3.8, "0 17:30", PARTICIPANT, -19.6),
                ("SNP tomorrow", 0.5, "1 09:00", {**SNP, **PARTICIPANT}, -19.5),
            ],
        ],
    ),
    "the country at 10:00": (
        "rural",
        "0 10:00",
        [
            [("other at 16:00", 2, "0 16:00", {}, -16.8)],
            [
                ("participant at 11:30", 18, "0 11:30", PARTICIPANT, -14.2),
                ("SNP at 11:00", 25, "0 11:00", {**SNP, **PARTICIPANT}, -13.5),
            ],
            [("CPTS tomorrow", 9, "1 09:00", {**CPTS, **PARTICIPANT}, -10.1)],
        ],
    ),
    "a town at 22:00": (
        "urban",
        "0 22:00",
        [
            [
                ("SOS", 9, "0 22:40", {**SNP, "kind": "sos_point"}, -23.0),
                ("duty house", 6, None, DUTY, -22.0),
            ],
            [("SNP at 8:15", 1, "1 08:15", {**SNP, **PARTICIPANT}, -19.0)],
            [("participant at 8:30", 0.6, "1 08:30", PARTICIPANT, -15.8)],
        ],
    ),
    "the treating doctor is absent": (
        "mixed",
        "0 11:00",
        [
            [("SNP", 7, "0 13:30", {**SNP, **PARTICIPANT}, -25.2)],
            [("colleague", 0.3, "0 17:00", {"place_key": PRACTICE}, -22.6)],
            [("participant", 4, "1 09:00", PARTICIPANT, -11.4)],
        ],
    ),
    "one same hour": (
        "urban",
        "0 10:00",
        [
            [
                ("participant at 4 km", 4, "0 13:00", PARTICIPANT, -23.0),
                ("other", 0.5, "0 13:00", {}, -22.0),
            ],
            [("participant at 5.5 km", 5.5, "0 13:00", PARTICIPANT, -20.0)],
        ],
    ),
}


def clock(text: str) -> datetime:
    """``"1 08:15"``: tomorrow at a quarter past eight, in Paris."""
    day, _, hour = text.partition(" ")
    hours, _, minutes = hour.partition(":")
    return DAY + timedelta(days=int(day), hours=int(hours), minutes=int(minutes))


def make_slot(start: str, types: list[str]) -> dict[str, Any]:
    """A slot that is booked online."""
    return {"id": start, "start": utc_text(clock(start)), "types": types, "appointment": "ROUTINE"}


def measure(density: str, now: str, case: Case) -> Effort:
    """The effort of one row of a situation."""
    _, km, start, known, _ = case
    scale = build_effort_scale(
        load_profiles()["regulation"],
        clock(now),
        PARIS,
        MINUTES_PER_KM[density],
        visible=("PUBLIC", "PRO", "SNP", "CPTS"),
        practice=Practice(frozenset({PRACTICE})),
    )
    offer: Any = {"kind": "professional", "timezone": PARIS, "department": "14", **known}
    slots: Any = [make_slot(start, known.get("types", ["PUBLIC"]))] if start else []
    return measure_effort(scale, offer, slots, km)


@pytest.mark.parametrize("name", SITUATIONS)
def test_a_situation_has_the_efforts_and_the_order_of_the_doctrine(name: str) -> None:
    density, now, in_order = SITUATIONS[name]
    bands = []
    for drawn_together in in_order:
        efforts = [measure(density, now, case) for case in drawn_together]
        assert [round(effort.minutes, 1) for effort in efforts] == [c[4] for c in drawn_together]
        (band,) = {effort.find_band(3) for effort in efforts}
        bands.append(band)
    assert bands == sorted(set(bands))


def test_time_type_and_certainty_are_those_of_one_slot() -> None:
    scale = build_scale("0 14:00")
    soon, reserved = make_slot("0 14:30", ["PUBLIC"]), make_slot("1 10:00", ["SNP"])
    effort = measure_effort(scale, offer(), [soon, reserved], 0)  # type: ignore[list-item]
    assert read_parts(effort) == {"travel": 0, "seen": -26, "certain": -3}


def test_a_slot_for_regulators_beyond_a_day_is_kept_for_another_call() -> None:
    late = make_slot("1 15:00", ["SNP"])
    effort = measure_effort(build_scale("0 14:00"), offer(), [late], 0)  # type: ignore[list-item]
    assert read_parts(effort) == {"travel": 0, "seen": -2, "certain": -3}


@pytest.mark.parametrize(
    ("now", "start", "credit"),
    [
        ("0 19:59", "1 07:59", 16),
        ("0 19:00", "1 07:00", 16),
        ("0 20:00", "1 08:00", 16),
        ("0 22:00", "1 08:01", 6),
        ("0 07:59", "0 08:01", 6),
        ("0 07:59", "0 08:00", 26),
        ("0 08:00", "0 08:01", 26),
        ("0 03:00", "0 03:30", 26),
    ],
)
def test_at_night_what_starts_after_eight_is_for_tomorrow(
    now: str, start: str, credit: int
) -> None:
    limits = build_seen_limits(load_profiles()["regulation"], clock(now), PARIS)
    found = [row[1] for row in limits if utc_text(clock(start)) <= row[0]]
    assert found[0] == credit


def test_each_row_counts_once_and_the_debits_add_up() -> None:
    scale = build_scale("0 14:00", absorbs=True)
    asked = {"orientations_today": {"day": "2026-06-16", "count": 9}}
    msp = offer(kind="structure", structure_kind="msp", precision="municipality", **asked)
    effort = measure_effort(scale, msp, [], 2)
    assert read_parts(effort) == {"travel": 6, "absorbs": -2, "commune_only": 2, "asked": 6}
    assert effort.minutes == 12
    assert effort.find_band(3) == 4


@pytest.mark.parametrize(
    ("zone", "day", "counted"),
    [
        (PARIS, "2026-06-16", True),
        (PARIS, "2026-06-15", False),
        (PARIS, "2026-06-17", False),
        ("Pacific/Noumea", "2026-06-17", True),
        ("Pacific/Noumea", "2026-06-16", False),
    ],
)
def test_orientations_count_on_the_day_of_the_place(zone: str, day: str, counted: bool) -> None:
    """At 18:00 in Paris it is tomorrow in Nouméa."""
    asked = {"timezone": zone, "orientations_today": {"day": day, "count": 4}}
    effort = measure_effort(build_scale("0 18:00"), offer(**asked), [], 0)
    assert read_parts(effort).get("asked") == (4 if counted else None)


def test_no_travel_inside_the_commune_searched() -> None:
    scale = build_scale("0 14:00", home=frozenset({"14754"}))
    assert measure_effort(scale, offer(insee="14754"), [], 4).minutes == 0
    assert measure_effort(scale, offer(insee="14220"), [], 4).minutes == 12


def test_a_closed_duty_house_is_not_credited_as_open() -> None:
    scale = build_scale("0 14:00")
    shut = {"hours": {"tue": [["20:00", "23:00"]]}}
    assert "open_now" not in read_parts(measure_effort(scale, offer(**{**DUTY, **shut}), [], 1))
    assert "open_now" in read_parts(measure_effort(scale, offer(**DUTY), [], 1))
    surgery = {"hours": OPEN_ALL_DAY}
    assert "open_now" not in read_parts(measure_effort(scale, offer(**surgery), [], 1))


def build_scale(now: str, **options: Any) -> Any:
    """The scale of a dense town."""
    types = ("PUBLIC", "PRO", "SNP", "CPTS")
    profile = load_profiles()["regulation"]
    return build_effort_scale(profile, clock(now), PARIS, 3.0, visible=types, **options)


def offer(**known: Any) -> Any:
    """A professional in Normandy."""
    return {"kind": "professional", "timezone": PARIS, "department": "14", **known}


def read_parts(effort: Effort) -> dict[str, float]:
    """Minutes by row."""
    return {part.name: part.minutes for part in effort.parts}
