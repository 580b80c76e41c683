"""A reindex killed outright at random moments: the live index is whole, the next run succeeds."""

import os
import random
import select
import signal
import time
from contextlib import suppress

import httpx
import pytest

from tests.api.conftest import answer, build_frozen_app, open_api_server
from tests.indexers.reindex_harness import TEN
from tests.night.conftest import CommandRunner, CrashHarness, fill_register, reindex_command, rpps
from tests.suite.repetitions import Repetitions

FEW, MORE, OFFERS_WITH_SLOTS = 200, 210, 40
"""Doctors in both directories, which take turns, and those who have slots."""
SEARCH_BODY = {"what": "MG", "insee": "48095", "mode": "all"}


@pytest.mark.proves("F072", "W19")
def test_kills_cost_neither_a_search_nor_a_slot(
    crash_harness: CrashHarness, monkeypatch: pytest.MonkeyPatch, repetitions: Repetitions
) -> None:
    """Half over the whole run, half in its last third, where replay, swap and handover are."""
    sets = {size: fill_register(crash_harness, str(size), size) for size in (FEW, MORE)}
    crash_harness.reindex(sets[FEW])
    given = [f"rpps:{rpps(n)}@4{rpps(n)}001" for n in range(OFFERS_WITH_SLOTS)]
    for offer_id in given:
        crash_harness.es.update(index=crash_harness.alias, id=offer_id, doc={"slots": [TEN]})
    loader = crash_harness.start_runner()
    began = time.monotonic()
    assert loader.run(*reindex_command(sets[FEW]))[0] == 0
    lasts = time.monotonic() - began
    chance, was_live = random.Random(48), {crash_harness.live}
    for name, value in crash_harness.environment.items():
        monkeypatch.setenv(name, value)
    with open_api_server(build_frozen_app()) as url, httpx.Client(base_url=url, timeout=30) as api:
        runs = killed = 0
        while killed < repetitions.kills:
            files = sets[MORE if runs % 2 else FEW]
            begin = 0.0 if runs % 4 < 2 else 0.66
            took = kill(loader, reindex_command(files), lasts * chance.uniform(begin, 0.95))
            ended, lasts = took is not None, took or lasts
            runs, killed = runs + 1, killed + (not ended)
            assert runs < 2 * repetitions.kills, "most runs end before they are killed"
            crash_harness.es.cluster.health(wait_for_events="urgent")
            was_live.add(crash_harness.live)
            assert crash_harness.es.count(index=crash_harness.live)["count"] in (FEW, MORE)
            assert crash_harness.count_offers_with_slots() == OFFERS_WITH_SLOTS
            assert answer(api.post("/v1/search", json=SEARCH_BODY))["results"]
            if not ended and killed % repetitions.whole_every == 0:
                began = time.monotonic()
                next_run_succeeds(crash_harness, loader, reindex_command(files))
                lasts = time.monotonic() - began
                assert set(crash_harness.indices) - {crash_harness.live} <= was_live
                was_live.add(crash_harness.live)
    print(f"{killed} of {runs} runs of {lasts:.1f} s killed, {len(was_live)} indices were live")


def kill(runner: CommandRunner, words: tuple[object, ...], after: float) -> float | None:
    """Kill the run after so many seconds; the seconds it took when it had ended by then.

    A machine that was busy when a run was timed may be idle now: the next kills are earlier.
    """
    began = time.monotonic()
    process = os.pidfd_open(runner.start(*words))
    select.select([process], [], [], after)
    took = time.monotonic() - began
    with suppress(ProcessLookupError):
        signal.pidfd_send_signal(process, signal.SIGKILL)
    os.close(process)
    code, output = runner.end()
    assert code in (-signal.SIGKILL, 0), output
    return took if code == 0 else None


def next_run_succeeds(
    harness: CrashHarness, runner: CommandRunner, words: tuple[object, ...]
) -> None:
    """At once, though the lock was never given back; nothing of the killed ones is left."""
    code, output = runner.run(*words)
    assert code == 0, output
    assert len(harness.indices) == 2
    assert harness.count_offers_with_slots() == OFFERS_WITH_SLOTS
    assert harness.leftover_files() == []
    assert runner.children() == []
    assert not harness.is_locked()
