"""Users during a reindex and its swap: every search has a whole page, every cursor an end."""

import statistics
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest

from tests.api.conftest import answer, build_frozen_app, open_api_server, problem
from tests.night.conftest import CrashHarness, fill_register, reindex_command
from tests.suite.waiting import wait_for

A_SECOND = 3
FEW, MORE = 120, 126
"""Doctors before and after; half of them are at Mende."""
SEARCH_BODY = {"what": "MG", "insee": "48095", "mode": "all"}


@dataclass
class SearchLog:
    """Outcome of the searches: statuses, totals of whole pages, seconds."""

    failures: list[str] = field(default_factory=list)
    totals: list[int] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)

    def search_repeatedly(self, url: str, over: threading.Event) -> None:
        """Search three times a second until it is over."""
        with httpx.Client(base_url=url, timeout=30) as api:
            while not over.is_set():
                began = time.monotonic()
                self._note(api)
                took = time.monotonic() - began
                self.seconds.append(took)
                over.wait(max(1 / A_SECOND - took, 0))

    def _note(self, api: httpx.Client) -> None:
        try:
            response = api.post("/v1/search", json=SEARCH_BODY)
        except httpx.TransportError as error:
            self.failures.append(type(error).__name__)
            return
        if response.status_code == 200 and response.json()["results"]:
            self.totals.append(response.json()["total"]["value"])
        else:
            self.failures.append(f"{response.status_code} {response.text[:200]}")


@contextmanager
def open_searches(url: str) -> Iterator[SearchLog]:
    """Searches during the body."""
    found, over = SearchLog(), threading.Event()
    searching = threading.Thread(target=found.search_repeatedly, args=(url, over))
    searching.start()
    try:
        yield found
    finally:
        over.set()
        searching.join()


@pytest.fixture
def url(crash_harness: CrashHarness, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The API before the live index of the night."""
    crash_harness.reindex(fill_register(crash_harness, "few", FEW))
    for name, value in crash_harness.environment.items():
        monkeypatch.setenv(name, value)
    with open_api_server(build_frozen_app()) as found:
        yield found


@pytest.mark.proves("F072", "W19", "W20")
def test_no_search_fails_during_a_reindex(crash_harness: CrashHarness, url: str) -> None:
    loader, files = crash_harness.start_runner(), fill_register(crash_harness, "more", MORE)
    with httpx.Client(base_url=url, timeout=30) as api, open_searches(url) as found:
        before = answer(api.post("/v1/search", json=SEARCH_BODY))["total"]["value"]
        wait_for(lambda: before in found.totals)
        code, output = loader.run(*reindex_command(files))
        assert code == 0, output
        after = answer(api.post("/v1/search", json=SEARCH_BODY))["total"]["value"]
        wait_for(lambda: after in found.totals)
    p95 = statistics.quantiles(found.seconds, n=20)[-1]
    print(f"{len(found.seconds)} searches, {len(found.failures)} failed, p95 {p95 * 1000:.0f} ms")
    assert found.failures == []
    assert before < after
    assert set(found.totals) == {before, after}


@pytest.mark.proves("F072", "W20")
def test_a_stable_walk_begun_before_the_swap_ends_as_it_began_or_is_told(
    crash_harness: CrashHarness, url: str
) -> None:
    """One reindex later its index is still kept; two later its next page is refused."""
    loader, files = crash_harness.start_runner(), fill_register(crash_harness, "more", MORE)
    with httpx.Client(base_url=url, timeout=30) as api:
        first = answer(api.post("/v1/search", json={**SEARCH_BODY, "stable": True, "size": 20}))
        assert loader.run(*reindex_command(files))[0] == 0
        found = [*ids(first), *rest(api, first)]
        assert len(found) == len(set(found)) == first["total"]["value"]
        assert loader.run(*reindex_command(files))[0] == 0
        problem(follow(api, first), 400, "cursor_expired")


def rest(api: httpx.Client, page: dict[str, Any]) -> Iterator[str]:
    """The offers of the pages after this one."""
    while page["next"]:
        page = answer(follow(api, page))
        yield from ids(page)


def follow(api: httpx.Client, page: dict[str, Any]) -> httpx.Response:
    """The next page of the cursor."""
    cursor = page["next"]["cursor"]
    return api.post(
        "/v1/search", json={**SEARCH_BODY, "stable": True, "size": 20, "cursor": cursor}
    )


def ids(page: dict[str, Any]) -> list[str]:
    """The offers of a page."""
    return [one["id"] for one in page["results"]]
