"""Agendas from the records to the index: by the worker, by a reindex, day after day."""

from datetime import UTC, date, datetime, timedelta
from typing import Any, cast

import pytest

from indexers.loads.records_import import DeclaredInput, prepare_declared
from indexers.reindex.dry_run import dry_run
from mappings.agenda.formats import AgendaFormat, AgendaSlotFormat
from mappings.records import Offer
from records.agenda.agendas import WrittenAgenda, queue_taken_seat, read_written_agendas
from records.agenda.edits import Scope, add_slot, remove_slot
from records.agenda.occurrences import OccurrenceKey
from records.database import Database, open_transaction
from records.orientations.kinds import OrientationKind, OrientationState
from records.orientations.life import change_state
from records.orientations.seats import take_seat
from records.orientations.values import Orientation
from slots.loading.agenda import build_agenda_answers, build_agenda_slots, parse_agenda_slot_id
from slots.loading.importing import import_answer
from tests.indexers.file_set import FileSet, rang
from tests.indexers.reindex_harness import (
    ANNE,
    AT_ANNE,
    AT_BRUNO,
    BRUNO,
    ReindexHarness,
    two_doctors,
)
from tests.records.agenda.agendas import edit_agenda, open_slot
from tests.records.agenda.rules import build_slot, build_weekly
from tests.records.orientations.people import CLAIRE, ask
from tests.records.samples import NOW
from worker.context import WorkerContext
from worker.run import drain_outbox

EVERY_DAY = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
DAY = timedelta(days=1)
OF_BRUNO: dict[str, Any] = {"idnst": f"4{rang(BRUNO)}"}


def run_worker_at(context: WorkerContext, now: datetime = NOW) -> int:
    return drain_outbox(context, lambda: now)


def read_slots(harness: ReindexHarness, offer: str = AT_ANNE) -> list[dict[str, Any]]:
    found = harness.offers()[offer].get("slots", [])
    return [slot for slot in found if slot["source"] == "sas-agenda"]


def list_starts(harness: ReindexHarness, offer: str = AT_ANNE) -> list[str]:
    return [slot["start"][8:16] for slot in read_slots(harness, offer)]


def reindex(harness: ReindexHarness, database: Database, files: FileSet, now: datetime) -> None:
    declared = prepare_declared(database, files.directory, DeclaredInput(), now)
    harness.reindex(files, declared=declared, now=now)


@pytest.mark.proves("F105", "F060", "F063", "W16")
def test_the_window_of_an_agenda_is_searchable_with_its_seats(
    database: Database, worker_context: WorkerContext, reindex_harness: ReindexHarness
) -> None:
    reindex_harness.reindex(two_doctors(reindex_harness))
    stored = open_slot(database, weekdays=EVERY_DAY, day="2026-11-24", seats=4)
    open_slot(database, 1, day="2026-11-24", start="14:00", end="14:30", consultation=["VR"])
    run_worker_at(worker_context)
    walk_in, single, other = read_slots(reindex_harness)
    slot_id = stored.value.slots[0].id
    assert walk_in == {
        "id": f"sas-agenda:{slot_id}@2026-11-24T07:00:00Z",
        "start": "2026-11-24T07:00:00Z",
        "end": "2026-11-24T11:00:00Z",
        "overlap_instants": ["2026-11-24T07:00:00Z", "2026-11-24T10:59:59Z"],
        "types": ["SNP"],
        "declared_types": ["SNP"],
        "source": "sas-agenda",
        "received_at": "2026-11-23T08:00:00Z",
        "consultation": ["AMB"],
        "appointment": "WALKIN",
        "seats_max": 4,
        "seats_left": 4,
    }
    assert parse_agenda_slot_id(walk_in["id"]) == OccurrenceKey(
        slot_id, datetime(2026, 11, 24, 7, tzinfo=UTC)
    )
    assert (single["start"], single["appointment"], single["seats_max"]) == (
        "2026-11-24T13:00:00Z",
        "ROUTINE",
        1,
    )
    assert other["start"] == "2026-11-25T07:00:00Z"
    assert read_slots(reindex_harness, AT_BRUNO) == []


@pytest.mark.proves("F105", "F108")
def test_what_is_removed_leaves_the_search_and_an_emptied_agenda_too(
    database: Database, worker_context: WorkerContext, reindex_harness: ReindexHarness
) -> None:
    reindex_harness.reindex(two_doctors(reindex_harness))
    slot = open_slot(database, weekdays=EVERY_DAY, day="2026-11-24").value.slots[0]
    run_worker_at(worker_context)
    assert list_starts(reindex_harness) == ["24T07:00", "25T07:00"]
    edit_agenda(database, remove_slot(slot.id, Scope(date(2026, 11, 24))), 1)
    run_worker_at(worker_context)
    assert list_starts(reindex_harness) == ["25T07:00"]
    edit_agenda(database, remove_slot(slot.id), 2)
    run_worker_at(worker_context)
    assert list_starts(reindex_harness) == []


@pytest.mark.proves("F060", "W16")
def test_a_new_day_is_projected_without_a_change(
    database: Database, worker_context: WorkerContext, reindex_harness: ReindexHarness
) -> None:
    reindex_harness.reindex(two_doctors(reindex_harness))
    open_slot(database, weekdays=EVERY_DAY, day="2026-11-24")
    run_worker_at(worker_context)
    for day, starts in ((1, ["25T07:00", "26T07:00"]), (7, ["01T07:00", "02T07:00"])):
        run_worker_at(worker_context, NOW + day * DAY)
        assert list_starts(reindex_harness) == starts
    assert read_slots(reindex_harness)[0]["received_at"] == "2026-11-29T23:00:00Z"
    assert run_worker_at(worker_context, NOW + 7 * DAY) == 0


@pytest.mark.proves("F105", "F111")
def test_a_reindex_alone_brings_back_the_same_slots_to_the_byte(
    database: Database, worker_context: WorkerContext, reindex_harness: ReindexHarness
) -> None:
    files = two_doctors(reindex_harness)
    reindex_harness.reindex(files)
    open_slot(database, weekdays=EVERY_DAY, day="2026-11-24", seats=4)
    edit_agenda(
        database,
        add_slot(build_slot(id="", day="2026-11-25", **OF_BRUNO)),
        rpps=BRUNO,
        now=NOW + timedelta(hours=1),
        places={OF_BRUNO["idnst"]: "Europe/Paris"},
    )
    later = NOW + timedelta(hours=2)
    run_worker_at(worker_context, later)
    before = reindex_harness.offers()
    assert before[AT_ANNE]["answered_at"] != before[AT_BRUNO]["answered_at"]
    reindex_harness.es.indices.delete(index=",".join(reindex_harness.indices))
    reindex(reindex_harness, database, files, later)
    assert reindex_harness.offers() == before
    reindex(reindex_harness, database, files, later)
    assert reindex_harness.offers() == before
    run_worker_at(worker_context, later)
    assert reindex_harness.offers() == before


def test_each_agenda_is_as_old_as_its_own_last_change(
    database: Database, worker_context: WorkerContext, reindex_harness: ReindexHarness
) -> None:
    """What changed in the live index while a build was under way is later, whoever else is."""
    files = two_doctors(reindex_harness)
    reindex_harness.reindex(files)
    edit_agenda(
        database,
        add_slot(build_slot(id="", day="2026-11-25", **OF_BRUNO)),
        rpps=BRUNO,
        places={OF_BRUNO["idnst"]: "Europe/Paris"},
    )
    slot = open_slot(database, weekdays=EVERY_DAY, day="2026-11-24").value.slots[0]
    declared = prepare_declared(database, files.directory, DeclaredInput(), NOW)
    edit_agenda(database, remove_slot(slot.id), 1, now=NOW + timedelta(minutes=1))
    run_worker_at(worker_context, NOW + timedelta(minutes=1))
    reindex_harness.reindex(files, declared=declared)
    assert list_starts(reindex_harness) == []
    assert list_starts(reindex_harness, AT_BRUNO) == ["25T07:00"]


def test_a_late_worker_undoes_nothing(
    database: Database, worker_context: WorkerContext, reindex_harness: ReindexHarness
) -> None:
    """One read the agenda, was held up, and writes after another brought a later one."""
    reindex_harness.reindex(two_doctors(reindex_harness))
    slot = open_slot(database, weekdays=EVERY_DAY, day="2026-11-24").value.slots[0]
    run_worker_at(worker_context)
    edit_agenda(database, remove_slot(slot.id), 1, now=NOW - DAY / 24)
    run_worker_at(worker_context)
    (held_up,) = build_agenda_answers([WrittenAgenda(build_agenda(slot), NOW)], NOW)
    assert len(held_up.slots) == 2
    import_answer(reindex_harness.es, reindex_harness.alias, held_up, NOW)
    assert list_starts(reindex_harness) == []


def build_agenda(slot: AgendaSlotFormat) -> AgendaFormat:
    return AgendaFormat(rpps=ANNE, slots=[slot])


def test_seats_taken_lower_those_shown_and_a_full_slot_does_not_show() -> None:
    agenda = build_agenda(build_weekly("tue", "wed", seats=2, day="2026-11-24"))
    first, second = build_agenda_slots(WrittenAgenda(agenda, NOW), NOW)
    taken = {parse_agenda_slot_id(f"sas-agenda:{first['slot']}"): 2}
    full, free = build_agenda_slots(WrittenAgenda(agenda, NOW, taken), NOW)
    assert (full["seats_taken"], free) == (2, second)


@pytest.mark.proves("F063", "F115")
def test_seats_taken_are_in_the_searches_and_outlive_a_reindex(
    database: Database, worker_context: WorkerContext, reindex_harness: ReindexHarness
) -> None:
    files = two_doctors(reindex_harness)
    reindex_harness.reindex(files)
    slot = open_slot(database, weekdays=EVERY_DAY, day="2026-11-24", seats=2).value.slots[0]
    start = datetime(2026, 11, 24, 7, tzinfo=UTC)
    for number, left in enumerate(([1, 2], [2]), 1):
        later = NOW + number * timedelta(minutes=1)
        with open_transaction(database) as session:
            take_seat(session, ANNE, OccurrenceKey(slot.id, start), 2)
            queue_taken_seat(session, ANNE, later)
        run_worker_at(worker_context, later)
        assert [one["seats_left"] for one in read_slots(reindex_harness)] == left
    before = reindex_harness.offers()
    reindex_harness.es.indices.delete(index=reindex_harness.live)
    reindex(reindex_harness, database, files, later)
    assert reindex_harness.offers() == before


@pytest.mark.proves("F063", "F115")
def test_an_orientation_lowers_the_seats_and_the_last_one_takes_the_slot_away(
    database: Database, worker_context: WorkerContext, reindex_harness: ReindexHarness
) -> None:
    files = two_doctors(reindex_harness)
    reindex_harness.reindex(files)
    open_slot(database, weekdays=EVERY_DAY, day="2026-11-24", seats=2)
    run_worker_at(worker_context)
    offer = cast("Offer", reindex_harness.offers()[AT_ANNE])
    chosen = offer["slots"][0]["id"]

    def orient(minutes: int) -> Orientation:
        at = NOW + timedelta(minutes=minutes)
        kind = OrientationKind.SLOT
        asked = ask(database, offer=offer, kind=kind, slot=chosen, now=at)
        run_worker_at(worker_context, at)
        return asked

    first = orient(1)
    assert [one["seats_left"] for one in read_slots(reindex_harness)] == [1, 2]
    orient(2)
    assert list_starts(reindex_harness) == ["25T07:00"]
    before = reindex_harness.offers()
    assert before[AT_ANNE]["orientations_today"] == {"day": "2026-11-23", "count": 2}
    later = NOW + timedelta(minutes=3)
    reindex(reindex_harness, database, files, later)
    run_worker_at(worker_context, later)
    assert reindex_harness.offers() == before
    change_state(database, CLAIRE, first.id, OrientationState.CANCELLED, later)
    run_worker_at(worker_context, later)
    assert [one["seats_left"] for one in read_slots(reindex_harness)] == [1, 2]


def test_a_dry_run_counts_the_agendas_of_the_records(
    database: Database, reindex_harness: ReindexHarness
) -> None:
    files = two_doctors(reindex_harness)
    reindex_harness.reindex(files)
    said = build_slot(id="", day="2026-11-24").model_dump(mode="json", exclude_defaults=True)
    files.line("agendas", rpps=ANNE, slots=[said])
    chosen = DeclaredInput(dry_run=True)
    declared = prepare_declared(database, files.directory, chosen, NOW)
    order = reindex_harness.reindex_request(files, declared=declared)
    report = dry_run(reindex_harness.es, order)
    assert (report.slots["slots"], report.slots["bearers"]) == (1, 1)
    assert read_written_agendas(database, NOW) == []
    reindex(reindex_harness, database, files, NOW)
    assert list_starts(reindex_harness) == ["24T07:00"]
