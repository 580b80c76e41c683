"""The recipe against a real node: what goes live, and that nothing else ever does."""

import os
import signal
from collections.abc import Callable
from typing import Any

import pytest

from elastic import lifecycle
from elastic.errors import LockTaken
from elastic.names import offers_index
from elastic.service import audit, lock
from indexers.reindex import recipe
from indexers.reindex.dry_run import dry_run
from indexers.reindex.recipe import NothingToRollBackError, rollback
from indexers.reindex.unfinished import unfinished_mapping
from indexers.runs import folder
from indexers.runs.interruption import InterruptedRunError, interruptible
from indexers.runs.progress import Watch
from mappings.offers import offers_settings
from tests.indexers.reindexing import (
    ANNE,
    AT_ANNE,
    AT_BRUNO,
    OVER,
    TEN,
    Office,
    assert_untouched,
    many,
    slot,
    two_doctors,
)
from tests.indexers.sets import MSP, NOW, rang


def test_a_directory_becomes_the_live_index(office: Office) -> None:
    files = two_doctors(office).site(MSP, "603", "MSP DES TANNEURS").sos()
    report = office.reindex(files)
    assert office.live == report.index
    assert office.offers().keys() == files.offers().keys()
    assert report.offers.kinds == {"professional": 2, "structure": 1, "sos_point": 1}
    settings = office.es.indices.get_settings(index=office.live)[office.live]["settings"]["index"]
    assert settings["refresh_interval"] == "1s"
    assert settings["translog"]["durability"] == "request"
    assert settings["number_of_replicas"] == "0"


def test_who_left_the_files_leaves_the_index(office: Office) -> None:
    first = office.reindex(two_doctors(office))
    second = office.reindex(office.files("next").doctor(ANNE), accept_drift=True)
    assert office.offers().keys() == {AT_ANNE}
    assert second.live_before == first.index
    assert second.as_json()["kinds"] == {"professional": {"live": 2, "new": 1}}


def test_the_previous_index_is_kept_and_older_ones_go(office: Office) -> None:
    files = two_doctors(office)
    names = [office.reindex(files).index for _ in range(3)]
    assert office.indices == sorted(names[1:])
    assert office.live == names[2]


def test_slots_of_the_directory_are_on_their_offers(office: Office) -> None:
    files = two_doctors(office)
    files.line(
        "agenda",
        slot="1",
        start="2026-11-23T10:00:00Z",
        end="2026-11-23T10:20:00Z",
        types=["SNP"],
        practitioner={"idnps": f"8{ANNE}"},
        structure={"idnst": f"4{rang(ANNE)}", "kind": "RPPS_RANG"},
    )
    report = office.reindex(files)
    (found,) = office.offers()[AT_ANNE]["slots"]
    assert (found["types"], found["source"]) == (["SNP"], "sas-agenda")
    assert "slots" not in office.offers()[AT_BRUNO]
    assert report.slots["bearers"] == report.slots["slots"] == 1


def test_live_slots_are_carried_over_when_the_directory_brings_none(office: Office) -> None:
    files = two_doctors(office)
    office.reindex(files)
    office.give_slots(AT_ANNE, OVER, TEN)
    office.reindex(files)
    assert office.offers()[AT_ANNE]["slots"] == [TEN]


def test_carried_slots_are_judged_by_the_new_settings(office: Office) -> None:
    office.reindex(two_doctors(office))
    office.give_slots(AT_ANNE, TEN)
    office.give_slots(AT_BRUNO, TEN)
    day = {"start": "2026-11-23", "end": "2026-11-23"}
    office.reindex(two_doctors(office).line("absences", rpps=ANNE, ranges=[day]))
    (hidden,) = office.offers()[AT_ANNE]["slots"]
    assert (hidden["types"], hidden["hidden"]) == ([], "absent")
    assert hidden["declared_types"] == ["PUBLIC"]
    assert office.offers()[AT_BRUNO]["slots"] == [TEN]


@pytest.mark.parametrize("own_slots", [False, True])
def test_slots_that_arrive_during_the_build_are_not_lost(
    office: Office, monkeypatch: pytest.MonkeyPatch, own_slots: bool
) -> None:
    files = two_doctors(office)
    office.reindex(files)
    office.give_slots(AT_ANNE, TEN)
    if own_slots:
        (files.directory / "agenda.jsonl").write_text("")
    late = slot("acme:9", "2026-11-23T15:00:00Z", "2026-11-23T15:20:00Z")

    def arrives(*arguments: Any) -> None:
        office.give_slots(AT_BRUNO, late)

    meanwhile(monkeypatch, "check", arrives)
    office.reindex(files)
    assert office.offers()[AT_BRUNO]["slots"] == [late]
    assert office.offers()[AT_ANNE].get("slots", []) == ([] if own_slots else [TEN])


def meanwhile(monkeypatch: pytest.MonkeyPatch, stage: str, event: Callable[..., None]) -> None:
    """Let ``event`` happen just before a stage of the recipe."""
    usual = getattr(recipe, stage)

    def both(*arguments: Any) -> Any:
        event(*arguments)
        return usual(*arguments)

    monkeypatch.setattr(recipe, stage, both)


STAGES = ["create", "fill", "attach_slots", "settle", "check", "replay", "seal"]


class InjectedError(Exception):
    """A failure put there by a test."""


def fail(error: BaseException) -> Callable[..., None]:
    def failing(*arguments: Any) -> None:
        raise error

    return failing


@pytest.mark.parametrize(
    "error", [InjectedError("x"), KeyboardInterrupt()], ids=["error", "ctrl-c"]
)
@pytest.mark.parametrize("stage", STAGES)
def test_a_failure_at_any_stage_leaves_the_live_index_as_it_was(
    office: Office, monkeypatch: pytest.MonkeyPatch, stage: str, error: BaseException
) -> None:
    files = two_doctors(office)
    live, offers = office.reindex(files).index, office.offers()
    meanwhile(monkeypatch, stage, fail(error))
    with pytest.raises(type(error)):
        office.reindex(files.doctor("10100000032"))
    assert_untouched(office, live, offers)
    events = [entry.event for entry in audit.history(office.es, prefix=office.prefix)]
    assert events[:2] == [audit.Event.REINDEX_FAILED, audit.Event.REINDEX_STARTED]
    monkeypatch.undo()
    assert len(office.reindex(files).offers.kinds) == 1


def test_a_swap_that_fails_leaves_the_live_index_as_it_was(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = two_doctors(office)
    live, offers = office.reindex(files).index, office.offers()
    monkeypatch.setattr(lifecycle, "swap", fail(InjectedError("x")))
    with pytest.raises(InjectedError):
        office.reindex(files)
    assert_untouched(office, live, offers)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_during_the_build_leaves_the_live_index_as_it_was(
    office: Office, monkeypatch: pytest.MonkeyPatch, number: signal.Signals
) -> None:
    files = two_doctors(office)
    live, offers = office.reindex(files).index, office.offers()
    meanwhile(monkeypatch, "settle", lambda *arguments: os.kill(os.getpid(), number))
    with interruptible(), pytest.raises(InterruptedRunError, match=number.name):
        office.reindex(files)
    assert_untouched(office, live, offers)


def test_a_second_signal_does_not_stop_the_clean_up(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = two_doctors(office)
    live, offers = office.reindex(files).index, office.offers()
    meanwhile(monkeypatch, "fill", lambda *arguments: os.kill(os.getpid(), signal.SIGTERM))
    meanwhile(monkeypatch, "_abandon", lambda *arguments: os.kill(os.getpid(), signal.SIGINT))
    with interruptible(), pytest.raises(InterruptedRunError, match="SIGTERM"):
        office.reindex(files)
    assert_untouched(office, live, offers)


def test_an_index_left_by_a_killed_run_goes_at_the_next_one(office: Office) -> None:
    files = two_doctors(office)
    first = office.reindex(files).index
    order = office.order(files)
    killed = offers_index(office.prefix, order.started)
    lifecycle.create_index(office.es, killed, offers_settings(), unfinished_mapping())
    second = office.reindex(files).index
    assert office.indices == sorted([first, second])


def test_two_reindexes_at_once_are_one_and_a_refusal(office: Office) -> None:
    files = two_doctors(office)
    with lock.held(office.es, recipe.LOCK, prefix=office.prefix), pytest.raises(LockTaken):
        office.reindex(files)
    assert office.indices == []


def test_the_lock_is_kept_alive_while_documents_are_written(office: Office) -> None:
    beats: list[str] = []
    watch = Watch()
    watch.on_beat(lambda: beats.append("beat"))
    recipe.reindex(office.es, office.order(two_doctors(office)), watch)
    assert len(beats) >= 5


def test_a_dry_run_writes_nothing_and_tells_what_would_change(office: Office) -> None:
    live = office.reindex(two_doctors(office)).index
    files = office.files("next").doctor(ANNE).site(MSP, "603", "MSP")
    report = dry_run(office.es, office.order(files))
    assert report.as_json()["kinds"] == {
        "professional": {"live": 2, "new": 1},
        "structure": {"live": 0, "new": 1},
    }
    assert report.refused == []
    assert office.indices == [live]


def test_a_dry_run_says_that_the_gate_would_stay_closed(office: Office) -> None:
    office.reindex(many(office, "many", 200))
    report = dry_run(office.es, office.order(many(office, "few", 10)))
    assert any("fewer than 95%" in problem for problem in report.refused)


def test_rollback_makes_the_previous_index_live(office: Office) -> None:
    first = office.reindex(two_doctors(office)).index
    second = office.reindex(office.files("next").doctor(ANNE), accept_drift=True).index
    left, live = rollback(office.es, office.prefix, NOW)
    assert (str(left), str(live)) == (second, first) == (second, office.live)
    assert office.offers().keys() == {AT_ANNE, AT_BRUNO}
    with pytest.raises(NothingToRollBackError):
        rollback(office.es, office.prefix, NOW)
    assert office.live == first


def test_rollback_without_any_index_says_what_to_do(office: Office) -> None:
    with pytest.raises(NothingToRollBackError, match="sas reindex"):
        rollback(office.es, office.prefix, NOW)


def test_a_run_keeps_its_quarantine_and_its_report(office: Office) -> None:
    files = two_doctors(office).line("participation", rpps="1")
    order = office.order(files, accept_drift=True)
    recipe.reindex(office.es, order)
    (row,) = folder.set_aside(order.run)
    assert (row["source"], row["line"], row["reason"]) == ("participation", 1, "invalid_record")
    assert row["explanation"]
    assert list(folder.set_aside(order.run, "rpps")) == []
    assert folder.read_report(order.run)["quarantine"]["participation"]["ratio"] == 1.0


def test_the_trail_tells_what_was_done(office: Office) -> None:
    report = office.reindex(two_doctors(office))
    done, begun = audit.history(office.es, prefix=office.prefix)
    assert (done.event, begun.event) == (
        audit.Event.REINDEX_COMPLETED,
        audit.Event.REINDEX_STARTED,
    )
    assert done.index == report.index
    assert done.details["total"] == 2
