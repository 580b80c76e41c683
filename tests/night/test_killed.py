"""A loader killed outright at fifty moments: the live index is whole, the next run succeeds."""

import os
import random
import signal
import time
from contextlib import suppress

import httpx
import pytest

from tests.api.conftest import answer, frozen_app, served
from tests.indexers.reindexing import TEN
from tests.night.conftest import Loader, Night, register, reindexing, rpps

KILLS = 50
WHOLE_EVERY = 5
FEW, MORE, BEARERS = 200, 210, 40
"""Doctors in both directories, which take turns, and those who have slots."""
ASKED = {"what": "MG", "insee": "48095", "mode": "all"}


@pytest.mark.proves("F072", "W19")
def test_fifty_kills_cost_neither_a_search_nor_a_slot(
    night: Night, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Half over the whole run, half in its last third, where replay, swap and handover are."""
    sets = {size: register(night, str(size), size) for size in (FEW, MORE)}
    night.reindex(sets[FEW])
    given = [f"rpps:{rpps(n)}@4{rpps(n)}001" for n in range(BEARERS)]
    for offer_id in given:
        night.es.update(index=night.alias, id=offer_id, doc={"slots": [TEN]})
    loader = night.loader()
    began = time.monotonic()
    assert loader.run(*reindexing(sets[FEW]))[0] == 0
    lasts = time.monotonic() - began
    chance, was_live = random.Random(48), {night.live}
    for name, value in night.environment.items():
        monkeypatch.setenv(name, value)
    with served(frozen_app()) as url, httpx.Client(base_url=url, timeout=30) as api:
        runs = killed = 0
        while killed < KILLS:
            files = sets[MORE if runs % 2 else FEW]
            begin = 0.0 if runs % 4 < 2 else 0.66
            ended = not kill(loader, reindexing(files), lasts * chance.uniform(begin, 0.95))
            runs, killed = runs + 1, killed + (not ended)
            assert runs < 2 * KILLS, "most runs end before they are killed"
            night.es.cluster.health(wait_for_events="urgent")
            was_live.add(night.live)
            assert night.es.count(index=night.live)["count"] in (FEW, MORE)
            assert night.bearers() == BEARERS
            assert answer(api.post("/v1/search", json=ASKED))["results"]
            if not ended and killed % WHOLE_EVERY == 0:
                began = time.monotonic()
                next_run_succeeds(night, loader, reindexing(files))
                lasts = time.monotonic() - began
                assert set(night.indices) - {night.live} <= was_live
                was_live.add(night.live)
    print(f"{killed} of {runs} runs of {lasts:.1f} s killed, {len(was_live)} indices were live")


def kill(loader: Loader, words: tuple[object, ...], after: float) -> bool:
    """Kill the run after so many seconds; False when it had ended by then."""
    process = os.pidfd_open(loader.start(*words))
    time.sleep(after)
    with suppress(ProcessLookupError):
        signal.pidfd_send_signal(process, signal.SIGKILL)
    os.close(process)
    code, told = loader.end()
    assert code in (-signal.SIGKILL, 0), told
    return code != 0


def next_run_succeeds(night: Night, loader: Loader, words: tuple[object, ...]) -> None:
    """At once, though the lock was never given back; nothing of the killed ones is left."""
    code, told = loader.run(*words)
    assert code == 0, told
    assert len(night.indices) == 2
    assert night.bearers() == BEARERS
    assert night.scraps() == []
    assert loader.children() == []
    assert not night.locked()
