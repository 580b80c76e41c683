"""Indicators: each is what its sentence says, to the unit, and only operators read them."""

import csv
import io
from datetime import date, timedelta

import pytest

from records.access import OPERATOR
from records.accounts.store import create_account
from records.accounts.values import normalize_values
from records.database import Database
from records.errors import AccessDenied
from records.indicators.definitions import INDICATORS, compute_indicators
from records.indicators.events import ServiceEvent, record_events
from records.indicators.files import HEADER, describe_indicators, write_csv
from records.indicators.tables import EventKind
from records.orientations.kinds import OrientationState
from records.orientations.life import change_state
from tests.records.orientations.people import CLAIRE, DOCTOR, MANAGER, ask
from tests.records.samples import ANNE, BRUNO, NOW, change

WEEK = timedelta(days=7)
READ_ON = date(2026, 12, 1)
"""A Tuesday: the last whole week is that of ``NOW``, the last whole month its November."""


def record(database: Database, kind: EventKind, *events: dict[str, object]) -> None:
    record_events(
        database,
        [ServiceEvent(kind=kind, **{"at": NOW, **one}) for one in events],  # type: ignore[arg-type]
    )


def read(database: Database) -> dict[str, dict[tuple[object, ...], float]]:
    """The values of each indicator, by what they are of."""
    return {
        one.indicator.name: {(*value.of.values(),): value.number for value in one.values}
        for one in compute_indicators(database, OPERATOR, READ_ON)
    }


def test_searches_are_counted_by_week_and_from_dispatch_software_by_month(
    database: Database,
) -> None:
    here, there = {"territory": "SAS-48"}, {"territory": "SAS-30"}
    found, empty = {"outcome": "found"}, {"outcome": "empty"}
    record(
        database,
        EventKind.SEARCH,
        here | found,
        here | found,
        there | empty,
        {**here, "at": NOW - WEEK},
    )
    record(database, EventKind.LRM_SEARCH, here | found, {**there, "at": NOW - WEEK})
    values = read(database)
    assert values["searches_week"] == {("SAS-30",): 1, ("SAS-48",): 3}
    assert values["lrm_searches_month"] == {("SAS-30",): 1, ("SAS-48",): 1}
    assert values["empty_searches_week"] == {(): 25.0}


def test_orientations_are_counted_by_kind_and_outcome_and_for_a_hundred_searches(
    database: Database,
) -> None:
    assert read(database)["oriented_share_month"] == {}
    record(database, EventKind.SEARCH, *[{}] * 8)
    first, _ = ask(database), ask(database)
    change_state(database, CLAIRE, first.id, OrientationState.CANCELLED, NOW)
    values = read(database)
    assert values["orientations_month"] == {("beyond", "asked"): 2, ("beyond", "cancelled"): 1}
    assert values["oriented_share_month"] == {(): 25.0}


def test_people_who_take_part_and_who_have_a_slot(database: Database) -> None:
    change(database, rpps=ANNE)
    change(database, rpps=BRUNO, participation=False)
    for days, number in ((2, 7), (1, 5)):
        at = {"at": NOW - timedelta(days=days)}
        record(database, EventKind.WITH_SLOT, {**at, "department": "48", "amount": number})
    values = read(database)
    assert values["participants"] == {(1,): 1}
    assert values["professionals_with_slot"] == {("48",): 5}


def test_accounts_by_role_and_territory_and_territories_of_national_identities(
    database: Database,
) -> None:
    def create(national: str, email: str, role: str, *territories: str) -> None:
        values = normalize_values(
            national_id=national,
            email=email,
            family="Nom",
            given="Prénom",
            roles=[role],
            territories=territories,
        )
        create_account(database, OPERATOR, values, NOW)

    create("810100000411", "", "OSNP", "SAS-48", "SAS-30")
    create("", "sans@exemple.fr", "OSNP", "SAS-30")
    create("810100000445", "", "ACCOUNT_MANAGER", "SAS-48")
    values = read(database)
    assert values["accounts"] == {
        ("ACCOUNT_MANAGER", "SAS-48"): 1,
        ("OSNP", "SAS-30"): 2,
        ("OSNP", "SAS-48"): 1,
    }
    assert values["territories_with_national_identity"] == {("SAS-48",): 1}


def test_operators_alone_read_them(database: Database) -> None:
    for actor in (CLAIRE, DOCTOR, MANAGER):
        with pytest.raises(AccessDenied, match="réservés"):
            compute_indicators(database, actor, READ_ON)


def test_each_is_defined_once_and_written_whole(database: Database) -> None:
    record(database, EventKind.SEARCH, {"territory": "SAS-48"}, {})
    found = compute_indicators(database, OPERATOR, READ_ON)
    described = describe_indicators(found)
    assert len({one.name for one in INDICATORS}) == len(INDICATORS) == len(described)
    lines = list(csv.reader(io.StringIO(write_csv(found).removeprefix("\ufeff")), delimiter=";"))
    assert tuple(lines[0]) == HEADER
    searches = [
        dict(zip(HEADER, line, strict=True)) for line in lines if line[0] == "searches_week"
    ]
    assert [(one["territory"], one["value"]) for one in searches] == [("SAS-48", "1"), ("", "1")]
    assert {one["since"] for one in searches} == {"2026-11-22T23:00:00Z"}
    assert described[0]["values"] == [{"territory": "SAS-48", "value": 1}, {"value": 1}]
