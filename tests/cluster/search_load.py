"""Searches through the API, one after the other, while something happens to the cluster."""

import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx

from tests.suite.waiting import wait_for

SEARCH_BODY = {"what": "MG", "insee": "48095", "seed": 1}
CALLERS = 4
PAUSE_S = 0.05
"""Between two searches of a caller: nodes that start need some of the machine too."""
ENOUGH = 200
"""Searches that an event has to be met by."""
PATIENCE_S = 30.0
"""Seconds of the HTTP client, longer than any answer may take."""
PROGRESS_S = 120.0
"""Seconds in which the searches of an event end, on a busy machine."""
NODES = 3
DEADLINE_S = 10.0
"""Seconds after which the API gives a search up: no client may wait longer."""
ROUND_S = 2.0
"""Seconds a refusal takes on its way on a busy machine."""
GATEWAY_TIMEOUT = 504
INCOMPLETE = 0
"""Status noted for a page that is empty or short: a failure that looks like none."""


@dataclass
class SearchLoad:
    """Outcome and duration of the searches; ``full_page`` is the result that all should find."""

    url: str
    full_page: object
    statuses: list[int] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    over: threading.Event = field(default_factory=threading.Event)

    def call(self) -> None:
        """Search until it is over."""
        with httpx.Client(base_url=self.url, timeout=PATIENCE_S) as api:
            while not self.over.is_set():
                began = time.monotonic()
                answer = api.post("/v1/search", json=SEARCH_BODY)
                self.seconds.append(time.monotonic() - began)
                self.statuses.append(self._check_answer(answer))
                self.over.wait(PAUSE_S)

    def _check_answer(self, answer: httpx.Response) -> int:
        if answer.status_code == 200 and page_content(answer.json()) != self.full_page:
            return INCOMPLETE
        return answer.status_code

    @property
    def failures(self) -> list[int]:
        """Statuses of the searches that got no whole page."""
        return [status for status in self.statuses if status != 200]

    def summarize(self, event: str) -> str:
        """One line for the console of the run."""
        slowest = max(self.seconds, default=0.0)
        failures = dict(Counter(self.failures)) or "none"
        return f"{event}: {failures} failed of {len(self.statuses)}, {slowest:.1f} s at most"


def page_content(page: dict[str, Any]) -> object:
    """The total of a page and its cards, in order."""
    return page["total"], [card["id"] for card in page["results"]]


@contextmanager
def open_search_load(url: str) -> Iterator[SearchLoad]:
    """Callers that search during the body, and the one answer each that was under way.

    What the first search finds, before the body, is what every other one should find.
    """
    first = httpx.post(f"{url}/v1/search", json=SEARCH_BODY, timeout=PATIENCE_S).json()
    assert first["results"], "nothing to be found even before"
    load = SearchLoad(url, page_content(first))
    callers = [threading.Thread(target=load.call) for _ in range(CALLERS)]
    for caller in callers:
        caller.start()
    try:
        wait_for_answers(load, CALLERS * 2)
        yield load
    finally:
        load.over.set()
        for caller in callers:
            caller.join(PATIENCE_S + 5)


def wait_for_answers(load: SearchLoad, more: int) -> None:
    """Wait until so many more searches have ended."""
    target = len(load.statuses) + more
    wait_for(lambda: len(load.statuses) >= target, PROGRESS_S)
