"""Slots told at the worst moments of a reindex, one moment each, and runs that died there."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from elastic import lifecycle
from elastic.client import sync_client
from elastic.names import offers_index
from indexers.reindex import catch_up, recipe
from indexers.reindex.unfinished import is_unfinished
from mappings.records import CanonicalSlot
from slots.loading import importing
from slots.loading.importing import import_slots
from tests.indexers.reindexing import ANNE, AT_ANNE, AT_BRUNO, BRUNO, TEN, Office, two_doctors
from tests.indexers.sets import NOW, FileSet, rang
from tests.night.tcp_proxy import Way

EDITOR = "acme"
ELSEWHERE = {"line": "4 rue du Pont", "postal_code": "48400", "city": "Florac"}


def slot_of(rpps: str, hour: int = 10, **fields: Any) -> CanonicalSlot:
    """A slot that an editor tells of, at the practice of a doctor."""
    found: dict[str, Any] = {
        "slot": "s1",
        "start": f"2026-11-23T{hour}:00:00Z",
        "end": f"2026-11-23T{hour}:20:00Z",
        "types": ["PUBLIC"],
        "practitioner": {"idnps": f"8{rpps}"},
        "structure": {"idnst": f"4{rang(rpps)}", "kind": "RPPS_RANG"},
        **fields,
    }
    return found  # type: ignore[return-value]


def tell(office: Office, rpps: str, *slots: CanonicalSlot) -> None:
    """What `sas slots import` does with the answer of an editor; acknowledged when it returns."""
    import_slots(office.es, office.alias, slots, EDITOR, [rpps], NOW, refresh=False)


def hours(office: Office, offer_id: str) -> list[int]:
    """When the slots that an offer bears begin."""
    return sorted(int(slot["start"][11:13]) for slot in office.offers()[offer_id].get("slots", []))


@pytest.fixture(params=[False, True], ids=["slots carried", "slots of the directory"])
def files(office: Office, request: pytest.FixtureRequest) -> FileSet:
    """Two doctors that are live, with or without a file of slots."""
    files = two_doctors(office)
    if request.param:
        (files.directory / "agenda.jsonl").write_text("")
    office.reindex(files)
    return files


def before_the_swap(monkeypatch: pytest.MonkeyPatch, event: Callable[[], None]) -> None:
    """Let something happen at the last instant at which the former index is live."""
    usual = lifecycle.swap

    def both(*told: Any) -> Any:
        event()
        return usual(*told)

    monkeypatch.setattr(lifecycle, "swap", both)


def test_a_slot_told_between_the_replay_and_the_swap_is_live(
    office: Office, files: FileSet, monkeypatch: pytest.MonkeyPatch
) -> None:
    before_the_swap(monkeypatch, lambda: tell(office, ANNE, slot_of(ANNE)))
    report = office.reindex(files)
    assert hours(office, AT_ANNE) == [10]
    assert report.slots["replayed"] == 1


def test_a_slot_taken_back_between_the_replay_and_the_swap_is_gone(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = two_doctors(office)
    office.reindex(files)
    tell(office, ANNE, slot_of(ANNE))
    before_the_swap(monkeypatch, lambda: tell(office, ANNE))
    office.reindex(files)
    assert hours(office, AT_ANNE) == []


def test_a_slot_told_to_the_new_index_wins_over_one_told_to_the_former(
    office: Office, files: FileSet, monkeypatch: pytest.MonkeyPatch
) -> None:
    usual = catch_up.complete

    def told_first(*told: Any) -> int:
        if is_unfinished(office.es, lifecycle.resolve(office.es, office.alias)):
            tell(office, ANNE, slot_of(ANNE, 11))
        return usual(*told)

    before_the_swap(monkeypatch, lambda: tell(office, ANNE, slot_of(ANNE, 10)))
    monkeypatch.setattr(catch_up, "complete", told_first)
    office.reindex(files)
    assert hours(office, AT_ANNE) == [11]


def test_a_slot_written_while_it_is_replayed_is_not_overwritten(
    office: Office, files: FileSet, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The replay has read the offer, an editor writes it, the replay writes: a conflict."""
    usual, told = catch_up.write, []

    def late(client: Any, index: str, operations: Any, *more: Any) -> Any:
        ready = list(operations)
        if ready and not told:
            told.append(tell(office, ANNE, slot_of(ANNE, 11)))
        return usual(client, index, ready, *more)

    before_the_swap(monkeypatch, lambda: tell(office, ANNE, slot_of(ANNE, 10)))
    monkeypatch.setattr(catch_up, "write", late)
    office.reindex(files)
    assert told
    assert hours(office, AT_ANNE) == [11]


def test_a_run_that_died_after_the_swap_is_ended_by_the_next(
    office: Office, files: FileSet, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its index is live and still marked; the slot of the last instant comes with the next run."""
    with monkeypatch.context() as dying:
        before_the_swap(dying, lambda: tell(office, ANNE, slot_of(ANNE)))
        dying.setattr(recipe, "complete", killed)
        with pytest.raises(Killed):
            office.reindex(files)
    died = office.live
    assert is_unfinished(office.es, lifecycle.resolve(office.es, died))
    tell(office, BRUNO, slot_of(BRUNO))
    last = office.reindex(files)
    assert office.indices == sorted([died, last.index])
    if not (files.directory / "agenda.jsonl").exists():
        assert (hours(office, AT_ANNE), hours(office, AT_BRUNO)) == ([10], [10])


class Killed(BaseException):
    """Nothing more of the run happens."""


def killed(*told: Any) -> None:
    raise Killed


def test_the_handover_of_a_dead_run_gives_the_slot_before_the_next_build(
    office: Office, files: FileSet, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as dying:
        before_the_swap(dying, lambda: tell(office, ANNE, slot_of(ANNE)))
        dying.setattr(recipe, "complete", killed)
        with pytest.raises(Killed):
            office.reindex(files)
    assert hours(office, AT_ANNE) == []
    assert catch_up.complete(office.es, office.alias) == 1
    assert hours(office, AT_ANNE) == [10]
    assert catch_up.complete(office.es, office.alias) == 0


def test_an_import_during_which_the_alias_moves_is_done_again(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It wrote to the index that was live, and answers only when the one that is has it too."""
    files = two_doctors(office)
    former = office.reindex(files).index
    next_one = office.reindex(files).index
    lifecycle.swap(office.es, office.alias, lifecycle.resolve(office.es, former))
    usual = importing._write_all

    def moved(*told: Any) -> None:
        usual(*told)
        lifecycle.swap(office.es, office.alias, lifecycle.resolve(office.es, next_one))

    monkeypatch.setattr(importing, "_write_all", moved)
    tell(office, ANNE, slot_of(ANNE))
    assert office.live == next_one
    assert hours(office, AT_ANNE) == [10]


def test_a_place_that_only_an_editor_knows_stays_with_its_slots(office: Office) -> None:
    files = two_doctors(office)
    office.reindex(files)
    tell(office, ANNE, slot_of(ANNE, structure={}, place=ELSEWHERE))
    (created,) = office.offers().keys() - {AT_ANNE, AT_BRUNO}
    away = {"start": "2026-11-23", "end": "2026-11-23"}
    office.reindex(two_doctors(office).line("absences", rpps=ANNE, ranges=[away]))
    found = office.offers()[created]
    assert [slot["hidden"] for slot in found["slots"]] == ["absent"]
    assert found["lines"] == ["4 rue du Pont"]


def test_a_place_that_only_an_editor_knows_goes_with_its_professional(office: Office) -> None:
    office.reindex(two_doctors(office))
    tell(office, ANNE, slot_of(ANNE, structure={}, place=ELSEWHERE))
    office.reindex(office.files("next").doctor(BRUNO), accept_drift=True)
    assert all(BRUNO in offer_id for offer_id in office.offers())


def test_a_swap_whose_answer_is_lost_is_a_swap(office: Office, es_url: str) -> None:
    """The alias moved, the connection died before the answer, the client asked again: refused."""
    files = two_doctors(office)
    office.reindex(files)
    office.give_slots(AT_ANNE, TEN)
    with Way(es_url) as way, sync_client(way.url, request_timeout=30) as client:
        way.lose_answer_of(b"_aliases")
        report = recipe.reindex(client, office.order(files))
    assert way.lost
    assert office.live == report.index
    assert hours(office, AT_ANNE) == [10]


def test_a_late_batch_of_a_killed_run_leaves_no_index_to_roll_back_to(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It makes the index again, without any mark of ours, while the next run is under way."""
    files = two_doctors(office)
    kept = office.reindex(files).index
    stray = str(offers_index(office.prefix, datetime.now(UTC)))
    before_the_swap(monkeypatch, lambda: office.es.indices.create(index=stray) and None)
    live = office.reindex(files).index
    assert office.indices == sorted([kept, live])
