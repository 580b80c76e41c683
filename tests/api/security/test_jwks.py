"""The keys of an identity provider, read from a real https address of this machine."""

import asyncio
import socket
from pathlib import Path
from typing import Any

import httpx
import orjson
import pytest
from joserfc.jwk import ECKey, OctKey, RSAKey

from api.configuration import BadConfigurationError, load_valid_settings
from api.security import jwks
from api.security.jwks import MAX_AGE_S, REFETCH_S, RETRY_S, JwksClient, KeysUnavailable
from downloads.bounded_answers import KEY_SET_BYTES
from tests.api.conftest import StartServer, answer, build_frozen_app, problem
from tests.api.providers import Authority, IdentityProvider, open_identity_provider
from tests.api.security.callers import (
    AUDIENCE,
    EC_KEY,
    ISSUER,
    RSA_KEY,
    SEARCH_BODY,
    bearer,
    write_jwks,
)
from tests.suite.waiting import wait_for_async


class JwksClock:
    """Seconds that pass when they are told to."""

    now = 0.0

    def __call__(self) -> float:
        """The instant."""
        return self.now


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    """A certificate authority nobody else knows."""
    return Authority(tmp_path)


@pytest.fixture
def clock() -> JwksClock:
    """The clock of a source of keys."""
    return JwksClock()


def build_jwks_client(
    server: IdentityProvider, authority: Authority, clock: JwksClock
) -> JwksClient:
    """A source that trusts this authority."""
    return JwksClient(server.url, clock, authority.file)


async def find_accepted_kids(source: JwksClient) -> set[str]:
    """Which of the two keys of the tests open."""
    return {kid for kid in ("one", "two") if await source.find_key(kid) is not None}


def test_a_token_opens_by_keys_of_an_address_whose_authority_is_named(
    authority: Authority, serve: StartServer
) -> None:
    with open_identity_provider(authority) as result:
        result.publish(RSA_KEY)
        identity = {"auth": "jwt", "jwks": result.url, "issuer": ISSUER, "audience": AUDIENCE}
        known = serve(build_frozen_app(jwks_ca=authority.file, **identity))
        stranger = serve(build_frozen_app(**identity))
        headers = bearer("regulateur_osnp")
        answer(httpx.post(f"{known}/v1/search", json=SEARCH_BODY, headers=headers, timeout=20))
        refused = httpx.post(f"{stranger}/v1/search", json=SEARCH_BODY, headers=headers, timeout=20)
        problem(refused, 503, "identity_unavailable")


async def test_a_certificate_of_another_name_is_not_believed(
    authority: Authority, clock: JwksClock
) -> None:
    with open_identity_provider(authority, host="other.example") as result:
        result.publish(RSA_KEY)
        with pytest.raises(KeysUnavailable):
            await build_jwks_client(result, authority, clock).find_key("one")
        assert result.request_paths == []


async def test_a_new_key_opens_and_a_withdrawn_one_stops(
    authority: Authority, clock: JwksClock
) -> None:
    with open_identity_provider(authority) as result:
        source = build_jwks_client(result, authority, clock)
        result.publish(RSA_KEY)
        assert await find_accepted_kids(source) == {"one"}
        result.publish(EC_KEY)
        clock.now += REFETCH_S - 1
        assert await find_accepted_kids(source) == {"one"}
        assert len(result.request_paths) == 1
        clock.now += 1
        assert await source.find_key("two")
        assert await find_accepted_kids(source) == {"two"}
        result.publish(RSA_KEY)
        clock.now += MAX_AGE_S
        assert await source.find_key("two") is None


async def test_a_caller_that_leaves_does_not_keep_the_others_from_the_keys(
    authority: Authority, clock: JwksClock
) -> None:
    with open_identity_provider(authority) as result:
        result.publish(RSA_KEY)
        result.pause_s = 0.001
        source = build_jwks_client(result, authority, clock)
        leaving = asyncio.create_task(source.find_key("invented"))
        await wait_for_async(lambda: result.request_paths)
        leaving.cancel()
        assert await source.find_key("one")
        assert len(result.request_paths) == 1


async def test_a_provider_down_at_start_is_asked_again_soon(
    authority: Authority, clock: JwksClock
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    source = JwksClient(f"https://localhost:{port}/keys", clock, authority.file)
    with pytest.raises(KeysUnavailable):
        await source.find_key("one")
    with open_identity_provider(authority, port) as result:
        result.publish(RSA_KEY)
        with pytest.raises(KeysUnavailable):
            await source.find_key("one")
        clock.now += RETRY_S
        assert await find_accepted_kids(source) == {"one"}
    clock.now += MAX_AGE_S
    assert await find_accepted_kids(source) == {"one"}


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (200, b"<html>maintenance</html>"),
        (200, b""),
        (200, b"[]"),
        (200, b"{}"),
        (200, b'{"keys": null}'),
        (200, b'{"keys": {"kid": "one"}}'),
        (200, b'{"keys": [1]}'),
        (200, b'{"keys": [{"kty": []}]}'),
        (200, b"[" * 100_000),
        (200, b"\xff\xfe"),
        (404, b'{"keys": []}'),
        (500, b'{"keys": []}'),
    ],
)
async def test_what_cannot_be_read_leaves_the_keys_at_hand(
    authority: Authority, clock: JwksClock, status: int, body: bytes
) -> None:
    with open_identity_provider(authority) as result:
        source = build_jwks_client(result, authority, clock)
        result.publish(RSA_KEY)
        assert await find_accepted_kids(source) == {"one"}
        result.status, result.body = status, body
        clock.now += MAX_AGE_S
        assert await find_accepted_kids(source) == {"one"}
        assert len(result.request_paths) == 2


async def test_a_redirect_is_not_followed(authority: Authority, clock: JwksClock) -> None:
    with open_identity_provider(authority) as result:
        result.publish(RSA_KEY)
        result.status, result.headers = 302, {"Location": "/elsewhere"}
        with pytest.raises(KeysUnavailable):
            await build_jwks_client(result, authority, clock).find_key("one")
        assert result.request_paths == ["/keys"]


async def test_an_answer_that_trickles_is_given_up(
    authority: Authority, clock: JwksClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jwks, "FETCH_TIMEOUT_S", 1.5)
    with open_identity_provider(authority) as result:
        result.publish(RSA_KEY)
        result.pause_s = 0.05
        with pytest.raises(KeysUnavailable):
            await build_jwks_client(result, authority, clock).find_key("one")
        assert result.sent > 1


async def test_an_endless_answer_is_given_up(authority: Authority, clock: JwksClock) -> None:
    with open_identity_provider(authority) as result:
        result.endless = True
        with pytest.raises(KeysUnavailable):
            await build_jwks_client(result, authority, clock).find_key("one")
    assert result.sent < KEY_SET_BYTES + 8 * 2**20, "beyond what was read, buffers of the machine"


async def test_a_weak_key_or_one_for_secrets_never_opens(
    authority: Authority, clock: JwksClock
) -> None:
    weak = RSAKey.generate_key(1024, {"kid": "one"})
    secret = ECKey.generate_key("P-256", {"kid": "two", "use": "enc"})
    with open_identity_provider(authority) as result:
        result.publish(weak, secret)
        assert await find_accepted_kids(build_jwks_client(result, authority, clock)) == set()


async def test_a_malformed_key_or_one_of_another_kind_leaves_the_others(
    authority: Authority, clock: JwksClock
) -> None:
    sound_point = EC_KEY.as_dict(private=False)
    others: list[Any] = [
        {"kty": "EC", "kid": "two"},
        {"kty": "AKP", "kid": "two"},
        {"kid": "two"},
        {"kty": []},
        {"kty": "RSA", "kid": "two", "n": 5, "e": "AQAB"},
        {"kty": "RSA", "kid": "two", "n": "", "e": ""},
        {"kty": "RSA", "kid": "two", "n": "%%", "e": "AQAB", "use": "sig"},
        {**sound_point, "x": "AA"},
        {**sound_point, "crv": {}},
        {**sound_point, "kid": ["two"]},
        {**sound_point, "key_ops": 12},
        {**sound_point, "use": {}},
        None,
        7,
        [],
        "two",
    ]
    with open_identity_provider(authority) as provider:
        sound = RSA_KEY.as_dict(private=False)
        provider.body = orjson.dumps({"keys": [*others, sound]})
        assert await find_accepted_kids(build_jwks_client(provider, authority, clock)) == {"one"}


def test_an_authority_that_cannot_be_read_stops_the_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    spoiled = tmp_path / "ca.pem"
    monkeypatch.setenv("SAS_JWKS_CA", str(spoiled))
    for text in (None, "no certificate"):
        if text is not None:
            spoiled.write_text(text)
        with pytest.raises(BadConfigurationError, match=r"SAS_JWKS_CA .*ca\.pem"):
            load_valid_settings()


async def test_new_keys_are_read_once_a_minute_and_withdrawn_ones_leave(tmp_path: Path) -> None:
    now, path = [0.0], tmp_path / "jwks.json"
    source = JwksClient(str(path), lambda: now[0])
    with pytest.raises(KeysUnavailable):
        await source.find_key("one")
    write_jwks(path, RSA_KEY)
    now[0] += REFETCH_S
    assert await source.find_key("one")
    write_jwks(path, EC_KEY, OctKey.generate_key(256, {"kid": "secret"}))
    now[0] += REFETCH_S - 1
    assert await source.find_key("two") is None
    now[0] += 1
    assert await source.find_key("two")
    assert (await source.find_key("one"), await source.find_key("secret")) == (None, None)
    path.write_text("spoiled")
    now[0] += REFETCH_S
    assert await source.find_key("two")
