"""``SAS_CURSOR_KEY``: shared when set, this process's own when not, never shown."""

import secrets
from itertools import pairwise

import pytest
from cryptography.fernet import InvalidToken
from pydantic import ValidationError

from api.configuration import BadConfigurationError, load_valid_settings
from api.settings import ApiSettings
from search_engine.execution.cursor_key import CursorKey
from tests.api.conftest import build_frozen_app

WRONG = "notTheRightLengthOfAKey"


async def engine_key() -> CursorKey:
    """The key with which an application started now encrypts cursors."""
    app = build_frozen_app()
    async with app.router.lifespan_context(app):
        key: CursorKey = app.state.engine.cursor_key
        return key


async def test_processes_of_one_key_understand_each_other(
    environment: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SAS_CURSOR_KEY", secrets.token_urlsafe(32))
    one, other = await engine_key(), await engine_key()
    assert other.decrypt(one.encrypt(b"a state")) == b"a state"


async def test_keys_are_rotated_one_process_after_the_other(
    environment: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every process first learns the new key, then encrypts with it, then forgets the old one."""
    old, new = secrets.token_urlsafe(32), secrets.token_urlsafe(32)
    keys = []
    for declared in (old, f"{old},{new}", f"{new} {old}", new):
        monkeypatch.setenv("SAS_CURSOR_KEY", declared)
        keys.append(await engine_key())
    for one, other in pairwise(keys):
        assert other.decrypt(one.encrypt(b"a state")) == b"a state"
        assert one.decrypt(other.encrypt(b"a state")) == b"a state"
    with pytest.raises(InvalidToken):
        keys[-1].decrypt(keys[0].encrypt(b"a state"))


@pytest.mark.parametrize("unset", [None, ""])
async def test_without_a_key_each_process_has_its_own(
    environment: None, monkeypatch: pytest.MonkeyPatch, unset: str | None
) -> None:
    monkeypatch.delenv("SAS_CURSOR_KEY", raising=False)
    if unset is not None:
        monkeypatch.setenv("SAS_CURSOR_KEY", unset)
    one, other = await engine_key(), await engine_key()
    with pytest.raises(InvalidToken):
        other.decrypt(one.encrypt(b"a state"))


def test_a_wrong_key_is_told_before_serving_and_not_repeated(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("SAS_CURSOR_KEY", WRONG)
    with pytest.raises(BadConfigurationError, match=r"SAS_CURSOR_KEY: .*token_urlsafe") as result:
        load_valid_settings()
    with pytest.raises(ValidationError) as raised:
        ApiSettings()
    assert WRONG not in f"{result.value}{raised.value}"


def test_a_key_shows_nowhere(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither in the settings, nor when another one is wrong, nor in what holds the key."""
    key = secrets.token_urlsafe(32)
    monkeypatch.setenv("SAS_CURSOR_KEY", key)
    settings = ApiSettings()
    shown = f"{settings!r}{settings.build_cursor_key()!r}{settings.model_dump_json()}"
    monkeypatch.setenv("SAS_JWKS", "/keys.json")
    with pytest.raises(ValidationError, match="SAS_JWKS") as caught:
        ApiSettings()
    assert key not in f"{shown}{caught.value}"
