"""Events: no word about a person in any column, and a month together once it is old."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import String, select

from geography.departments import departments
from mappings.roles import UserRole
from records.database import Database, open_reading, open_transaction
from records.indicators.counting import count_events
from records.indicators.events import (
    KEPT_MONTHS,
    ServiceEvent,
    aggregate_old_events,
    record_events,
)
from records.indicators.periods import (
    Period,
    build_period,
    choose_month,
    choose_week,
    subtract_months,
)
from records.indicators.tables import EventKind, EventMonth, EventRow
from records.orientations.kinds import OrientationKind, OrientationState
from records.orientations.life import change_state, expire_orientations
from tests.records.orientations.people import CLAIRE, DOCTOR, IRIS, TOMORROW, ask
from tests.records.samples import NOW

DAY = timedelta(days=1)
OUR_WORDS = {
    "kind": {*EventKind},
    "territory": {one.territory for one in departments().values()},
    "department": {*departments()},
    "editor": set[str](),
    "mode": {*OrientationKind},
    "role": {*UserRole},
    "outcome": {*OrientationState},
}
"""What each text of an event may be."""


def search(at: datetime, **values: object) -> ServiceEvent:
    return ServiceEvent(at=at, kind=EventKind.SEARCH, **values)  # type: ignore[arg-type]


@pytest.mark.parametrize("table", [EventRow, EventMonth])
def test_every_text_of_an_event_is_a_word_of_ours(table: type) -> None:
    texts = {one.name for one in table.__table__.columns if isinstance(one.type, String)}
    assert texts == OUR_WORDS.keys()


def test_no_column_of_an_orientation_s_events_is_about_somebody(database: Database) -> None:
    """Every column is read: all hold a word of the tables above, a number or the instant."""
    first, _ = ask(database), ask(database, kind=OrientationKind.REORIENTATION, actor=IRIS)
    change_state(database, DOCTOR, first.id, OrientationState.HONOURED, TOMORROW)
    with open_transaction(database) as session:
        assert expire_orientations(session, NOW + 9 * DAY) == 1
    with open_reading(database) as session:
        rows = session.scalars(select(EventRow).order_by(EventRow.id)).all()
        found = [
            {one.name: getattr(row, one.name) for one in row.__table__.columns} for row in rows
        ]
    assert [one["outcome"] for one in found] == ["asked", "asked", "honoured", "expired"]
    for event in found:
        for name, words in OUR_WORDS.items():
            assert event[name] is None or event[name] in words
        rest = {name: value for name, value in event.items() if name not in OUR_WORDS}
        assert rest.keys() == {"id", "at", "amount", "duration_ms"}
        assert isinstance(rest.pop("at"), datetime)
        assert all(value is None or isinstance(value, int) for value in rest.values())


def test_a_refused_orientation_is_no_event(database: Database) -> None:
    key = "7f3b9f4e-5a61-4f5c-9a57-3a9a1d0a7f10"
    ask(database, key=key)
    ask(database, key=key)
    with open_reading(database) as session:
        assert len(session.scalars(select(EventRow)).all()) == 1
    assert CLAIRE.id not in str(read_all(database))


def read_all(database: Database) -> list[dict[str, object]]:
    with open_reading(database) as session:
        rows = session.scalars(select(EventRow)).all()
        return [{one.name: getattr(row, one.name) for one in row.__table__.columns} for row in rows]


def test_old_months_are_put_together_and_counted_as_before(database: Database) -> None:
    """25 months are kept one by one, in French time: the first hour of a month is its own."""
    old = datetime(2024, 9, 30, 22, 30, tzinfo=UTC)
    older = old - timedelta(hours=1)
    record_events(
        database,
        [
            search(older, territory="SAS-48", amount=2, duration_ms=10),
            search(older - DAY, territory="SAS-48", amount=3, duration_ms=30),
            search(older, territory="SAS-30"),
            search(old, territory="SAS-48"),
            search(NOW, territory="SAS-48"),
        ],
    )
    periods = [choose_month(date(2024, 10, 5)), choose_month(date(2024, 11, 5))]
    before = [count(database, one) for one in periods]
    assert before == [{"SAS-30": 1, "SAS-48": 2}, {"SAS-48": 1}]
    for gone in (3, 0, 0):
        with open_transaction(database) as session:
            assert aggregate_old_events(session, NOW) == gone
    assert [count(database, one) for one in periods] == before
    with open_reading(database) as session:
        (row,) = session.scalars(select(EventMonth).where(EventMonth.territory == "SAS-48"))
        assert (row.month, row.number, row.amount, row.duration_ms) == (date(2024, 9, 1), 2, 5, 40)
        assert len(session.scalars(select(EventRow)).all()) == 2
    assert subtract_months(date(2026, 11, 1), KEPT_MONTHS) == date(2024, 10, 1)


def count(database: Database, period: Period) -> dict[object, float]:
    with open_reading(database) as session:
        found = count_events(session, period, [EventKind.SEARCH], ["territory"])
    return {one.of["territory"]: one.number for one in found}


@pytest.mark.parametrize(
    ("day", "week", "month"),
    [
        ("2026-11-30", ("2026-11-23", "2026-11-30"), ("2026-10-01", "2026-11-01")),
        ("2026-11-29", ("2026-11-16", "2026-11-23"), ("2026-10-01", "2026-11-01")),
        ("2027-01-01", ("2026-12-21", "2026-12-28"), ("2026-12-01", "2027-01-01")),
    ],
)
def test_the_last_whole_week_and_month(
    day: str, week: tuple[str, str], month: tuple[str, str]
) -> None:
    read_on = date.fromisoformat(day)
    for found, (first, after) in ((choose_week(read_on), week), (choose_month(read_on), month)):
        assert found == build_period(date.fromisoformat(first), date.fromisoformat(after))
    summer = build_period(date(2026, 7, 1), date(2026, 7, 2))
    assert summer.since == datetime(2026, 6, 30, 22, tzinfo=UTC)
