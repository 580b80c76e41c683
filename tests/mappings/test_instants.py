"""Instants are exact: offsets, nights of clock change, overseas."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mappings.instants import InstantError, parse_instant, utc_text

CET_NIGHTS = [
    ("2026-03-29T01:59:59+01:00", "2026-03-29T00:59:59Z"),
    ("2026-03-29T03:00:00+02:00", "2026-03-29T01:00:00Z"),
    ("2026-10-25T02:30:00+02:00", "2026-10-25T00:30:00Z"),
    ("2026-10-25T02:30:00+01:00", "2026-10-25T01:30:00Z"),
]
"""The missing hour of spring, the doubled hour of autumn."""


@pytest.mark.proves("C27", "E17")
@pytest.mark.parametrize(
    ("written", "utc"),
    [
        ("2021-11-04T14:20:00Z", "2021-11-04T14:20:00Z"),
        ("2021-11-04T14:20:00.000+00:00", "2021-11-04T14:20:00Z"),
        ("2024-06-12T16:40:00+02:00", "2024-06-12T14:40:00Z"),
        ("2024-06-12T08:00:00-03:00", "2024-06-12T11:00:00Z"),
        ("2024-06-12T08:00:00.5-09:30", "2024-06-12T17:30:00Z"),
        ("2024-06-13T01:00:00+11:00", "2024-06-12T14:00:00Z"),
        ("2024-06-12T16:40+0200", "2024-06-12T14:40:00Z"),
        (" 2024-06-12T16:40:00z ", "2024-06-12T16:40:00Z"),
    ],
)
def test_every_way_to_write_an_instant(written: str, utc: str) -> None:
    assert utc_text(parse_instant(written)) == utc


@pytest.mark.proves("C27", "E17", "F076", "W16")
@pytest.mark.parametrize(("written", "utc"), CET_NIGHTS)
def test_the_nights_of_clock_change_are_exact(written: str, utc: str) -> None:
    assert utc_text(parse_instant(written)) == utc


@pytest.mark.proves("E18")
@pytest.mark.parametrize(
    "local", ["2021-11-04T14:20:00", "2021-11-04 14:20", "2021-11-04", "2021-11", "2021"]
)
def test_a_local_time_is_never_read_as_utc(local: str) -> None:
    with pytest.raises(InstantError) as refused:
        parse_instant(local)
    assert refused.value.reason == "no_offset"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "demain",
        "2021-13-04T14:20:00Z",
        "2021-11-04T25:20:00Z",
        "2021-11-04T14:20:00+15:00",
        "0001-01-01T00:00:00+14:00",
        "1636035600",
    ],
)
def test_what_is_no_instant_is_refused(text: str) -> None:
    with pytest.raises(InstantError) as refused:
        parse_instant(text)
    assert refused.value.reason == "bad_instant"


@given(st.datetimes(datetime(1970, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001
def test_reading_what_was_written_gives_the_same_second(moment: datetime) -> None:
    assert parse_instant(utc_text(moment)) == moment.replace(microsecond=0)
