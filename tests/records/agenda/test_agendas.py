"""Agendas: kept as rules, changed as one; rules, access, versions, what follows."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import IntegrityError

from mappings.agenda.formats import AgendaFormat
from records.access import OPERATOR, Actor
from records.agenda.agendas import (
    AGENDAS,
    PROJECT_AGENDA,
    queue_taken_seat,
    read_agenda,
    read_written_agendas,
)
from records.agenda.changes import AgendaClosed
from records.agenda.edits import Scope, add_slot, change_slot, name_slots, remove_slot
from records.agenda.occurrences import list_occurrences
from records.agenda.tables import AgendaException, AgendaSlot
from records.database import Database, open_reading, open_transaction
from records.errors import AccessDenied, RecordMissing, RulesBroken, StaleVersion
from records.imports import import_records
from records.outbox import list_messages
from records.professional_settings import change_professional_settings
from records.settings_rules import SoftwareAnswers
from tests.records.agenda.agendas import edit_agenda, open_slot
from tests.records.agenda.rules import OTHER_PLACE, PLACE, build_slot, build_weekly
from tests.records.samples import ANNE, BRUNO, LATER, NOW, build_settings

MONDAY, NEXT_MONDAY = date(2026, 11, 30), date(2026, 12, 7)
DECEMBER = datetime(2026, 11, 30, tzinfo=UTC), datetime(2026, 12, 22, tzinfo=UTC)


def read_messages(database: Database) -> list[tuple[str, str]]:
    with open_reading(database) as session:
        return [(one.kind, one.key) for one in list_messages(session, 100)]


def count_rows(database: Database) -> tuple[int, int]:
    """Slots and exceptions that are kept."""
    with open_reading(database) as session:
        tables = (AgendaSlot, AgendaException)
        slots, days = (session.scalar(select(func.count()).select_from(one)) for one in tables)
    return int(slots or 0), int(days or 0)


def list_starts(database: Database) -> list[str]:
    """Starts of December, by the clock of the place."""
    slots = read_agenda(database, OPERATOR, ANNE).value.slots
    found = list_occurrences(slots, *DECEMBER)
    return [f"{one.start + timedelta(hours=1):%d %H:%M}" for one in found]


@pytest.mark.proves("F105")
@pytest.mark.parametrize(
    "values",
    [
        {},
        {"seats": 12, "consultation": ["VR", "AMB"]},
        {"weekdays": ["mon", "thu"]},
        {"weekdays": ["mon"], "until": "2027-06-28", "seats": 3, "types": ["SNP", "PRO"]},
        {"weekdays": ["tue"], "idnst": OTHER_PLACE, "timezone": "Indian/Reunion"},
    ],
)
def test_a_slot_or_a_range_once_or_weekly_is_kept_as_it_was_said(
    database: Database, values: dict[str, Any]
) -> None:
    opened = open_slot(database, **values)
    (slot,) = opened.value.slots
    assert slot == build_slot(**{**values, "id": slot.id})
    kept = read_agenda(database, Actor(ANNE), ANNE)
    assert (kept.value, kept.version, kept.updated_by, kept.updated_at) == (
        opened.value,
        1,
        ANNE,
        NOW,
    )
    assert read_messages(database) == [(PROJECT_AGENDA, ANNE)]
    assert count_rows(database) == (1, 0)


@pytest.mark.proves("F105", "F106", "F108", "W51")
def test_one_occurrence_and_the_following_are_changed_in_one_transaction(
    database: Database,
) -> None:
    weekly = open_slot(database, weekdays=["mon"], seats=4).value.slots[0]
    assert list_starts(database) == ["30 08:00", "07 08:00", "14 08:00", "21 08:00"]
    edit_agenda(database, change_slot(weekly.id, {"start": "09:00"}, Scope(NEXT_MONDAY)), 1)
    assert list_starts(database) == ["30 08:00", "07 09:00", "14 08:00", "21 08:00"]
    after = Scope(date(2026, 12, 14), is_following=True)
    edit_agenda(database, change_slot(weekly.id, {"start": "10:00", "end": "11:00"}, after), 2)
    assert list_starts(database) == ["30 08:00", "07 09:00", "14 10:00", "21 10:00"]
    stored = edit_agenda(database, remove_slot(weekly.id, Scope(MONDAY)), 3)
    assert list_starts(database) == ["07 09:00", "14 10:00", "21 10:00"]
    assert [slot.seats for slot in stored.value.slots] == [4, 4]
    last = next(slot for slot in stored.value.slots if slot.is_weekly)
    edit_agenda(database, remove_slot(last.id, Scope(date(2026, 12, 21), is_following=True)), 4)
    assert list_starts(database) == ["07 09:00", "14 10:00"]
    edit_agenda(database, remove_slot(last.id), 5)
    assert list_starts(database) == ["07 09:00"]
    assert read_messages(database) == [(PROJECT_AGENDA, ANNE)] * 6


@pytest.mark.proves("F105")
def test_all_occurrences_keep_their_name_when_their_end_or_seats_change(
    database: Database,
) -> None:
    weekly = open_slot(database, weekdays=["mon"]).value.slots[0]
    before = list_occurrences([weekly], *DECEMBER)
    changed = edit_agenda(database, change_slot(weekly.id, {"end": "13:00", "seats": 6}), 1)
    after = list_occurrences(changed.value.slots, *DECEMBER)
    assert [one.key for one in after] == [one.key for one in before]
    assert {(one.seats_left, one.end - one.start) for one in after} == {(6, timedelta(hours=5))}


@pytest.mark.proves("F106", "W51")
def test_a_refused_change_leaves_nothing(database: Database) -> None:
    weekly = open_slot(database, weekdays=["mon"]).value
    open_slot(database, 1, start="14:00", end="15:00", day="2026-12-07")
    before = read_agenda(database, OPERATOR, ANNE)
    longer = change_slot(weekly.slots[0].id, {"end": "14:30"}, Scope(MONDAY, is_following=True))
    with pytest.raises(RulesBroken, match="chevauche un autre, 07/12/2026, 14:00-15:00"):
        edit_agenda(database, longer, 2)
    assert read_agenda(database, OPERATOR, ANNE) == before
    assert count_rows(database) == (2, 0)
    assert len(read_messages(database)) == 2


@pytest.mark.proves("F106")
def test_years_cost_no_more_than_a_day(database: Database) -> None:
    for number, until in enumerate(("2026-11-30", "2036-11-30", None)):
        open_slot(
            database,
            number or None,
            weekdays=["mon", "tue", "wed", "thu", "fri"],
            until=until,
            start=f"{10 + number}:00",
            end=f"{10 + number}:15",
        )
    assert count_rows(database) == (3, 0)


@pytest.mark.proves("F107")
@pytest.mark.parametrize(
    ("values", "field", "sentence"),
    [
        ({"day": "2020-11-22"}, "day", "22/11/2020 à 08:00, c'est passé"),
        ({"day": "2026-11-23", "end": "09:00"}, "day", "23/11/2026 à 08:00, c'est passé"),
        ({"weekdays": ["mon", "tue"], "day": "2026-11-17"}, "day", "17/11/2026 à 08:00"),
        ({"idnst": "410100000024001"}, "place", f"choisissez {PLACE}, {OTHER_PLACE}"),
        ({"timezone": "Indian/Reunion"}, "timezone", "est celle de Europe/Paris"),
        ({"weekdays": ["mon"], "until": "2026-12-06", "day": "2026-12-01"}, "day", "jamais lieu"),
        ({"day": "2027-03-28", "start": "02:00", "end": "02:45"}, "day", "changement d'heure"),
        ({"start": "11:45", "end": "12:15"}, "start", "chevauche un autre, lundi, 08:00-12:00"),
        ({"idnst": OTHER_PLACE, "timezone": "Indian/Reunion"}, "start", "chevauche"),
    ],
)
def test_a_slot_that_cannot_be_is_refused_with_what_to_do(
    database: Database, values: dict[str, Any], field: str, sentence: str
) -> None:
    open_slot(database, weekdays=["mon"])
    with pytest.raises(RulesBroken) as broken:
        open_slot(database, 1, **values)
    faults = dict(broken.value.faults)
    assert sentence in faults[field]
    assert count_rows(database) == (1, 0)


@pytest.mark.proves("F107")
@pytest.mark.parametrize(
    ("day", "sentence"),
    [
        (date(2026, 12, 1), "n'a pas lieu le 01/12/2026"),
        (date(2026, 12, 7), "n'a pas lieu le 07/12/2026"),
        (date(2026, 11, 30), "Le créneau du 30/11/2026 est passé"),
    ],
)
def test_an_occurrence_that_is_not_to_come_is_neither_changed_nor_removed(
    database: Database, day: date, sentence: str
) -> None:
    slot = open_slot(database, weekdays=["mon"], exceptions=["2026-12-07"]).value.slots[0]
    nine = datetime(2026, 11, 30, 8, tzinfo=UTC)
    for edit in (remove_slot(slot.id, Scope(day)), change_slot(slot.id, {"seats": 2}, Scope(day))):
        with pytest.raises(RulesBroken, match=sentence):
            edit_agenda(database, edit, 1, now=nine)


def test_a_slot_is_named_by_its_id_and_once_means_once(database: Database) -> None:
    slot = open_slot(database).value.slots[0]
    with pytest.raises(RulesBroken, match="Aucun créneau 00000000000000b2 dans cet agenda"):
        edit_agenda(database, remove_slot("00000000000000b2"), 1)
    with pytest.raises(RulesBroken, match="n'a lieu qu'une fois"):
        edit_agenda(database, remove_slot(slot.id, Scope(MONDAY)), 1)


def test_a_running_weekly_slot_may_change_its_hours(database: Database) -> None:
    slot = open_slot(database, weekdays=["mon"]).value.slots[0]
    in_may = datetime(2027, 5, 4, tzinfo=UTC)
    changed = edit_agenda(database, change_slot(slot.id, {"start": "09:00"}), 1, now=in_may)
    assert changed.value.slots[0].start == "09:00"
    with pytest.raises(RulesBroken, match="c'est passé"):
        edit_agenda(database, change_slot(slot.id, {"day": MONDAY - timedelta(7)}), 2, now=in_may)


def test_what_is_long_over_is_forgotten_at_the_next_change(database: Database) -> None:
    once = open_slot(database).value.slots[0]
    open_slot(database, 1, weekdays=["tue"], until="2026-12-15")
    later = datetime(2027, 1, 5, tzinfo=UTC)
    weekly = build_slot(id="", weekdays=["wed"], day="2027-01-06")
    kept = edit_agenda(database, add_slot(weekly), 2, now=later)
    assert once.id not in {slot.id for slot in kept.value.slots}
    assert [slot.weekdays for slot in kept.value.slots] == [["tue"], ["wed"]]


def test_a_slot_given_again_has_the_name_it_had(database: Database) -> None:
    slot = open_slot(database).value.slots[0]
    edit_agenda(database, remove_slot(slot.id), 1)
    assert open_slot(database, 2).value.slots == [slot]
    moved = edit_agenda(database, change_slot(slot.id, {"start": "10:00"}), 3)
    again = open_slot(database, 4, end="10:00").value
    assert [one.id == slot.id for one in again.slots] == [False, True]
    assert moved.value.slots[0].id == slot.id


@pytest.mark.proves("F109", "F125", "W37")
def test_nobody_changes_or_reads_an_agenda_of_somebody_else(database: Database) -> None:
    open_slot(database)
    other = add_slot(build_slot(id="", day="2026-12-01"))
    with pytest.raises(AccessDenied):
        edit_agenda(database, other, 1, actor=Actor(BRUNO))
    with pytest.raises(AccessDenied):
        read_agenda(database, Actor(BRUNO), ANNE)
    assert edit_agenda(database, other, 1, actor=OPERATOR).updated_by == "sas"


@pytest.mark.proves("F109")
@pytest.mark.parametrize(
    ("settings", "answers", "field"),
    [
        ({"via": 4, "siret": "77567227233016"}, SoftwareAnswers(), "via"),
        ({}, SoftwareAnswers(has_software=True, hours_available=True), "editor_disabled"),
    ],
)
def test_who_is_shown_by_an_editor_or_by_sos_opens_no_agenda(
    database: Database, settings: dict[str, Any], answers: SoftwareAnswers, field: str
) -> None:
    said = build_settings(**settings)
    stored = change_professional_settings(
        database, Actor(ANNE), said, answers, version=None, now=NOW
    )
    for actor in (Actor(ANNE), OPERATOR):
        with pytest.raises(AgendaClosed) as closed:
            edit_agenda(database, add_slot(build_slot(id="")), actor=actor)
        assert [name for name, _ in closed.value.faults] == [field]
    held = {ANNE: name_slots(AgendaFormat(rpps=ANNE, slots=[build_weekly("mon", id="")]))}
    import_records(database, AGENDAS, held, "1", now=NOW)
    slot = held[ANNE].slots[0]
    with pytest.raises(AgendaClosed):
        edit_agenda(database, change_slot(slot.id, {"end": "13:00"}), 1)
    edit_agenda(database, remove_slot(slot.id, Scope(NEXT_MONDAY)), 1)
    edit_agenda(database, remove_slot(slot.id, Scope(date(2026, 12, 21), is_following=True)), 2)
    with pytest.raises(AgendaClosed):
        edit_agenda(database, change_slot(slot.id, {"until": None}), 3)
    edit_agenda(database, remove_slot(slot.id), 3)
    open_to = build_settings(editor_disabled=True)
    change_professional_settings(
        database,
        Actor(ANNE),
        open_to,
        SoftwareAnswers(has_software=True, hours_available=True),
        version=stored.record.version,
        now=NOW,
    )
    assert open_slot(database, 4).version == 5


def test_the_second_of_two_editors_reads_again_first(database: Database) -> None:
    slot = open_slot(database).value.slots[0]
    open_slot(database, 1, day="2026-12-01")
    for version in (None, 1):
        with pytest.raises(StaleVersion, match="version 2"):
            edit_agenda(database, remove_slot(slot.id), version)
    with pytest.raises(RecordMissing, match="Aucun agenda"):
        edit_agenda(database, remove_slot(slot.id), 1, rpps=BRUNO)


def test_two_slots_that_overlap_are_not_both_kept_by_two_at_once(database: Database) -> None:
    """Both were judged on the same agenda: the second one written is refused by its version."""
    open_slot(database)
    slots = [build_slot(id="", day="2026-12-01"), build_slot(id="", day="2026-12-01", end="09:00")]

    def interrupt(agenda: AgendaFormat, now: datetime) -> AgendaFormat:
        changed = add_slot(slots[0])(agenda, now)
        edit_agenda(database, add_slot(slots[1]), 1)
        return changed

    with pytest.raises(StaleVersion):
        edit_agenda(database, interrupt, 1)
    assert [slot.end for slot in read_agenda(database, OPERATOR, ANNE).value.slots] == [
        "12:00",
        "09:00",
    ]


def test_a_file_replaces_what_a_file_said_and_never_what_a_person_did(
    database: Database,
) -> None:
    mine = open_slot(database).value
    theirs = name_slots(AgendaFormat(rpps=BRUNO, slots=[build_slot(id="")]))
    rows = {ANNE: AgendaFormat(rpps=ANNE), BRUNO: theirs}
    assert import_records(database, AGENDAS, rows, "1", now=LATER).written == 1
    assert import_records(database, AGENDAS, rows, "2", now=LATER).written == 0
    later = {BRUNO: AgendaFormat(rpps=BRUNO, slots=[build_weekly()])}
    assert import_records(database, AGENDAS, later, "3", now=LATER).written == 1
    held = {one.agenda.rpps: one for one in read_written_agendas(database, NOW)}
    assert held[ANNE].agenda.slots == mine.slots
    assert held[BRUNO].agenda.slots == [build_weekly()]
    assert held[BRUNO].written_at > LATER
    assert theirs.slots[0].id != mine.slots[0].id


@pytest.mark.proves("F107")
@pytest.mark.parametrize(
    "wrong",
    [
        "UPDATE agendas SET rpps = '1'",
        "UPDATE agenda_slots SET end_time = '07:00'",
        "UPDATE agenda_slots SET until = '2026-01-01'",
        "UPDATE agenda_slots SET weekdays = '', until = '2027-01-01'",
        "UPDATE agenda_slots SET seats = 0",
        "UPDATE agenda_slots SET consultation = ''",
        "UPDATE agenda_slots SET types = ''",
        "UPDATE agenda_exceptions SET slot_id = '1'",
    ],
)
def test_the_tables_refuse_what_can_never_be_true(database: Database, wrong: str) -> None:
    open_slot(database, weekdays=["mon"], exceptions=["2026-12-07"], seats=2)
    with pytest.raises(IntegrityError), database.engine.begin() as connection:
        connection.execute(text(wrong))


def test_a_seat_taken_makes_the_word_later_and_holds_up_no_editor(database: Database) -> None:
    open_slot(database, seats=3)
    for later in (LATER, LATER, NOW):
        with open_transaction(database) as session:
            queue_taken_seat(session, ANNE, later)
    (written,) = read_written_agendas(database, NOW, [ANNE])
    assert written.written_at == LATER + 2 * timedelta(microseconds=1)
    assert read_agenda(database, OPERATOR, ANNE).version == 1
    assert read_messages(database) == [(PROJECT_AGENDA, ANNE)] * 4
