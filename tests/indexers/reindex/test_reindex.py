"""The recipe against a real node: what goes live, and that nothing else ever does."""

import os
import signal
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import Engine, text

from elastic import lifecycle
from elastic.errors import LockTaken
from elastic.names import IndexName, offers_index
from elastic.service import lock
from indexers.reindex import recipe
from indexers.reindex.dry_run import dry_run
from indexers.reindex.recipe import NothingToRollBackError, rollback
from indexers.reindex.unfinished import build_unfinished_mapping
from indexers.runs import folder
from indexers.runs.interruption import InterruptedRunError, open_interruptible_section
from indexers.runs.progress import ProgressListener
from mappings.offers import offers_mapping, offers_settings
from mappings.schema_history import RENAMED_OFFER_FIELDS, RENAMED_SLOT_FIELDS
from records.errors import SchemaOutdated
from records.trail import audit
from tests.indexers.file_set import MSP, NOW, rang
from tests.indexers.reindex_harness import (
    ANNE,
    AT_ANNE,
    AT_BRUNO,
    OVER,
    TEN,
    ReindexHarness,
    assert_untouched,
    many_solutions,
    slot,
    two_doctors,
)


def test_a_directory_becomes_the_live_index(reindex_harness: ReindexHarness) -> None:
    files = two_doctors(reindex_harness).site(MSP, "603", "MSP DES TANNEURS").sos()
    report = reindex_harness.reindex(files)
    assert reindex_harness.live == report.index
    assert reindex_harness.offers().keys() == files.offers().keys()
    assert report.offers.kinds == {"professional": 2, "structure": 1, "sos_point": 1}
    settings = reindex_harness.es.indices.get_settings(index=reindex_harness.live)[
        reindex_harness.live
    ]["settings"]["index"]
    assert settings["refresh_interval"] == "1s"
    assert settings["translog"]["durability"] == "request"
    assert settings["number_of_replicas"] == "0"


def test_who_left_the_files_leaves_the_index(reindex_harness: ReindexHarness) -> None:
    first = reindex_harness.reindex(two_doctors(reindex_harness))
    second = reindex_harness.reindex(reindex_harness.files("next").doctor(ANNE), accept_drift=True)
    assert reindex_harness.offers().keys() == {AT_ANNE}
    assert second.live_before == first.index
    assert second.as_json()["kinds"] == {"professional": {"live": 2, "new": 1}}


def test_the_previous_index_is_kept_and_older_ones_go(reindex_harness: ReindexHarness) -> None:
    files = two_doctors(reindex_harness)
    names = [reindex_harness.reindex(files).index for _ in range(3)]
    assert reindex_harness.indices == sorted(names[1:])
    assert reindex_harness.live == names[2]


def test_slots_of_the_directory_are_on_their_offers(reindex_harness: ReindexHarness) -> None:
    files = two_doctors(reindex_harness)
    files.line(
        "agenda",
        slot="1",
        start="2026-11-23T10:00:00Z",
        end="2026-11-23T10:20:00Z",
        types=["SNP"],
        practitioner={"idnps": f"8{ANNE}"},
        structure={"idnst": f"4{rang(ANNE)}", "kind": "RPPS_RANG"},
    )
    report = reindex_harness.reindex(files)
    (found,) = reindex_harness.offers()[AT_ANNE]["slots"]
    assert (found["types"], found["source"]) == (["SNP"], "sas-agenda")
    assert "slots" not in reindex_harness.offers()[AT_BRUNO]
    assert report.slots["bearers"] == report.slots["slots"] == 1


def test_live_slots_are_carried_over_when_the_directory_brings_none(
    reindex_harness: ReindexHarness,
) -> None:
    files = two_doctors(reindex_harness)
    reindex_harness.reindex(files)
    reindex_harness.give_slots(AT_ANNE, OVER, TEN)
    reindex_harness.reindex(files)
    assert reindex_harness.offers()[AT_ANNE]["slots"] == [TEN]


def write_former_index(harness: ReindexHarness) -> None:
    """The live offers as schema 5 stored them, live in an index of that schema."""
    former = IndexName(harness.prefix, schema=5, stamp=datetime.now(UTC))
    offer_names = {present: old for old, present in RENAMED_OFFER_FIELDS.items()}
    slot_names = {present: old for old, present in RENAMED_SLOT_FIELDS.items()}
    mapping = {"dynamic": False, "properties": {"slots": offers_mapping()["properties"]["slots"]}}
    mapping["properties"] |= {name: {"type": "keyword"} for name in ("id", "kind", "department")}
    mapping["properties"]["slots"] = {**mapping["properties"]["slots"], "dynamic": False}
    lifecycle.create_index(harness.es, former, {}, mapping)
    for offer_id, offer in harness.offers().items():
        document = {offer_names.get(name, name): value for name, value in offer.items()}
        document["slots"] = [
            {slot_names.get(name, name): value for name, value in one.items()}
            for one in offer.get("slots", [])
        ]
        document["bookable"] = []
        harness.es.index(index=str(former), id=offer_id, document=document, refresh=True)
    lifecycle.swap_alias(harness.es, former.alias, former)


def test_live_slots_of_the_previous_schema_are_kept_by_their_present_names(
    reindex_harness: ReindexHarness,
) -> None:
    files = two_doctors(reindex_harness)
    reindex_harness.reindex(files)
    reindex_harness.give_slots(AT_ANNE, OVER, TEN)
    write_former_index(reindex_harness)
    assert reindex_harness.offers()[AT_ANNE]["slots"][0]["marks"]
    rehearsed = dry_run(reindex_harness.es, reindex_harness.reindex_request(files))
    assert rehearsed.differences is not None
    assert rehearsed.differences.as_json()["changed"]["total"] == 0
    reindex_harness.reindex(files)
    assert reindex_harness.offers()[AT_ANNE]["slots"] == [TEN]


def test_carried_slots_are_judged_by_the_new_settings(reindex_harness: ReindexHarness) -> None:
    reindex_harness.reindex(two_doctors(reindex_harness))
    reindex_harness.give_slots(AT_ANNE, TEN)
    reindex_harness.give_slots(AT_BRUNO, TEN)
    day = {"start": "2026-11-23", "end": "2026-11-23"}
    reindex_harness.reindex(two_doctors(reindex_harness).line("absences", rpps=ANNE, ranges=[day]))
    (hidden,) = reindex_harness.offers()[AT_ANNE]["slots"]
    assert (hidden["types"], hidden["hidden_reason"]) == ([], "absent")
    assert hidden["declared_types"] == ["PUBLIC"]
    assert reindex_harness.offers()[AT_BRUNO]["slots"] == [TEN]


@pytest.mark.parametrize("own_slots", [False, True])
def test_slots_that_arrive_during_the_build_are_not_lost(
    reindex_harness: ReindexHarness, monkeypatch: pytest.MonkeyPatch, own_slots: bool
) -> None:
    files = two_doctors(reindex_harness)
    reindex_harness.reindex(files)
    reindex_harness.give_slots(AT_ANNE, TEN)
    if own_slots:
        (files.directory / "agenda.jsonl").write_text("")
    late = slot("acme:9", "2026-11-23T15:00:00Z", "2026-11-23T15:20:00Z")

    def arrives(*arguments: Any) -> None:
        reindex_harness.give_slots(AT_BRUNO, late)

    run_before_stage(monkeypatch, "check_new_index", arrives)
    reindex_harness.reindex(files)
    assert reindex_harness.offers()[AT_BRUNO]["slots"] == [late]
    assert reindex_harness.offers()[AT_ANNE].get("slots", []) == [TEN]


def run_before_stage(
    monkeypatch: pytest.MonkeyPatch, stage: str, event: Callable[..., None]
) -> None:
    """Let ``event`` happen just before a stage of the recipe."""
    usual = getattr(recipe, stage)

    def both(*arguments: Any) -> Any:
        event(*arguments)
        return usual(*arguments)

    monkeypatch.setattr(recipe, stage, both)


STAGES = [
    "create_build_index",
    "fill_index",
    "attach_slots",
    "refresh_and_merge",
    "check_new_index",
    "replay_live_slots",
    "prepare_handover",
]


class InjectedError(Exception):
    """A failure put there by a test."""


def raise_in_stage(error: BaseException) -> Callable[..., None]:
    def failing(*arguments: Any) -> None:
        raise error

    return failing


@pytest.mark.parametrize(
    "error", [InjectedError("x"), KeyboardInterrupt()], ids=["error", "ctrl-c"]
)
@pytest.mark.parametrize("stage", STAGES)
def test_a_failure_at_any_stage_leaves_the_live_index_as_it_was(
    reindex_harness: ReindexHarness,
    monkeypatch: pytest.MonkeyPatch,
    stage: str,
    error: BaseException,
) -> None:
    files = two_doctors(reindex_harness)
    live, offers = reindex_harness.reindex(files).index, reindex_harness.offers()
    run_before_stage(monkeypatch, stage, raise_in_stage(error))
    with pytest.raises(type(error)):
        reindex_harness.reindex(files.doctor("10100000032"))
    assert_untouched(reindex_harness, live, offers)
    failed, *_, begun = read_last_events(reindex_harness)
    assert (failed, begun) == (audit.Event.REINDEX_FAILED, audit.Event.REINDEX_STARTED)
    monkeypatch.undo()
    assert len(reindex_harness.reindex(files).offers.kinds) == 1


def read_last_events(harness: ReindexHarness) -> list[audit.Event]:
    """Events of the index of the last run, the newest first."""
    lines = audit.read_audit_trail(harness.trail)
    return [line.event for line in lines if line.index == lines[0].index]


def test_records_that_are_away_stop_a_reindex_before_the_swap(
    reindex_harness: ReindexHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whenever their table leaves, an index without a trail never goes live."""
    files = two_doctors(reindex_harness)
    live, offers = reindex_harness.reindex(files).index, reindex_harness.offers()
    files = files.doctor("10100000032")
    engine = reindex_harness.trail.database.engine
    for stage in ("create_build_index", "prepare_handover"):
        run_before_stage(monkeypatch, stage, lambda *_: rename_trail(engine, "audit_lines", "away"))
        with pytest.raises(SchemaOutdated) as caught:
            reindex_harness.reindex(files)
        assert any("trail" in note for note in caught.value.__notes__)
        assert_untouched(reindex_harness, live, offers)
        rename_trail(engine, "away", "audit_lines")
        monkeypatch.undo()
    assert len(reindex_harness.reindex(files).offers.kinds) == 1


def rename_trail(engine: Engine, name: str, new: str) -> None:
    with engine.begin() as connection:
        connection.execute(text(f"ALTER TABLE {name} RENAME TO {new}"))


def test_a_swap_that_fails_leaves_the_live_index_as_it_was(
    reindex_harness: ReindexHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = two_doctors(reindex_harness)
    live, offers = reindex_harness.reindex(files).index, reindex_harness.offers()
    monkeypatch.setattr(lifecycle, "swap_alias", raise_in_stage(InjectedError("x")))
    with pytest.raises(InjectedError):
        reindex_harness.reindex(files)
    assert_untouched(reindex_harness, live, offers)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_during_the_build_leaves_the_live_index_as_it_was(
    reindex_harness: ReindexHarness, monkeypatch: pytest.MonkeyPatch, number: signal.Signals
) -> None:
    files = two_doctors(reindex_harness)
    live, offers = reindex_harness.reindex(files).index, reindex_harness.offers()
    run_before_stage(
        monkeypatch, "refresh_and_merge", lambda *arguments: os.kill(os.getpid(), number)
    )
    with open_interruptible_section(), pytest.raises(InterruptedRunError, match=number.name):
        reindex_harness.reindex(files)
    assert_untouched(reindex_harness, live, offers)


def test_a_second_signal_does_not_stop_the_clean_up(
    reindex_harness: ReindexHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = two_doctors(reindex_harness)
    live, offers = reindex_harness.reindex(files).index, reindex_harness.offers()
    run_before_stage(
        monkeypatch, "fill_index", lambda *arguments: os.kill(os.getpid(), signal.SIGTERM)
    )
    run_before_stage(
        monkeypatch, "_abandon", lambda *arguments: os.kill(os.getpid(), signal.SIGINT)
    )
    with open_interruptible_section(), pytest.raises(InterruptedRunError, match="SIGTERM"):
        reindex_harness.reindex(files)
    assert_untouched(reindex_harness, live, offers)


def test_an_index_left_by_a_killed_run_goes_at_the_next_one(
    reindex_harness: ReindexHarness,
) -> None:
    files = two_doctors(reindex_harness)
    first = reindex_harness.reindex(files).index
    order = reindex_harness.reindex_request(files)
    killed = offers_index(reindex_harness.prefix, order.started)
    lifecycle.create_index(
        reindex_harness.es, killed, offers_settings(), build_unfinished_mapping()
    )
    second = reindex_harness.reindex(files).index
    assert reindex_harness.indices == sorted([first, second])


def test_two_reindexes_at_once_are_one_and_a_refusal(reindex_harness: ReindexHarness) -> None:
    files = two_doctors(reindex_harness)
    with (
        lock.open_lock(reindex_harness.es, recipe.LOCK, prefix=reindex_harness.prefix),
        pytest.raises(LockTaken),
    ):
        reindex_harness.reindex(files)
    assert reindex_harness.indices == []


def test_the_lock_is_kept_alive_while_documents_are_written(
    reindex_harness: ReindexHarness,
) -> None:
    beats: list[str] = []
    watch = ProgressListener()
    watch.on_beat(lambda: beats.append("beat"))
    recipe.reindex(
        reindex_harness.es, reindex_harness.reindex_request(two_doctors(reindex_harness)), watch
    )
    assert len(beats) >= 5


def test_a_dry_run_writes_nothing_and_tells_what_would_change(
    reindex_harness: ReindexHarness,
) -> None:
    live = reindex_harness.reindex(two_doctors(reindex_harness)).index
    files = reindex_harness.files("next").doctor(ANNE).site(MSP, "603", "MSP")
    report = dry_run(reindex_harness.es, reindex_harness.reindex_request(files))
    assert report.as_json()["kinds"] == {
        "professional": {"live": 2, "new": 1},
        "structure": {"live": 0, "new": 1},
    }
    assert report.refused == []
    assert reindex_harness.indices == [live]


def test_a_dry_run_says_that_the_gate_would_stay_closed(reindex_harness: ReindexHarness) -> None:
    reindex_harness.reindex(many_solutions(reindex_harness, "many", 200))
    report = dry_run(
        reindex_harness.es,
        reindex_harness.reindex_request(many_solutions(reindex_harness, "few", 10)),
    )
    assert any("fewer than 95%" in problem for problem in report.refused)


def test_rollback_makes_the_previous_index_live(reindex_harness: ReindexHarness) -> None:
    first = reindex_harness.reindex(two_doctors(reindex_harness)).index
    second = reindex_harness.reindex(
        reindex_harness.files("next").doctor(ANNE), accept_drift=True
    ).index
    left, live = rollback(reindex_harness.es, reindex_harness.trail, NOW)
    assert (str(left), str(live)) == (second, first) == (second, reindex_harness.live)
    assert reindex_harness.offers().keys() == {AT_ANNE, AT_BRUNO}
    with pytest.raises(NothingToRollBackError):
        rollback(reindex_harness.es, reindex_harness.trail, NOW)
    assert reindex_harness.live == first


def test_rollback_without_any_index_says_what_to_do(reindex_harness: ReindexHarness) -> None:
    with pytest.raises(NothingToRollBackError, match="sas reindex"):
        rollback(reindex_harness.es, reindex_harness.trail, NOW)


def test_a_run_keeps_its_quarantine_and_its_report(reindex_harness: ReindexHarness) -> None:
    files = two_doctors(reindex_harness).line("participation", rpps="1")
    order = reindex_harness.reindex_request(files, accept_drift=True)
    recipe.reindex(reindex_harness.es, order)
    (row,) = folder.read_quarantined_rows(order.run)
    assert (row["source"], row["line"], row["reason"]) == ("participation", 1, "invalid_record")
    assert row["explanation"]
    assert list(folder.read_quarantined_rows(order.run, "rpps")) == []
    assert folder.read_report(order.run)["quarantine"]["participation"]["ratio"] == 1.0


def test_the_trail_tells_what_was_done(reindex_harness: ReindexHarness) -> None:
    report = reindex_harness.reindex(two_doctors(reindex_harness))
    done, checked, begun = audit.read_audit_trail(reindex_harness.trail)
    assert (done.event, checked.event, begun.event) == (
        audit.Event.REINDEX_COMPLETED,
        audit.Event.REINDEX_CHECKED,
        audit.Event.REINDEX_STARTED,
    )
    assert done.index == report.index
    assert done.details["total"] == 2
