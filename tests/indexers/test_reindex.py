"""The recipe against a real node: what goes live, and that nothing else ever does."""

import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from elasticsearch import Elasticsearch

from elastic import audit, lifecycle, lock
from elastic.errors import LockTaken
from elastic.names import offers_index
from indexers import gate, runs
from indexers import reindex as recipe
from indexers.gate import GateClosedError
from indexers.interruption import InterruptedRunError, interruptible
from indexers.reindex import NothingToRollBackError, dry_run, rollback
from indexers.unfinished import unfinished_mapping
from indexers.watch import Watch
from mappings.offers import offers_settings
from tests.indexers.reindexing import OVER, TEN, Office, slot
from tests.indexers.sets import FLORAC, MSP, NOW, FileSet, rang

ANNE, BRUNO = "10100000016", "10100000024"
AT_ANNE, AT_BRUNO = f"rpps:{ANNE}@4{rang(ANNE)}", f"rpps:{BRUNO}@4{rang(BRUNO)}"


@pytest.fixture
def office(es: Elasticsearch, index_prefix: str, tmp_path: Path) -> Office:
    return Office(es, index_prefix, tmp_path)


def two_doctors(office: Office) -> FileSet:
    return office.files().doctor(ANNE).doctor(BRUNO, FLORAC)


def test_a_directory_becomes_the_live_index(office: Office) -> None:
    files = two_doctors(office).site(MSP, "603", "MSP DES TANNEURS").sos()
    report = office.reindex(files)
    assert office.live == report.index
    assert office.offers().keys() == files.offers().keys()
    assert report.offers.kinds == {"professional": 2, "structure": 1, "sos_point": 1}
    settings = office.es.indices.get_settings(index=office.live)[office.live]["settings"]["index"]
    assert settings["refresh_interval"] == "1s"
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


STAGES = ["create", "fill", "attach_slots", "settle", "check", "replay", "mark_finished"]


class InjectedError(Exception):
    """A failure put there by a test."""


def fail(error: BaseException) -> Callable[..., None]:
    def failing(*arguments: Any) -> None:
        raise error

    return failing


def assert_untouched(office: Office, live: str, offers: dict[str, Any]) -> None:
    """The live index is the only one and as it was; no lock is left."""
    assert office.indices == [live]
    assert office.live == live
    assert office.offers() == offers
    with lock.held(office.es, recipe.LOCK, prefix=office.prefix):
        pass


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


def many(office: Office, name: str, count: int) -> FileSet:
    files = office.files(name)
    for number in range(count):
        files.line(
            "solutions",
            key=f"k{number}",
            editor="acme",
            name=f"Acme {number}",
            link="https://acme.example",
            departments=["48"],
        )
    return files


def test_a_drift_stops_before_the_swap_unless_it_is_accepted(office: Office) -> None:
    live = office.reindex(many(office, "many", 200)).index
    few = many(office, "few", 100)
    with pytest.raises(GateClosedError, match="kind solution went from 200 to 100 offers") as shut:
        office.reindex(few)
    assert "department 48 went from 200 to 100" in str(shut.value)
    assert "fewer than 95% of the live 200" in str(shut.value)
    assert office.indices == [live]
    assert office.reindex(few, accept_drift=True).accepted == shut.value.problems


def test_a_sentence_names_the_first_problems_and_counts_the_others() -> None:
    problems = [f"department {code} went from 0 to 900 offers" for code in range(100)]
    closed = GateClosedError(problems, "Look.")
    assert "department 5 " in str(closed)
    assert "department 6 " not in str(closed)
    assert "94 more of the kind. Look." in str(closed)
    assert closed.problems == problems


def test_a_small_change_is_no_drift(office: Office) -> None:
    office.reindex(many(office, "many", 200))
    office.reindex(many(office, "more", 240))
    assert len(office.offers()) == 240


def test_too_many_bad_rows_stop_before_the_swap(office: Office) -> None:
    files = two_doctors(office).line("participation", rpps="1")
    with pytest.raises(GateClosedError, match=r"100.0% of participation was set aside"):
        office.reindex(files)
    assert office.indices == []
    assert office.reindex(files, accept_drift=True).accepted


def test_lost_answers_of_editors_stop_before_the_swap(office: Office) -> None:
    """Missing slots must not look like no slot."""
    files = two_doctors(office)
    requests = files.directory / "fhir/requests.jsonl"
    requests.parent.mkdir()
    requests.write_text(f'{{"editor":"a","flow":"R01","asked":["8{ANNE}"],"files":["gone.json"]}}')
    with pytest.raises(GateClosedError, match="1 of 1 editors' answers could not be read"):
        office.reindex(files)
    assert office.indices == []
    assert office.reindex(files, accept_drift=True).accepted


def test_the_floor_is_never_waived(office: Office) -> None:
    files = two_doctors(office)
    with pytest.raises(GateClosedError, match="2 offers where at least 3 are needed"):
        office.reindex(files, floor=3, accept_drift=True)
    assert office.indices == []


def test_an_index_that_cannot_find_its_offers_does_not_go_live(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = two_doctors(office)
    written = recipe.write_offers

    def forgets_one(client: Any, index: str, offers: Any, progress: Any) -> int:
        return written(client, index, list(offers)[:-1], progress)

    monkeypatch.setattr(recipe, "write_offers", forgets_one)
    with pytest.raises(GateClosedError, match=r"wrote .* but finds"):
        office.reindex(files, accept_drift=True)
    assert office.indices == []


@pytest.mark.parametrize(
    ("field", "value", "problem"),
    [
        ("names", ["..."], "not found by its own name"),
        ("kind", "structure", "wrote"),
    ],
)
def test_smoke_queries_see_a_damaged_offer(
    office: Office, field: str, value: Any, problem: str
) -> None:
    report = office.reindex(office.files().doctor(ANNE))
    office.es.update(index=office.alias, id=AT_ANNE, doc={field: value}, refresh=True)
    with pytest.raises(GateClosedError, match=problem):
        gate.smoke(office.es, office.live, report.offers)


def test_a_judge_that_complains_leaves_the_live_index_even_when_drift_is_accepted(
    office: Office,
) -> None:
    files = two_doctors(office)
    live, offers = office.reindex(files).index, office.offers()
    asked: list[str] = []

    def complains(name: str) -> list[str]:
        asked.append(name)
        assert office.es.count(index=name)["count"] == 2
        assert office.live == live
        return ["cardiologists are nurses"]

    with pytest.raises(GateClosedError, match=r"cardiologists are nurses. The index was not made"):
        office.reindex(files, judge=complains, accept_drift=True)
    assert len(asked) == 1
    assert asked != [live]
    assert_untouched(office, live, offers)


def test_a_judge_that_is_satisfied_lets_the_new_index_live(office: Office) -> None:
    assert office.reindex(two_doctors(office), judge=lambda name: []).index == office.live


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
    (row,) = runs.set_aside(order.run)
    assert (row["source"], row["line"], row["reason"]) == ("participation", 1, "invalid_record")
    assert row["explanation"]
    assert list(runs.set_aside(order.run, "rpps")) == []
    assert runs.read_report(order.run)["quarantine"]["participation"]["ratio"] == 1.0


def test_the_trail_tells_what_was_done(office: Office) -> None:
    report = office.reindex(two_doctors(office))
    done, begun = audit.history(office.es, prefix=office.prefix)
    assert (done.event, begun.event) == (
        audit.Event.REINDEX_COMPLETED,
        audit.Event.REINDEX_STARTED,
    )
    assert done.index == report.index
    assert done.details["total"] == 2
