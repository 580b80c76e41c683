"""Slots told at the worst moments of a reindex, one moment each, and runs that died there."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from elastic import lifecycle, optimistic
from elastic.client import sync_client
from elastic.names import offers_index
from indexers.reindex import catch_up, recipe
from indexers.reindex.unfinished import is_unfinished
from mappings.records import CanonicalSlot
from slots.loading import importing
from slots.loading.importing import ImportReport, import_answer
from slots.loading.requests import SourceAnswer
from tests.indexers.file_set import NOW, FileSet, rang
from tests.indexers.reindex_harness import (
    ANNE,
    AT_ANNE,
    AT_BRUNO,
    BRUNO,
    TEN,
    ReindexHarness,
    RunKilled,
    kill_run,
    two_doctors,
)
from tests.night.tcp_proxy import TcpProxy

EDITOR = "acme"
ELSEWHERE = {"line": "4 rue du Pont", "postal_code": "48400", "city": "Florac"}


def doctor_slot(rpps: str, hour: int = 10, **fields: Any) -> CanonicalSlot:
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


def import_editor_slots(harness: ReindexHarness, rpps: str, *slots: CanonicalSlot) -> None:
    """What `sas slots import` does with the answer of an editor; acknowledged when it returns."""
    answer = SourceAnswer(EDITOR, [rpps], slots, datetime.now(UTC))
    import_answer(harness.es, harness.alias, answer, NOW, refresh=False)


def hours(harness: ReindexHarness, offer_id: str) -> list[int]:
    """When the slots that an offer bears begin."""
    return sorted(int(slot["start"][11:13]) for slot in harness.offers()[offer_id].get("slots", []))


@pytest.fixture(params=[False, True], ids=["slots carried", "slots of the directory"])
def files(reindex_harness: ReindexHarness, request: pytest.FixtureRequest) -> FileSet:
    """Two doctors that are live, with or without a file of slots."""
    files = two_doctors(reindex_harness)
    if request.param:
        (files.directory / "agenda.jsonl").write_text("")
    reindex_harness.reindex(files)
    return files


def run_before_swap(monkeypatch: pytest.MonkeyPatch, event: Callable[[], None]) -> None:
    """Let something happen at the last instant at which the former index is live."""
    usual = lifecycle.swap_alias

    def both(*arguments: Any) -> Any:
        event()
        return usual(*arguments)

    monkeypatch.setattr(lifecycle, "swap_alias", both)


def test_a_slot_told_between_the_replay_and_the_swap_is_live(
    reindex_harness: ReindexHarness, files: FileSet, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_before_swap(
        monkeypatch, lambda: import_editor_slots(reindex_harness, ANNE, doctor_slot(ANNE))
    )
    report = reindex_harness.reindex(files)
    assert hours(reindex_harness, AT_ANNE) == [10]
    assert report.slots["replayed"] == 1


def test_a_slot_taken_back_between_the_replay_and_the_swap_is_gone(
    reindex_harness: ReindexHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = two_doctors(reindex_harness)
    reindex_harness.reindex(files)
    import_editor_slots(reindex_harness, ANNE, doctor_slot(ANNE))
    run_before_swap(monkeypatch, lambda: import_editor_slots(reindex_harness, ANNE))
    reindex_harness.reindex(files)
    assert hours(reindex_harness, AT_ANNE) == []


@pytest.mark.parametrize("last", [[11], []], ids=["another slot", "no slot"])
def test_an_answer_to_the_new_index_wins_over_one_to_the_former(
    reindex_harness: ReindexHarness,
    files: FileSet,
    monkeypatch: pytest.MonkeyPatch,
    last: list[int],
) -> None:
    """The replay has still to run; an empty answer leaves its instant, and no slot comes back."""
    usual = catch_up.replay_handover

    def import_then_replay(*arguments: Any) -> int:
        if is_unfinished(
            reindex_harness.es, lifecycle.resolve_index(reindex_harness.es, reindex_harness.alias)
        ):
            slots = [doctor_slot(ANNE, hour) for hour in last]
            import_editor_slots(reindex_harness, ANNE, *slots)
        return usual(*arguments)

    run_before_swap(
        monkeypatch, lambda: import_editor_slots(reindex_harness, ANNE, doctor_slot(ANNE, 10))
    )
    monkeypatch.setattr(catch_up, "replay_handover", import_then_replay)
    reindex_harness.reindex(files)
    assert hours(reindex_harness, AT_ANNE) == last


def test_a_slot_written_while_it_is_replayed_is_not_overwritten(
    reindex_harness: ReindexHarness, files: FileSet, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The replay has read the offer, an editor writes it, the replay writes: a conflict."""
    usual = optimistic.write_operations
    conflicts: list[str] = []

    def late(client: Any, index: str, operations: Any, *more: Any) -> Any:
        ready = list(operations)
        if ready and not conflicts and index != reindex_harness.alias:
            import_editor_slots(reindex_harness, ANNE, doctor_slot(ANNE, 11))
        written = usual(client, index, ready, *more)
        conflicts.extend(written.conflicts)
        return written

    run_before_swap(
        monkeypatch, lambda: import_editor_slots(reindex_harness, ANNE, doctor_slot(ANNE, 10))
    )
    monkeypatch.setattr(optimistic, "write_operations", late)
    reindex_harness.reindex(files)
    assert conflicts == [AT_ANNE]
    assert hours(reindex_harness, AT_ANNE) == [11]


def test_a_run_that_died_after_the_swap_is_ended_by_the_next(
    reindex_harness: ReindexHarness, files: FileSet, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its index is live and still marked; the slot of the last instant comes with the next run."""
    with monkeypatch.context() as dying:
        run_before_swap(
            dying, lambda: import_editor_slots(reindex_harness, ANNE, doctor_slot(ANNE))
        )
        dying.setattr(recipe, "finish_handover", kill_run)
        with pytest.raises(RunKilled):
            reindex_harness.reindex(files)
    died = reindex_harness.live
    assert is_unfinished(reindex_harness.es, lifecycle.resolve_index(reindex_harness.es, died))
    import_editor_slots(reindex_harness, BRUNO, doctor_slot(BRUNO))
    last = reindex_harness.reindex(files)
    assert reindex_harness.indices == sorted([died, last.index])
    assert (hours(reindex_harness, AT_ANNE), hours(reindex_harness, AT_BRUNO)) == ([10], [10])


def test_the_handover_of_a_dead_run_gives_the_slot_before_the_next_build(
    reindex_harness: ReindexHarness, files: FileSet, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as dying:
        run_before_swap(
            dying, lambda: import_editor_slots(reindex_harness, ANNE, doctor_slot(ANNE))
        )
        dying.setattr(recipe, "finish_handover", kill_run)
        with pytest.raises(RunKilled):
            reindex_harness.reindex(files)
    assert hours(reindex_harness, AT_ANNE) == []
    assert catch_up.replay_handover(reindex_harness.es, reindex_harness.alias) == 1
    assert hours(reindex_harness, AT_ANNE) == [10]
    assert catch_up.replay_handover(reindex_harness.es, reindex_harness.alias) == 0


def test_an_import_during_which_the_alias_moves_is_done_again(
    reindex_harness: ReindexHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It wrote to the index that was live, and answers only when the one that is has it too."""
    files = two_doctors(reindex_harness)
    former = reindex_harness.reindex(files).index
    next_one = reindex_harness.reindex(files).index
    lifecycle.swap_alias(
        reindex_harness.es,
        reindex_harness.alias,
        lifecycle.resolve_index(reindex_harness.es, former),
    )
    usual = importing._import_once

    def write_then_swap(*arguments: Any) -> ImportReport:
        report = usual(*arguments)
        lifecycle.swap_alias(
            reindex_harness.es,
            reindex_harness.alias,
            lifecycle.resolve_index(reindex_harness.es, next_one),
        )
        return report

    monkeypatch.setattr(importing, "_import_once", write_then_swap)
    import_editor_slots(reindex_harness, ANNE, doctor_slot(ANNE))
    assert reindex_harness.live == next_one
    assert hours(reindex_harness, AT_ANNE) == [10]


def test_a_place_that_only_an_editor_knows_stays_with_its_slots(
    reindex_harness: ReindexHarness,
) -> None:
    files = two_doctors(reindex_harness)
    reindex_harness.reindex(files)
    import_editor_slots(reindex_harness, ANNE, doctor_slot(ANNE, structure={}, place=ELSEWHERE))
    (created,) = reindex_harness.offers().keys() - {AT_ANNE, AT_BRUNO}
    away = {"start": "2026-11-23", "end": "2026-11-23"}
    reindex_harness.reindex(two_doctors(reindex_harness).line("absences", rpps=ANNE, ranges=[away]))
    found = reindex_harness.offers()[created]
    assert [slot["hidden_reason"] for slot in found["slots"]] == ["absent"]
    assert found["lines"] == ["4 rue du Pont"]


def test_a_place_that_only_an_editor_knows_goes_with_its_professional(
    reindex_harness: ReindexHarness,
) -> None:
    reindex_harness.reindex(two_doctors(reindex_harness))
    import_editor_slots(reindex_harness, ANNE, doctor_slot(ANNE, structure={}, place=ELSEWHERE))
    reindex_harness.reindex(reindex_harness.files("next").doctor(BRUNO), accept_drift=True)
    assert all(BRUNO in offer_id for offer_id in reindex_harness.offers())


def test_a_swap_whose_answer_is_lost_is_a_swap(
    reindex_harness: ReindexHarness, es_url: str
) -> None:
    """The alias moved, the connection died before the answer, the client asked again: refused."""
    files = two_doctors(reindex_harness)
    reindex_harness.reindex(files)
    reindex_harness.give_slots(AT_ANNE, TEN)
    with TcpProxy(es_url) as way, sync_client(way.url, request_timeout=30) as client:
        way.lose_answer(b"_aliases")
        report = recipe.reindex(client, reindex_harness.reindex_request(files))
    assert way.lost
    assert reindex_harness.live == report.index
    assert hours(reindex_harness, AT_ANNE) == [10]


def test_a_late_batch_of_a_killed_run_leaves_no_index_to_roll_back_to(
    reindex_harness: ReindexHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It makes the index again, without any mark of ours, while the next run is under way."""
    files = two_doctors(reindex_harness)
    kept = reindex_harness.reindex(files).index
    stray = str(offers_index(reindex_harness.prefix, datetime.now(UTC)))
    run_before_swap(monkeypatch, lambda: reindex_harness.es.indices.create(index=stray) and None)
    live = reindex_harness.reindex(files).index
    assert reindex_harness.indices == sorted([kept, live])
