"""Ten minutes of mixed load on one process of the API: nothing fails, is lost or grows."""

import asyncio
import random
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psutil
import pytest

from bench.processes import sas_path, start_api
from elastic.names import offers_alias
from mappings.instants import utc_text
from mappings.records import CanonicalSlot
from slots.loading.importing import import_answer
from slots.loading.requests import SourceAnswer
from tests.api.conftest import load_entries
from tests.indexers.file_set import rang
from tests.night.conftest import CrashHarness, fill_register, reindex_command, rpps
from tests.soak.drift import MAX_GROWTH, ResourceProbe, Sample, find_leaks, measure_growth
from tests.soak.mixed_load import ACTIONS, MixedLoad, run_mixed_load
from tests.suite.waiting import PATIENCE_S, wait_for

SOAK_S = 600.0
DOCTORS, EDITOR_DOCTORS = 200, 40
EDITOR = "acme"
IMPORT_EVERY_S = 0.25
SAMPLES = 120
"""Samples of a run, whatever its length."""


@dataclass
class SoakEditor:
    """An editor whose answers replace each other; ``last`` holds what was acknowledged."""

    harness: CrashHarness
    last: dict[str, list[str]] = field(default_factory=dict)
    failures: list[str] = field(default_factory=list)

    def answer_until(self, over: threading.Event) -> None:
        """Import an answer four times a second; an answer of seven takes its slot back."""
        chance, number = random.Random(71), 0
        while not over.wait(IMPORT_EVERY_S):
            number += 1
            doctor = rpps(chance.randrange(EDITOR_DOCTORS))
            slots = [] if number % 7 == 0 else [build_slot(doctor, number)]
            try:
                self._import(doctor, slots)
            except Exception as error:
                self.failures.append(repr(error))

    def _import(self, doctor: str, slots: list[CanonicalSlot]) -> None:
        answer = SourceAnswer(EDITOR, [doctor], slots)
        import_answer(self.harness.es, self.harness.alias, answer, datetime.now(UTC))
        self.last[doctor] = [slot["start"] for slot in slots]


def build_slot(doctor: str, number: int) -> CanonicalSlot:
    """A slot of ten minutes tomorrow, at another minute for each number."""
    start = datetime.now(UTC).replace(second=0, microsecond=0) + timedelta(days=1, minutes=number)
    return {  # type: ignore[typeddict-item]
        "slot": str(number),
        "start": utc_text(start),
        "end": utc_text(start + timedelta(minutes=10)),
        "types": ["PUBLIC"],
        "practitioner": {"idnps": f"8{doctor}"},
        "structure": {"idnst": f"4{rang(doctor)}", "kind": "RPPS_RANG"},
    }


@contextmanager
def open_background(target: object, *arguments: object) -> Iterator[None]:
    """A thread that works during the body until its event is set."""
    over = threading.Event()
    thread = threading.Thread(target=target, args=(*arguments, over))  # type: ignore[arg-type]
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def sample_until(
    probe: ResourceProbe, every_s: float, samples: list[Sample], over: threading.Event
) -> None:
    """Take samples at an interval until the event is set."""
    while not over.wait(every_s):
        samples.append(probe.take_sample())


async def reindex_after(harness: CrashHarness, words: tuple[object, ...], delay_s: float) -> None:
    """A reindex in a process of its own, in the middle of the load."""
    await asyncio.sleep(delay_s)
    code, output = await asyncio.to_thread(harness.start_runner().run, *words)
    assert code == 0, output


@pytest.fixture
def reindex_words(crash_harness: CrashHarness) -> tuple[object, ...]:
    """A live index of doctors and a registry of dispatch software; the words to index it again."""
    files = fill_register(crash_harness, "in", DOCTORS)
    crash_harness.reindex(files)
    load_entries(crash_harness.trail.database)
    return reindex_command(files)


@pytest.mark.full_run
async def test_ten_minutes_of_every_kind_of_use_lose_nothing_and_keep_nothing(
    crash_harness: CrashHarness, reindex_words: tuple[object, ...]
) -> None:
    """One reindex in the middle."""
    seconds, live = SOAK_S, crash_harness.live
    editor, samples = SoakEditor(crash_harness), list[Sample]()
    with start_api(*service_command(crash_harness)) as (url, pid):
        indices = f"{offers_alias(crash_harness.prefix)}-*"
        probe = ResourceProbe(psutil.Process(pid), crash_harness.es, indices)
        with (
            open_background(editor.answer_until),
            open_background(sample_until, probe, seconds / SAMPLES, samples),
        ):
            load, _ = await asyncio.gather(
                run_mixed_load(url, seconds),
                reindex_after(crash_harness, reindex_words, seconds / 2),
            )
        wait_for(lambda: probe.count_open_contexts() == 0)
    print_figures(load, samples)
    assert load.wrong == []
    assert {action for action, _ in load.statuses} == set(ACTIONS)
    assert editor.failures == []
    assert crash_harness.live != live
    assert read_live_starts(crash_harness, editor.last) == editor.last
    assert find_leaks(samples) == {}


def service_command(harness: CrashHarness) -> tuple[list[str], dict[str, str], Path]:
    """The service as an operator starts it, its environment and its log.

    It never gives a search up here: how long one takes is the machine's.
    """
    patient = {"SAS_SEARCH_DEADLINE_S": str(PATIENCE_S), "SAS_GEOCODER_URL": "off"}
    command = [sas_path(), "serve", "--no-worker", "--port", "0"]
    return command, {**harness.environment, **patient}, harness.folder / "serve.log"


def read_live_starts(harness: CrashHarness, doctors: Iterable[str]) -> dict[str, list[str]]:
    """When the slots of each doctor begin, in the live index."""
    offers = harness.offers()
    found = {one: offers[f"rpps:{one}@4{rang(one)}"].get("slots", []) for one in doctors}
    return {one: [slot["start"] for slot in slots] for one, slots in found.items()}


def print_figures(load: MixedLoad, samples: list[Sample]) -> None:
    """What was sent and how much each resource grew, for the reader of the run."""
    sent = ", ".join(f"{name} {code}: {n}" for (name, code), n in sorted(load.statuses.items()))
    grown = ", ".join(f"{name} {more:+.1f}" for name, more in measure_growth(samples).items())
    print(f"{sent}; growth: {grown}; at the end {dict(samples[-1])}")


@pytest.mark.parametrize("leaking", MAX_GROWTH)
def test_a_resource_that_grows_is_a_leak(leaking: str) -> None:
    """Three times what may be gained between two thirds, gained over the whole run."""
    step = 3 * MAX_GROWTH[leaking] / SAMPLES
    flat = dict.fromkeys(MAX_GROWTH, 50.0)
    growing = [{**flat, leaking: 50.0 + 1.5 * step * number} for number in range(SAMPLES)]
    assert set(find_leaks(growing)) == {leaking}
    assert find_leaks([flat] * SAMPLES) == {}


def test_what_is_taken_while_caches_fill_is_no_leak() -> None:
    filling = [dict.fromkeys(MAX_GROWTH, min(number * 20.0, 200.0)) for number in range(SAMPLES)]
    assert find_leaks(filling) == {}
