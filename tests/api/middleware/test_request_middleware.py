"""What surrounds every request: identifier, headers, who may call."""

import httpx
import pytest
from pydantic import ValidationError

from api.settings import ApiSettings
from tests.api.conftest import StartServer, answer, build_frozen_app, problem

REQUEST_ID = "0f8fad5b-d9cb-469f-a165-70867728950e"


def test_the_request_id_goes_in_and_out(api: httpx.Client) -> None:
    assert (
        api.get("/livez", headers={"X-Request-Id": REQUEST_ID}).headers["x-request-id"]
        == REQUEST_ID
    )
    refused = api.post("/v1/search", json={}, headers={"X-Request-Id": REQUEST_ID})
    assert refused.json()["request_id"] == REQUEST_ID


@pytest.mark.parametrize("given", ["", "short", "Dr Journo, 12 rue du Lac", "x" * 65, "a\tb\tc\td"])
def test_an_identifier_that_is_none_is_replaced(api: httpx.Client, given: str) -> None:
    chosen = api.get("/livez", headers={"X-Request-Id": given}).headers["x-request-id"]
    assert chosen != given
    assert len(chosen) == 32


@pytest.mark.parametrize("path", ["/livez", "/v1/search", "/v1/nothing", "/readyz"])
def test_nothing_is_kept_by_caches_or_passed_on(api: httpx.Client, path: str) -> None:
    headers = api.get(path).headers
    assert headers["cache-control"] == "no-store"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"


@pytest.mark.parametrize(
    ("caller", "networks", "status"),
    [
        ("127.0.0.1", None, 200),
        ("::1", None, 200),
        ("192.168.1.7", None, 403),
        ("2001:db8::7", None, 403),
        ("not-an-address", None, 403),
        ("192.168.1.7", ["192.168.1.0/24"], 200),
        ("127.0.0.1", ["192.168.1.0/24"], 403),
    ],
)
async def test_without_authentication_only_named_networks_are_answered(
    caller: str, networks: list[str] | None, status: int
) -> None:
    app = build_frozen_app() if networks is None else build_frozen_app(dev_networks=networks)
    transport = httpx.ASGITransport(app, client=(caller, 40_000))
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
        response = await client.get("/livez")
    if status == 200:
        answer(response)
    else:
        problem(response, 403, "outside_network")


def test_an_unknown_way_to_authenticate_stops_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SAS_AUTH", "none")
    with pytest.raises(ValidationError):
        ApiSettings()


def test_headers_too_large_are_refused(serve: StartServer) -> None:
    url = serve(build_frozen_app(max_header_bytes=2_000))
    problem(httpx.get(f"{url}/livez", headers={"X-Long": "a" * 2_000}), 431, "headers_too_large")
