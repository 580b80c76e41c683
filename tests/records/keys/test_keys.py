"""Keys of programs: made, listed, revoked, and brought in once from the file of before."""

from datetime import UTC, datetime
from pathlib import Path

import orjson
import pytest
from pydantic import ValidationError

from mappings.roles import UserRole
from records.access import OPERATOR, Actor
from records.database import Database
from records.errors import AccessDenied, RecordMissing
from records.keys.key_file import KeyFileInvalid, read_key_file
from records.keys.store import (
    create_api_key,
    import_api_keys,
    list_api_keys,
    read_active_keys,
    revoke_api_key,
)
from records.keys.values import generate_api_key

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
MANAGER = Actor("899700000002", frozenset({UserRole.ACCOUNT_MANAGER}), frozenset({"SAS-48"}))


def test_a_key_opens_until_it_is_revoked(database: Database) -> None:
    key, stored = create_api_key(database, OPERATOR, "lrm", [UserRole.OSNP, UserRole.IOA], NOW)
    (kept,) = list_api_keys(database, OPERATOR)
    assert kept == stored == read_active_keys(database)[0]
    assert kept.has_secret(key.split("_")[2])
    assert not kept.has_secret("0" * 64)
    revoke_api_key(database, OPERATOR, stored.id, NOW)
    assert read_active_keys(database) == ()
    for unknown in (stored.id, "0" * 12):
        with pytest.raises(RecordMissing, match=unknown):
            revoke_api_key(database, OPERATOR, unknown, NOW)


@pytest.mark.proves("F125")
def test_only_an_administrator_acts_on_keys(database: Database) -> None:
    _, stored = create_api_key(database, OPERATOR, "lrm", [UserRole.OSNP], NOW)
    for act in (
        lambda: create_api_key(database, MANAGER, "mine", [UserRole.ADMINISTRATOR], NOW),
        lambda: list_api_keys(database, MANAGER),
        lambda: revoke_api_key(database, MANAGER, stored.id, NOW),
    ):
        with pytest.raises(AccessDenied):
            act()
    assert [key.name for key in read_active_keys(database)] == ["lrm"]


def test_a_name_is_neither_empty_nor_endless(database: Database) -> None:
    for name in ("", "x" * 61):
        with pytest.raises(ValidationError):
            create_api_key(database, OPERATOR, name, [UserRole.OSNP], NOW)
    assert read_active_keys(database) == ()


def test_a_file_of_before_comes_in_once_and_revives_nothing(
    database: Database, tmp_path: Path
) -> None:
    stored = [generate_api_key(name, [UserRole.OSNP], NOW)[1] for name in ("one", "two")]
    file = tmp_path / "keys.json"
    file.write_bytes(orjson.dumps({"keys": [key.model_dump(mode="json") for key in stored]}))
    assert import_api_keys(database, read_key_file(file)) == 2
    revoke_api_key(database, OPERATOR, stored[0].id, NOW)
    assert import_api_keys(database, read_key_file(file)) == 0
    assert list(read_active_keys(database)) == stored[1:]


@pytest.mark.parametrize("content", [None, b"", b"[]", b'{"keys": [{"id": "x"}]}', b'{"keys": ['])
def test_a_file_that_is_none_of_keys_is_named(tmp_path: Path, content: bytes | None) -> None:
    file = tmp_path / "keys.json"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(KeyFileInvalid, match=str(file)):
        read_key_file(file)
