"""Everything that serves a request runs on the event loop: a thread costs more than it does."""

import threading

import httpx

from tests.api.conftest import answer

PAID_BY_PLAIN_FUNCTIONS = "AnyIO worker thread"
"""Name of the threads in which FastAPI runs a dependency that is not asynchronous."""


def test_no_request_is_served_through_a_thread(api: httpx.Client) -> None:
    answer(api.post("/v1/search", json={"what": "MG", "insee": "48095", "mode": "all"}))
    answer(api.get("/v1/search", params={"what": "MG", "insee": "48095"}))
    answer(api.post("/v1/suggest", json={"text": "séi"}))
    answer(api.get("/readyz"))
    names = [thread.name for thread in threading.enumerate()]
    assert not [name for name in names if name.startswith(PAID_BY_PLAIN_FUNCTIONS)]
