"""Searches through the API, without a pause, while something happens to the cluster."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import httpx

ASKED = {"what": "MG", "insee": "48095"}
CALLERS = 2
PATIENCE_S = 30.0
EMPTY = 0
"""What counts as the status of a page without offers: a failure that looks like no result."""


@dataclass
class Load:
    """What became of the searches, and how long each took."""

    url: str
    statuses: list[int] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    over: threading.Event = field(default_factory=threading.Event)

    def call(self) -> None:
        """Search until told that it is over."""
        with httpx.Client(base_url=self.url, timeout=PATIENCE_S) as api:
            while not self.over.is_set():
                began = time.monotonic()
                answer = api.post("/v1/search", json=ASKED)
                empty = answer.status_code == 200 and not answer.json()["results"]
                self.statuses.append(EMPTY if empty else answer.status_code)
                self.seconds.append(time.monotonic() - began)

    @property
    def failed(self) -> list[int]:
        """Statuses of the searches that got no whole page."""
        return [status for status in self.statuses if status != 200]

    def told(self, event: str) -> str:
        """One line for the console of the run."""
        slowest = max(self.seconds, default=0.0)
        return (
            f"{event}: {len(self.failed)} failed of {len(self.statuses)}, {slowest:.1f} s at most"
        )


@contextmanager
def under_load(url: str) -> Iterator[Load]:
    """Callers that search during the body, and the one answer each that was under way."""
    load = Load(url)
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


def wait_for_answers(load: Load, more: int) -> None:
    """Wait until so many more searches have ended."""
    target, deadline = len(load.statuses) + more, time.monotonic() + PATIENCE_S
    while len(load.statuses) < target and time.monotonic() < deadline:
        time.sleep(0.05)
