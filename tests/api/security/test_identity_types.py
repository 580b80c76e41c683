"""No value of a caller is taken for a mode of the service, nor for a caller of another kind."""

import json
from collections.abc import Iterator
from pathlib import Path

import httpx
import orjson
import pytest

from mappings.roles import UserRole
from records.keys.values import generate_api_key
from tests.api.conftest import NOW, StartServer, answer, problem
from tests.api.security.callers import ApiWithAuth, claims, open_api_with_auth, sign_token
from tests.api.security.test_security import OFFER, sign_payload

OUR_WORDS = ["dev", "anonymous", "OSNP", "key:1", "127.0.0.1", "None", "ADDRESS", "0"]
"""Constants of the service, past and present, and names of other kinds of callers."""


@pytest.fixture
def api_with_auth(tmp_path: Path, serve: StartServer) -> Iterator[ApiWithAuth]:
    """The application with ``SAS_AUTH=jwt``."""
    yield from open_api_with_auth(tmp_path, serve)


def build_headers(subject: str, *roles: str) -> dict[str, str]:
    """The headers of a sound token of that subject."""
    return {"Authorization": f"Bearer {sign_token(claims(*roles, sub=subject))}"}


@pytest.mark.parametrize("subject", OUR_WORDS)
def test_a_subject_that_is_a_word_of_ours_opens_nothing(
    api_with_auth: ApiWithAuth, subject: str
) -> None:
    headers, pretended = build_headers(subject, "effecteur"), {"X-SAS-Role": "OSNP"}
    me = answer(api_with_auth.client.get("/v1/me", headers={**headers, **pretended}))
    assert (me["roles"], me["slot_types"]) == (["OTHER"], ["PUBLIC"])
    plain = answer(api_with_auth.client.get(OFFER, headers=build_headers("s-1", "effecteur")))
    for sent in (headers, {**headers, **pretended}, {**headers, "X-SAS-Role": "nonsense"}):
        assert answer(api_with_auth.client.get(OFFER, headers=sent)) == plain


def test_callers_of_different_kinds_share_no_budget(tmp_path: Path, serve: StartServer) -> None:
    """A token that bears the name of a key, or of an address, empties its own bucket alone."""
    for api in open_api_with_auth(tmp_path, serve, rate_per_s=0.001, rate_burst=1):
        key, stored = generate_api_key("lrm", [UserRole.OSNP], NOW)
        api.keep_key(stored)
        callers = [
            build_headers(f"key:{stored.id}", "effecteur"),
            build_headers(stored.id, "effecteur"),
            build_headers("127.0.0.1", "effecteur"),
            {"X-API-Key": key},
        ]
        for headers in callers:
            answer(api.client.get("/v1/me", headers=headers))
        for headers in callers:
            problem(api.client.get("/v1/me", headers=headers), 429, "rate_limited")


def read_me(api_with_auth: ApiWithAuth, territories: object) -> httpx.Response:
    """Who a caller with these territories is."""
    signed = sign_payload(json.dumps(claims("ioa", sas_territories=territories)).encode())
    return api_with_auth.client.get("/v1/me", headers={"Authorization": f"Bearer {signed}"})


@pytest.mark.parametrize(
    "odd", ["\ud800", "x" * 2_000, ["\udfff", "SAS-48"], [1, None, {}], {"a": 1}, 12]
)
def test_a_claim_that_cannot_be_sent_back_is_left_out(
    api_with_auth: ApiWithAuth, odd: object
) -> None:
    held = answer(read_me(api_with_auth, odd))["territories"]
    assert held == [one for one in ("SAS-48",) if isinstance(odd, list) and one in odd]


NESTED = "[" * 1_500 + "]" * 1_500


@pytest.mark.parametrize(
    "payload",
    [
        b'{"a":' + NESTED.encode() + b"}",
        NESTED.encode(),
        b'{"exp":' + b"9" * 4_400 + b"}",
        b'{"exp":1e999}',
        b'{"exp":NaN}',
        b"\xff\xfe",
        b"",
        b"null",
        orjson.dumps({"aud": {}, "exp": []}),
    ],
)
def test_a_payload_no_parser_reads_is_a_refused_token(
    api_with_auth: ApiWithAuth, payload: bytes
) -> None:
    signed = sign_payload(payload)
    refused = api_with_auth.search({"Authorization": f"Bearer {signed}"})
    problem(refused, 401, "token_refused")
