"""Older words never come back: decided per offer and source, by the instant of the answer."""

import json
import os
import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from elastic import lifecycle
from indexers.changes.comparison import compare_indices, two_sides
from indexers.changes.differences import Differences
from indexers.reindex import recipe
from indexers.reindex.dry_run import dry_run
from indexers.reindex.recipe import rollback
from mappings.records import CanonicalSlot
from slots.loading.importing import import_answer
from slots.loading.requests import SourceAnswer
from tests.indexers.file_set import NOW, FileSet, rang
from tests.indexers.reindex_harness import (
    ANNE,
    AT_ANNE,
    AT_BRUNO,
    BRUNO,
    ReindexHarness,
    RunKilled,
    kill_run,
    two_doctors,
)
from tests.slots.bundles import FHIR, PS

MINUTE = timedelta(minutes=1)
OFFERS = {ANNE: AT_ANNE, BRUNO: AT_BRUNO}


def doctor_slot(rpps: str, hour: int = 10, **fields: Any) -> CanonicalSlot:
    """A slot at the practice of a doctor, tomorrow."""
    found: dict[str, Any] = {
        "slot": "s1",
        "start": f"2026-11-24T{hour:02}:00:00Z",
        "end": f"2026-11-24T{hour:02}:20:00Z",
        "types": ["PUBLIC"],
        "practitioner": {"idnps": f"8{rpps}"},
        "structure": {"idnst": f"4{rang(rpps)}", "kind": "RPPS_RANG"},
        **fields,
    }
    return found  # type: ignore[return-value]


def tell(
    harness: ReindexHarness, source: str, rpps: str, at: datetime, *slots: CanonicalSlot
) -> None:
    """An answer given at an instant reaches the live index."""
    answer = SourceAnswer(source, [rpps], slots, at)
    import_answer(harness.es, harness.alias, answer, NOW, refresh=False)


def add_answer(
    files: FileSet, editor: str, rpps: str, at: datetime | None = None, has_slots: bool = True
) -> FileSet:
    """The guide's answer of a professional in the directory: two slots, one at his own practice."""
    folder = files.directory / "fhir"
    folder.mkdir(exist_ok=True)
    name = f"{editor}-{len(list(folder.iterdir()))}.json"
    text = (FHIR / PS.file).read_text().replace("10100050075", rpps)
    text = text.replace("1810004421", f"4{rang(rpps)}").replace("2021-11-05", "2026-11-24")
    empty = json.dumps({"resourceType": "Bundle", "type": "searchset", "total": 0})
    (folder / name).write_text(text if has_slots else empty)
    line = {"editor": editor, "flow": "R01", "asked": [f"8{rpps}"], "files": [name]}
    with (folder / "requests.jsonl").open("a") as requests:
        requests.write(json.dumps(line | ({} if at is None else {"answered_at": at.isoformat()})))
        requests.write("\n")
    return files


def add_agenda(files: FileSet, rpps: str, hour: int, at: datetime | None = None) -> FileSet:
    """A slot of the agenda, in a file written at an instant."""
    files.line("agenda", **doctor_slot(rpps, hour))
    if at is not None:
        os.utime(files.directory / "agenda.jsonl", (at.timestamp(), at.timestamp()))
    return files


def slot_hours(harness: ReindexHarness, offer_id: str) -> dict[str, list[int]]:
    """When the slots of an offer begin, by source."""
    found: dict[str, list[int]] = {}
    for slot in harness.offers()[offer_id].get("slots", []):
        found.setdefault(slot["source"], []).append(int(slot["start"][11:13]))
    return found


def test_an_agenda_alone_in_the_directory_loses_no_slot_of_an_editor(
    reindex_harness: ReindexHarness,
) -> None:
    files = two_doctors(reindex_harness)
    reindex_harness.reindex(files)
    tell(reindex_harness, "acme", ANNE, NOW - 5 * MINUTE, doctor_slot(ANNE, 11))
    report = reindex_harness.reindex(add_agenda(files, ANNE, 10))
    assert slot_hours(reindex_harness, AT_ANNE) == {"sas-agenda": [10], "acme": [11]}
    assert report.slots["carried_to"] == 1


def test_an_owner_who_left_the_agenda_loses_its_slots_and_no_other(
    reindex_harness: ReindexHarness,
) -> None:
    files = add_agenda(two_doctors(reindex_harness), BRUNO, 10, NOW - 9 * MINUTE)
    reindex_harness.reindex(files)
    tell(reindex_harness, "acme", BRUNO, NOW - 5 * MINUTE, doctor_slot(BRUNO, 11))
    reindex_harness.reindex(
        add_agenda(reindex_harness.files("next").doctor(ANNE).doctor(BRUNO), ANNE, 9),
        accept_drift=True,
    )
    assert slot_hours(reindex_harness, AT_BRUNO) == {"acme": [11]}


def test_an_agenda_older_than_the_live_one_changes_nothing(
    reindex_harness: ReindexHarness,
) -> None:
    reindex_harness.reindex(add_agenda(two_doctors(reindex_harness), ANNE, 10, NOW - 5 * MINUTE))
    older = reindex_harness.files("older").doctor(ANNE).doctor(BRUNO)
    reindex_harness.reindex(add_agenda(older, BRUNO, 9, NOW - 9 * MINUTE), accept_drift=True)
    assert slot_hours(reindex_harness, AT_ANNE) == {"sas-agenda": [10]}
    assert slot_hours(reindex_harness, AT_BRUNO) == {}


def test_a_place_that_its_editor_left_keeps_the_slots_of_another(
    reindex_harness: ReindexHarness,
) -> None:
    files = two_doctors(reindex_harness)
    reindex_harness.reindex(files)
    elsewhere = {"line": "4 rue du Pont", "postal_code": "48400", "city": "Florac"}
    there = {hour: doctor_slot(BRUNO, hour, structure={}, place=elsewhere) for hour in (11, 12)}
    tell(reindex_harness, "acme", BRUNO, NOW - 5 * MINUTE, there[11])
    tell(reindex_harness, "beta", BRUNO, NOW - 4 * MINUTE, there[12])
    (place,) = reindex_harness.offers().keys() - {AT_ANNE, AT_BRUNO}
    tell(reindex_harness, "acme", BRUNO, NOW - 3 * MINUTE)
    assert slot_hours(reindex_harness, place) == {"beta": [12]}
    reindex_harness.reindex(files)
    assert slot_hours(reindex_harness, place) == {"beta": [12]}
    tell(reindex_harness, "beta", BRUNO, NOW - 2 * MINUTE)
    reindex_harness.reindex(files, accept_drift=True)
    assert place not in reindex_harness.offers()


def test_a_dry_run_tells_what_becomes_of_the_slots(reindex_harness: ReindexHarness) -> None:
    """A directory without one editor, and with an older answer of another."""
    files = two_doctors(reindex_harness)
    reindex_harness.reindex(files)
    elsewhere = {"line": "4 rue du Pont", "postal_code": "48400", "city": "Florac"}
    tell(reindex_harness, "acme", ANNE, NOW - 5 * MINUTE, doctor_slot(ANNE, 11))
    at_place = doctor_slot(BRUNO, 12, structure={}, place=elsewhere)
    tell(reindex_harness, "acme", BRUNO, NOW - 5 * MINUTE, at_place)
    tell(reindex_harness, "beta", ANNE, NOW - 5 * MINUTE)
    add_answer(files, "beta", ANNE, NOW - 9 * MINUTE)
    add_answer(files, "gamma", BRUNO, NOW - 9 * MINUTE)
    rehearsed = dry_run(reindex_harness.es, reindex_harness.reindex_request(files))
    report = reindex_harness.reindex(files)
    done = Differences()
    sides = two_sides(reindex_harness.es, reindex_harness.prefix, None, None)
    compare_indices(reindex_harness.es, *sides, done)
    assert rehearsed.differences is not None
    told = rehearsed.differences.as_json()
    for word in ("added", "changed", "removed", "same", "slots_changed"):
        assert told[word] == done.as_json()[word], word
    replayed = report.slots.pop("replayed")
    assert (rehearsed.slots, replayed) == (report.slots, 0)
    assert (report.slots["late"], report.slots["carried_to"]) == (1, 2)
    assert slot_hours(reindex_harness, AT_ANNE) == {"acme": [11]}
    assert slot_hours(reindex_harness, AT_BRUNO) == {"gamma": [9]}


@pytest.mark.parametrize("during", [False, True], ids=["before the run", "during the run"])
def test_a_slot_taken_back_does_not_come_back_from_an_older_answer_of_the_directory(
    reindex_harness: ReindexHarness, monkeypatch: pytest.MonkeyPatch, during: bool
) -> None:
    """Neither at the practice nor at a place that only the older answer knows."""
    files = two_doctors(reindex_harness)
    reindex_harness.reindex(files)
    add_answer(files, "acme", ANNE)
    usual = recipe.check_new_index

    def empty_then_check(*arguments: Any) -> None:
        tell(reindex_harness, "acme", ANNE, NOW)
        usual(*arguments)

    if during:
        monkeypatch.setattr(recipe, "check_new_index", empty_then_check)
    else:
        tell(reindex_harness, "acme", ANNE, NOW)
    reindex_harness.reindex(files, accept_drift=True)
    slots = [offer.get("slots", []) for offer in reindex_harness.offers().values()]
    assert slots == [[] for _ in slots]


def test_a_place_that_a_newer_answer_of_the_directory_lacks_does_not_come_back(
    reindex_harness: ReindexHarness,
) -> None:
    files = two_doctors(reindex_harness)
    reindex_harness.reindex(files)
    elsewhere = {"line": "4 rue du Pont", "postal_code": "48400", "city": "Florac"}
    told = doctor_slot(ANNE, 11, structure={}, place=elsewhere)
    tell(reindex_harness, "acme", ANNE, NOW - 9 * MINUTE, told)
    assert len(reindex_harness.offers()) == 3
    add_answer(files, "acme", ANNE, NOW - 5 * MINUTE, has_slots=False)
    reindex_harness.reindex(files, accept_drift=True)
    assert reindex_harness.offers().keys() == {AT_ANNE, AT_BRUNO}


def test_a_rollback_keeps_what_was_answered_while_the_other_index_was_live(
    reindex_harness: ReindexHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = two_doctors(reindex_harness)
    reindex_harness.reindex(files)
    tell(reindex_harness, "acme", ANNE, NOW - 9 * MINUTE, doctor_slot(ANNE, 10))
    reindex_harness.reindex(files)
    tell(reindex_harness, "acme", ANNE, NOW - 5 * MINUTE)
    tell(reindex_harness, "acme", BRUNO, NOW - 5 * MINUTE, doctor_slot(BRUNO, 11))
    usual = lifecycle.swap_alias

    def tell_then_swap(*arguments: Any) -> Any:
        tell(reindex_harness, "beta", ANNE, NOW - MINUTE, doctor_slot(ANNE, 12))
        return usual(*arguments)

    monkeypatch.setattr(lifecycle, "swap_alias", tell_then_swap)
    rollback(reindex_harness.es, reindex_harness.trail, NOW)
    assert slot_hours(reindex_harness, AT_ANNE) == {"beta": [12]}
    assert slot_hours(reindex_harness, AT_BRUNO) == {"acme": [11]}


class Interleaving:
    """Random answers, reindexes, rollbacks and kills, and the last word of each source."""

    def __init__(
        self, harness: ReindexHarness, monkeypatch: pytest.MonkeyPatch, chance: random.Random
    ) -> None:
        self.harness, self.patch, self.chance = harness, monkeypatch, chance
        self.files = two_doctors(harness)
        self.last: dict[tuple[str, str], tuple[datetime, list[int]]] = {}
        self.steps = 0
        harness.reindex(self.files)

    def answer(self) -> None:
        """Somebody answers about somebody: of any age, with or without a slot."""
        self.steps += 1
        source, rpps = self.chance.choice(["acme", "beta"]), self.chance.choice([ANNE, BRUNO])
        at = (
            NOW
            - timedelta(hours=2)
            + timedelta(seconds=self.chance.randrange(3600), microseconds=self.steps)
        )
        hours = self.chance.sample(range(10, 20), self.chance.randrange(3))
        tell(self.harness, source, rpps, at, *(doctor_slot(rpps, hour) for hour in hours))
        if at > self.last.get((source, rpps), (at - MINUTE, []))[0]:
            self.last[source, rpps] = at, sorted(hours)

    def reindex(self) -> None:
        """A whole run, with answers just before its swap and just after."""
        with self.patch.context() as racing:
            self._race(racing, recipe, "check_new_index")
            self._race(racing, lifecycle, "swap_alias")
            self._race(racing, recipe, "finish_handover")
            self.harness.reindex(self.files, accept_drift=True)

    def reindex_killed(self) -> None:
        """A run killed at a stage: before the swap, or between the swap and its end."""
        stage = self.chance.choice(["attach_slots", "prepare_handover", "finish_handover"])
        with self.patch.context() as dying:
            self._race(dying, lifecycle, "swap_alias")
            dying.setattr(recipe, stage, kill_run)
            with pytest.raises(RunKilled):
                self.harness.reindex(self.files, accept_drift=True)

    def roll_back(self) -> None:
        """Back to the previous index, if one is kept, with an answer just before the swap."""
        if lifecycle.previous_indices(self.harness.es, self.harness.alias):
            with self.patch.context() as racing:
                self._race(racing, lifecycle, "swap_alias")
                rollback(self.harness.es, self.harness.trail, NOW)

    def check(self) -> None:
        """The live index holds the last word of each source."""
        wanted: dict[str, dict[str, list[int]]] = {rpps: {} for rpps in OFFERS}
        for (source, rpps), (_, hours) in self.last.items():
            if hours:
                wanted[rpps][source] = hours
        assert {rpps: slot_hours(self.harness, key) for rpps, key in OFFERS.items()} == wanted

    def _race(self, patch: pytest.MonkeyPatch, module: Any, name: str) -> None:
        usual: Callable[..., Any] = getattr(module, name)

        def answer_first(*arguments: Any) -> Any:
            self.answer()
            return usual(*arguments)

        patch.setattr(module, name, answer_first)


@pytest.mark.parametrize("seed", [1, 2])
def test_the_last_word_of_each_source_holds_through_random_nights(
    reindex_harness: ReindexHarness, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    """A run killed after the swap is ended by the next one, which is what is checked."""
    night = Interleaving(reindex_harness, monkeypatch, random.Random(seed))
    for _ in range(4):
        for _ in range(3):
            night.answer()
        night.chance.choice([night.reindex_killed, night.roll_back, night.answer])()
        night.reindex()
        night.check()


def test_the_instant_of_a_file_is_before_the_run_that_reads_it(
    reindex_harness: ReindexHarness,
) -> None:
    """A file without an instant of its own never wins over an answer given while it is read."""
    files = add_answer(two_doctors(reindex_harness), "acme", ANNE)
    reindex_harness.reindex(files)
    (at,) = reindex_harness.offers()[AT_ANNE]["answered_at"].values()
    assert at < NOW.astimezone(UTC).isoformat()
