"""A cursor opens in the directory and for the rights for which it was sealed."""

import json
from typing import Any

import httpx
import pytest

from tests.api.conftest import DOZEN, StartServer, answer, build_frozen_app, problem
from tests.conftest import CreateOffers

KEY = "A" * 43
SEARCH_BODY: dict[str, Any] = {"what": "MG", "insee": "48095", "size": 1}
"""In the mode that both roles below have."""


def send_search(url: str, role: str = "OSNP", **criteria: Any) -> httpx.Response:
    """One search in a declared role."""
    headers = {"X-SAS-Role": role}
    return httpx.post(f"{url}/v1/search", json=SEARCH_BODY | criteria, headers=headers, timeout=20)


@pytest.mark.parametrize("stable", [False, True])
def test_a_cursor_of_another_prefix_is_refused(
    create_offers: CreateOffers,
    index_prefix: str,
    serve: StartServer,
    monkeypatch: pytest.MonkeyPatch,
    stable: bool,
) -> None:
    """Both services have the same key and the same offers."""
    create_offers(json.loads(DOZEN.read_text("utf-8")))
    here = serve(build_frozen_app(cursor_key=KEY))
    again = serve(build_frozen_app(cursor_key=KEY))
    monkeypatch.setenv("SAS_INDEX_PREFIX", index_prefix)
    there = serve(build_frozen_app(cursor_key=KEY))
    cursor = answer(send_search(here, stable=stable))["next"]["cursor"]
    refused = send_search(there, stable=stable, cursor=cursor)
    problem(refused, 400, "cursor_of_another_search")
    answer(send_search(again, stable=stable, cursor=cursor))


@pytest.mark.parametrize(("first", "then"), [("OSNP", "OTHER"), ("OTHER", "OSNP")])
def test_a_cursor_of_other_rights_is_refused(serve: StartServer, first: str, then: str) -> None:
    url = serve(build_frozen_app(cursor_key=KEY))
    cursor = answer(send_search(url, first))["next"]["cursor"]
    problem(send_search(url, then, cursor=cursor), 400, "cursor_of_another_search")
    answer(send_search(url, first, cursor=cursor))
