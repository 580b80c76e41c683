"""Who is let in, as what, and how often: real tokens and keys on a real server."""

import hmac
import json
import socket
import time
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from joserfc.jwk import RSAKey
from pydantic import ValidationError

from api.settings import ApiSettings
from tests.api.conftest import StartServer, answer, problem
from tests.api.security.callers import (
    A_DAY_S,
    EC_KEY,
    RSA_KEY,
    ApiWithAuth,
    bearer,
    claims,
    open_api_with_auth,
    sign_token,
)
from tests.suite.waiting import wait_for

STRANGER = RSAKey.generate_key(2048, {"kid": "one"})
OFFER = "/v1/offers/rpps:10000000102@1480000102"


@pytest.fixture
def api_with_auth(tmp_path: Path, serve: StartServer) -> Iterator[ApiWithAuth]:
    """The application with ``SAS_AUTH=jwt``."""
    yield from open_api_with_auth(tmp_path, serve)


def test_sound_tokens_open_whatever_the_accepted_signature(api_with_auth: ApiWithAuth) -> None:
    answer(api_with_auth.search(bearer("regulateur_osnp")))
    for key, alg, kid in ((RSA_KEY, "PS256", "one"), (EC_KEY, "ES256", "two")):
        signed = sign_token(claims("ioa"), key, alg, kid=kid)
        answer(api_with_auth.search({"Authorization": f"bearer {signed}"}))


def sign_with_shared_secret(payload: dict[str, Any]) -> str:
    """Signed with the public key as if it were a secret (RFC 8725, 2.1)."""
    header, body = (
        urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=")
        for part in ({"alg": "HS256", "kid": "one"}, payload)
    )
    signed = hmac.digest(RSA_KEY.as_pem(private=False), header + b"." + body, "sha256")
    return b".".join((header, body, urlsafe_b64encode(signed).rstrip(b"="))).decode()


def sign_with_header(header: Any) -> str:
    """Sound claims signed with the sound key, under any header."""
    held = (header if isinstance(header, str) else json.dumps(header)).encode()
    return sign_parts(held, json.dumps(claims("regulateur_osnp")).encode())


def sign_payload(payload: bytes) -> str:
    """Any bytes signed with the sound key, under a sound header."""
    return sign_parts(json.dumps({"alg": "RS256", "kid": "one"}).encode(), payload)


def sign_parts(*parts: bytes) -> str:
    """A token of these two parts, signed with the sound key."""
    head, body = (urlsafe_b64encode(part).rstrip(b"=") for part in parts)
    signed = RSA_KEY.private_key.sign(head + b"." + body, padding.PKCS1v15(), hashes.SHA256())
    return b".".join((head, body, urlsafe_b64encode(signed).rstrip(b"="))).decode()


def test_a_token_headed_by_hand_opens(api_with_auth: ApiWithAuth) -> None:
    """Else the forged ones made so would show nothing."""
    signed = sign_with_header({"alg": "RS256", "kid": "one"})
    answer(api_with_auth.search({"Authorization": f"Bearer {signed}"}))


def build_forged_tokens() -> dict[str, str]:
    """Tokens that must not open, by what is wrong with them."""
    now, role = int(time.time()), "regulateur_osnp"
    sound = sign_token(claims(role))
    head = "eyJhbGciOiJub25lIiwia2lkIjoib25lIn0"
    return {
        "none": f"{head}.{sound.split('.')[1]}.",
        "shared secret": sign_with_shared_secret(claims(role)),
        "wrong key": sign_token(claims(role), STRANGER),
        "other kind of key": sign_token(claims(role), EC_KEY, "ES256"),
        "altered": sound[:-6] + "AAAAAA",
        "audience": sign_token(claims(role, aud="other")),
        "no audience": sign_token(claims(role, aud=None)),
        "issuer": sign_token(claims(role, iss="https://other.example")),
        "expired": sign_token(claims(role, exp=now - 60)),
        "no end": sign_token(claims(role, exp=None)),
        "not yet": sign_token(claims(role, nbf=now + A_DAY_S)),
        "unknown kid": sign_token(claims(role), kid="three"),
        "kid of no text": sign_token(claims(role), kid="three").replace("eyJ", "e30", 1),
        "kid of no key": sign_token(claims(role), kid=""),
        "own key": sign_token(claims(role), STRANGER, jwk=STRANGER.as_dict(private=False)),
        "own address": sign_token(claims(role), STRANGER, jku="https://other.example/keys"),
        "critical": sign_with_header(
            {"alg": "RS256", "kid": "one", "crit": ["exp"], "exp": now + A_DAY_S}
        ),
        "no payload to sign": sign_with_header({"alg": "RS256", "kid": "one", "b64": False}),
        "algorithm of no text": sign_with_header({"alg": ["RS256"], "kid": "one"}),
        "header of no object": sign_with_header(["RS256", "one"]),
        "header out of shape": sign_with_header("[" * 3_000),
        "subject of no text": sign_token(claims(role, sub=12)),
        "end of no number": sign_token(claims(role, exp="tomorrow")),
        "issued later": sign_token(claims(role, iat=now + A_DAY_S)),
        "encrypted": f"{sound.split('.')[0]}.a.b.c.d",
        "two parts": sound.rpartition(".")[0],
        "not a token": "x",
        "too long": sound + "A" * 9_000,
    }


@pytest.mark.parametrize("fault", list(build_forged_tokens()))
def test_a_forged_token_is_refused_and_never_said_why(
    api_with_auth: ApiWithAuth, fault: str
) -> None:
    refused = api_with_auth.search({"Authorization": f"Bearer {build_forged_tokens()[fault]}"})
    problem(refused, 401, "token_refused")
    assert refused.headers["www-authenticate"] == 'Bearer realm="sas", error="invalid_token"'


@pytest.mark.proves("W40")
@pytest.mark.parametrize("third", range(3))
def test_only_health_answers_without_identity(api_with_auth: ApiWithAuth, third: int) -> None:
    """By thirds: an address is refused twenty times at once, then limited."""
    paths = api_with_auth.client.get("/v1/openapi.json", headers=bearer("ioa")).json()["paths"]
    asked = [(method, path) for path, methods in paths.items() for method in methods]
    for method, path in asked[third::3]:
        response = api_with_auth.client.request(method, path)
        if path in ("/livez", "/readyz"):
            answer(response)
        else:
            problem(response, 401, "identity_missing")
            assert response.headers["www-authenticate"].startswith("Bearer")
    assert len(asked) > 15
    problem(api_with_auth.search({**bearer("ioa"), "X-API-Key": "x"}), 401, "identity_missing")
    problem(api_with_auth.search({"Authorization": "Basic eDp5"}), 401, "token_refused")


@pytest.mark.parametrize("path", ["/v1/openapi.json", "/docs", "/v1/nothing", "/nothing"])
def test_what_is_served_is_told_to_identified_callers_alone(
    api_with_auth: ApiWithAuth, path: str
) -> None:
    problem(api_with_auth.client.get(path), 401, "identity_missing")
    problem(api_with_auth.client.put(path), 401, "identity_missing")
    known = api_with_auth.client.get(path, headers=bearer("ioa"))
    assert known.status_code == (404 if "nothing" in path else 200)


@pytest.mark.parametrize(
    "head",
    [
        b"Content-Length: 20\r\nExpect: 100-continue\r\n",
        b"Content-Length: 20\r\n",
        b"Transfer-Encoding: chunked\r\n",
    ],
)
def test_identity_is_checked_before_the_body_is_read(
    api_with_auth: ApiWithAuth, head: bytes
) -> None:
    """A caller that is not identified is refused though its body never arrives."""
    url = api_with_auth.client.base_url
    with socket.create_connection((url.host, url.port or 0), timeout=5) as caller:
        caller.sendall(b"POST /v1/search HTTP/1.1\r\nHost: localhost\r\n" + head + b"\r\n")
        assert caller.recv(4_096).startswith(b"HTTP/1.1 401 ")


def test_a_body_that_is_no_json_is_refused_after_its_caller(api_with_auth: ApiWithAuth) -> None:
    asked = {"content": b"{", "headers": {"Content-Type": "application/json"}}
    problem(api_with_auth.client.post("/v1/search", **asked), 401, "identity_missing")
    asked["headers"] |= bearer("ioa")
    problem(api_with_auth.client.post("/v1/search", **asked), 400, "malformed_body")


def test_a_sound_token_without_a_role_of_the_service_is_a_403(api_with_auth: ApiWithAuth) -> None:
    problem(api_with_auth.search(bearer()), 403, "role_missing")
    problem(api_with_auth.search(bearer("OSNP", "root")), 403, "role_missing")


@pytest.mark.parametrize(
    "changed",
    [
        {"realm_access": {"roles": {"regulateur_osnp": True}}},
        {"realm_access": {"roles": [["regulateur_osnp"]]}},
        {"realm_access": {"roles": [1, None, True]}},
        {"realm_access": {"roles": None}},
        {"realm_access": ["regulateur_osnp"]},
        {"realm_access": "regulateur_osnp"},
        {"realm_access": None, "roles": ["regulateur_osnp"]},
        {"realm_access": {"roles": ["Regulateur_OSNP"]}},
        {"sub": ""},
        {"sub": None},
    ],
)
def test_roles_or_a_subject_of_another_shape_open_nothing(
    api_with_auth: ApiWithAuth, changed: dict[str, Any]
) -> None:
    signed = sign_token(claims("regulateur_osnp", **changed))
    problem(api_with_auth.search({"Authorization": f"Bearer {signed}"}), 403, "role_missing")


@pytest.mark.proves("F047")
@pytest.mark.parametrize(
    ("roles", "modes"),
    [
        (["ioa"], ["reorientation"]),
        (["regulateur_osnp"], ["available", "all", "beyond"]),
        (["ioa", "regulateur_osnp"], ["available", "all", "beyond", "reorientation"]),
        (["effecteur"], ["available"]),
        (["administrateur"], ["available"]),
    ],
)
def test_modes_follow_the_roles(
    api_with_auth: ApiWithAuth, roles: list[str], modes: list[str]
) -> None:
    headers = bearer(*roles)
    assert answer(api_with_auth.search(headers))["mode"] == modes[0]
    for mode in ("available", "all", "beyond", "reorientation"):
        response = api_with_auth.search(headers, mode=mode)
        if mode in modes:
            assert answer(response)["mode"] == mode
        else:
            problem(response, 403, "mode_not_allowed")


def test_the_role_of_a_header_counts_for_nothing(api_with_auth: ApiWithAuth) -> None:
    text = {"X-SAS-Role": "OSNP"}
    other, regulator = bearer("effecteur"), bearer("regulateur_osnp")
    plain, pretended = (
        api_with_auth.client.get(OFFER, headers=h) for h in (other, {**other, **text})
    )
    assert answer(plain) == answer(pretended)
    assert answer(plain) != answer(api_with_auth.client.get(OFFER, headers=regulator))


def read_metrics(api_with_auth: ApiWithAuth) -> httpx.Response:
    """The figures as an administrator reads them."""
    response = api_with_auth.client.get("/metrics", headers=bearer("administrateur"))
    assert response.status_code == 200
    return response


def test_figures_are_for_those_who_run_the_service(api_with_auth: ApiWithAuth) -> None:
    answer(api_with_auth.search(bearer("ioa")))
    problem(
        api_with_auth.client.get("/metrics", headers=bearer("regulateur_osnp")),
        403,
        "right_missing",
    )
    wait_for(lambda: "right_missing" in read_metrics(api_with_auth).text)
    """A request is counted just after its answer left."""
    result = read_metrics(api_with_auth)
    assert result.headers["content-type"].startswith("text/plain; version=0.0.4")
    assert 'sas_requests_total{method="POST",route="/v1/search",status="200"} 1.0' in result.text
    assert 'sas_search_stage_seconds_count{stage="search"} 1.0' in result.text
    assert 'sas_problems_total{code="right_missing"} 1.0' in result.text
    assert "s-1" not in result.text


def test_a_client_that_asks_too_often_waits_and_others_do_not(
    tmp_path: Path, serve: StartServer
) -> None:
    (door,) = [next(running := open_api_with_auth(tmp_path, serve, rate_per_s=0.1, rate_burst=2))]
    for _ in range(2):
        answer(door.search(bearer("ioa")))
    refused = door.search(bearer("ioa"))
    problem(refused, 429, "rate_limited")
    assert 1 <= int(refused.headers["retry-after"]) <= 10
    other = sign_token(claims("ioa", sub="s-2"))
    answer(door.search({"Authorization": f"Bearer {other}"}))
    for _ in range(30):
        answer(door.client.get("/livez"))
    running.close()


def test_guessing_is_slowed(api_with_auth: ApiWithAuth) -> None:
    statuses = [api_with_auth.search({"X-API-Key": "sas_x_y"}).status_code for _ in range(25)]
    assert statuses[:20] == [401] * 20
    assert 429 in statuses
    answer(api_with_auth.search(bearer("ioa")))


@pytest.mark.parametrize(
    "settings",
    [
        {"jwks": "/keys.json"},
        {"jwks": "http://identite.example/k", "issuer": "i", "audience": "a"},
    ],
)
def test_an_identity_that_cannot_work_stops_the_start(settings: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        ApiSettings(auth="jwt", **settings)
