"""Settings of structures, and absences: rules, access, files, and the messages that follow."""

from datetime import date, timedelta
from typing import Any

import pytest
from pydantic import ValidationError
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from mappings.formats import Absence, StructureSettings
from records.absences import ABSENCES, PROJECT_ABSENCES, change_absence, read_absence
from records.access import OPERATOR, Actor
from records.database import Database, open_reading
from records.declared import DECLARED
from records.errors import AccessDenied, RecordMissing, RulesBroken, StaleVersion
from records.imports import import_records
from records.kinds import StoredRecord, read_values
from records.outbox import list_messages
from records.structure_settings import (
    PROJECT_STRUCTURE,
    STRUCTURES,
    change_structure_settings,
    parse_structure_settings,
    read_structure_settings,
)
from tests.records.samples import ANNE, BRUNO, LATER, NOW

CENTRE, SOS = "480000025", "77567227233016"
TODAY = NOW.date()
HOURS = {"mon": [["08:00", "12:00"], ["14:00", "18:00"]]}


def change_structure(
    database: Database, version: int | None = None, actor: Actor = OPERATOR, **values: Any
) -> StoredRecord[StructureSettings]:
    said = {"finess": CENTRE, "participation": True, **values}
    settings = parse_structure_settings(said, participation=said["participation"])
    return change_structure_settings(database, actor, settings, version=version, now=NOW)


def be_absent(
    database: Database, version: int | None = None, actor: Actor = OPERATOR, **values: Any
) -> StoredRecord[Absence]:
    absence = Absence.model_validate({"rpps": ANNE, **values})
    return change_absence(database, actor, absence, version=version, now=NOW)


def days(first: date, last: date) -> dict[str, date]:
    return {"start": first, "end": last}


def list_keys(database: Database) -> list[tuple[str, str]]:
    with open_reading(database) as session:
        return [(one.kind, one.key) for one in list_messages(session, 100)]


@pytest.mark.proves("F112")
def test_a_structure_is_kept_as_it_was_said(database: Database) -> None:
    said: dict[str, Any] = {"hours_available": True, "practitioner_count": 3, "hours": HOURS}
    change_structure(database, **said, maternity_level="2A", additional_info="Sonner")
    kept = read_structure_settings(database, OPERATOR, CENTRE)
    assert (kept.version, kept.updated_by, kept.updated_at) == (1, "sas", NOW)
    assert kept.value.model_dump(mode="json", exclude={"updated"}) == {
        **said,
        "finess": CENTRE,
        "siret": None,
        "participation": True,
        "maternity_level": "2A",
        "emergency": False,
        "additional_info": "Sonner",
    }
    assert list_keys(database) == [(PROJECT_STRUCTURE, CENTRE)]


@pytest.mark.proves("F112")
@pytest.mark.parametrize(
    ("values", "fields"),
    [
        ({}, ["hours_available", "practitioner_count"]),
        ({"hours_available": True}, ["practitioner_count"]),
        ({"finess": None, "siret": SOS}, ["hours_available"]),
    ],
)
def test_a_structure_that_takes_part_says_what_it_offers(
    database: Database, values: dict[str, Any], fields: list[str]
) -> None:
    with pytest.raises(RulesBroken) as broken:
        change_structure(database, **values)
    assert [field for field, _ in broken.value.faults] == fields
    with pytest.raises(RecordMissing):
        read_structure_settings(database, OPERATOR, CENTRE)
    assert change_structure(database, **values, participation=False).version == 1


@pytest.mark.proves("F034", "F037")
def test_absences_replace_each_other_and_none_withdraws_them(database: Database) -> None:
    week = [days(TODAY, TODAY + timedelta(days=6))]
    first = be_absent(database, ranges=week)
    longer = [*week, days(TODAY + timedelta(days=30), TODAY + timedelta(days=30))]
    second = be_absent(database, first.version, ranges=longer, always=True)
    assert [one.end for one in second.value.ranges] == [one["end"] for one in longer]
    kept = read_absence(database, Actor(ANNE), ANNE).value
    assert (kept.rpps, kept.finess, kept.idnst, kept.always) == (ANNE, None, None, True)
    assert kept.ranges == second.value.ranges
    assert be_absent(database, second.version).value.ranges == []
    assert list_keys(database) == [(PROJECT_ABSENCES, ANNE)] * 3


@pytest.mark.proves("F037")
def test_a_fourth_absence_days_in_disorder_and_days_that_are_over_are_refused(
    database: Database,
) -> None:
    with pytest.raises(ValidationError, match="at most 3"):
        be_absent(database, ranges=[days(TODAY, TODAY)] * 4)
    with pytest.raises(ValidationError, match="end is before start"):
        be_absent(database, ranges=[days(TODAY, TODAY - timedelta(days=1))])
    over = TODAY - timedelta(days=2)
    with pytest.raises(RulesBroken, match="passés : 20/11/2026 au 21/11/2026"):
        be_absent(database, ranges=[days(over - timedelta(days=1), over)])
    assert read_values(database, ABSENCES) == {}


def test_a_place_has_its_own_absences(database: Database) -> None:
    be_absent(database, always=True)
    be_absent(database, idnst="3481000000001", ranges=[days(TODAY, TODAY)])
    assert read_values(database, ABSENCES).keys() == {f"{ANNE}@", f"{ANNE}@3481000000001"}


@pytest.mark.proves("F125", "W37")
def test_nobody_says_an_absence_or_a_structure_of_somebody_else(database: Database) -> None:
    assert be_absent(database, actor=Actor(ANNE), always=True).updated_by == ANNE
    for other in (Actor(BRUNO), Actor(CENTRE)):
        with pytest.raises(AccessDenied):
            be_absent(database, 1, other)
        with pytest.raises(AccessDenied):
            read_absence(database, other, ANNE)
        with pytest.raises(AccessDenied):
            change_structure(database, actor=other, participation=False)
        with pytest.raises(AccessDenied):
            read_structure_settings(database, other, CENTRE)


def test_the_second_of_two_editors_is_told(database: Database) -> None:
    change_structure(database, participation=False)
    be_absent(database, always=True)
    with pytest.raises(StaleVersion, match="version 1"):
        change_structure(database, participation=False)
    with pytest.raises(StaleVersion, match="version 1"):
        be_absent(database, 7)


def test_a_file_undoes_nothing_that_a_person_said(database: Database) -> None:
    be_absent(database, always=True)
    rows = {
        f"{ANNE}@": Absence(rpps=ANNE),
        f"{BRUNO}@": Absence.model_validate({"rpps": BRUNO, "ranges": [days(TODAY, TODAY)]}),
    }
    assert import_records(database, ABSENCES, rows, "1", now=LATER).written == 1
    assert import_records(database, ABSENCES, rows, "2", now=LATER).written == 0
    held = read_values(database, ABSENCES)
    assert held[f"{ANNE}@"].always is True
    assert held[f"{BRUNO}@"] == rows[f"{BRUNO}@"]
    structure = {CENTRE: StructureSettings(finess=CENTRE)}
    assert import_records(database, STRUCTURES, structure, "3", now=LATER).written == 1


@pytest.mark.parametrize(
    "wrong",
    [
        "UPDATE structure_settings SET structure = '1'",
        "UPDATE structure_settings SET practitioner_count = -1",
        "UPDATE structure_settings SET practitioner_count = 0",
        "UPDATE structure_settings SET hours_available = false",
        "UPDATE absences SET who = '1'",
        "UPDATE absence_ranges SET position = 3",
        "UPDATE absence_ranges SET last_day = '2000-01-01'",
    ],
)
def test_the_tables_refuse_what_nobody_can_say(database: Database, wrong: str) -> None:
    change_structure(database, hours_available=True, practitioner_count=1)
    be_absent(database, ranges=[days(TODAY, TODAY)])
    with pytest.raises(IntegrityError), database.engine.begin() as connection:
        connection.execute(text(wrong))


def test_every_kind_is_known_by_its_own_name() -> None:
    assert {name: kind.name for name, kind in DECLARED.items()} == {
        name: name for name in ("participation", "structures", "absences", "agendas", "lrm")
    }
