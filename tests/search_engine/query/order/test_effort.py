"""A patient's effort in minutes: the situations of the doctrine, with their very numbers."""

from typing import Any

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
from tests.search_engine.situations import (
    DUTY,
    MINUTES_PER_KM,
    OPEN,
    PARIS,
    PLACES,
    PRACTICE,
    SITUATIONS,
    SituationCase,
    clock,
    make_offer,
    make_slot,
)


def measure(where: str, now: str, case: SituationCase) -> Effort:
    """The effort of one row of a situation."""
    scale = build_effort_scale(
        load_profiles()["regulation"],
        clock(now),
        PARIS,
        MINUTES_PER_KM[where],
        visible=("PUBLIC", "PRO", "SNP", "CPTS"),
        practice=Practice(frozenset({PRACTICE})),
    )
    made: Any = make_offer(PLACES[where], case)
    return measure_effort(scale, made, made["slots"], case.km)


@pytest.mark.parametrize("name", SITUATIONS)
def test_a_situation_has_the_efforts_and_the_bands_of_the_doctrine(name: str) -> None:
    """Where no tier parts them, the bands are in order."""
    where, now, in_order, criteria, _ = SITUATIONS[name]
    bands = []
    for drawn_together in in_order:
        efforts = [measure(where, now, case) for case in drawn_together]
        assert [round(one.minutes, 1) for one in efforts] == [c.effort for c in drawn_together]
        (band,) = {effort.find_band(3) for effort in efforts}
        bands.append(band)
    if where != "island" and "deadline_h" not in criteria:
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


def test_where_no_distance_counts_none_is_to_be_trusted() -> None:
    scale = build_scale("0 14:00")._replace(minutes_per_km=0)
    effort = measure_effort(scale, offer(precision="municipality"), [], 2)
    assert read_parts(effort) == {}


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
    surgery = OPEN
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
