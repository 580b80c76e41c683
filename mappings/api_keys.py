"""File of the keys of machine clients: each key is printed once and stored as a salted digest.

SHA-256 rather than scrypt: a slow hash protects passwords that people choose. These keys are 256
random bits, which no dictionary contains. A slow hash on each request would let anyone stop the
service.
"""

import hashlib
import os
import secrets
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

import orjson
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from mappings.roles import UserRole
from mappings.state_file import replace_file, update_state_file

KEY_PREFIX = "sas"
SECRET_BYTES = 32


class KeyFileInvalid(Exception):
    """The file of keys cannot be used; the message names it."""


class StoredKey(BaseModel):
    """One key as stored: never the key itself."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str = Field(pattern=r"^[0-9a-f]{12}$")
    name: str = Field(min_length=1, max_length=60)
    roles: tuple[UserRole, ...] = Field(min_length=1)
    salt: str = Field(pattern=r"^[0-9a-f]{32}$")
    digest: str = Field(pattern=r"^[0-9a-f]{64}$")
    created: datetime

    def has_secret(self, secret: str) -> bool:
        """Whether the secret part of a key is the one of this key, in constant time."""
        return secrets.compare_digest(self.digest, digest_secret(self.salt, secret))


class KeyFile(BaseModel):
    """The document of the file."""

    model_config = ConfigDict(extra="forbid")

    keys: tuple[StoredKey, ...] = ()


KeyChange = Callable[[tuple[StoredKey, ...]], Sequence[StoredKey]]
"""The keys kept, from those that were."""


def generate_api_key(name: str, roles: Sequence[UserRole], now: datetime) -> tuple[str, StoredKey]:
    """A new key ``sas_<id>_<secret>``, and its stored form.

    Raises ``ValidationError`` for a name of no or more than 60 characters.
    """
    key_id, secret, salt = secrets.token_hex(6), secrets.token_hex(SECRET_BYTES), os.urandom(16)
    stored = StoredKey(
        id=key_id,
        name=name,
        roles=tuple(roles),
        salt=salt.hex(),
        digest=digest_secret(salt.hex(), secret),
        created=now.astimezone(UTC),
    )
    return f"{KEY_PREFIX}_{key_id}_{secret}", stored


def digest_secret(salt: str, secret: str) -> str:
    """SHA-256 of the salt and the secret, in hexadecimal."""
    return hashlib.sha256(bytes.fromhex(salt) + secret.encode()).hexdigest()


def read_keys(path: Path) -> tuple[StoredKey, ...]:
    """The keys of the file; raises ``KeyFileInvalid``."""
    try:
        return _parse_keys(path, path.read_bytes())
    except OSError as error:
        raise _key_file_error(path) from error


def update_keys(path: Path, change: KeyChange) -> None:
    """Replace the keys by what ``change`` makes of the present ones, one change at a time.

    A new file is readable by its owner alone. Raises ``KeyFileInvalid``, ``OSError``.
    """
    update_state_file(
        path,
        lambda content: _print_keys(change(() if content is None else _parse_keys(path, content))),
    )


def write_keys(path: Path, keys: Sequence[StoredKey]) -> None:
    """Replace the keys, whatever they were."""
    replace_file(path, _print_keys(keys))


def _parse_keys(path: Path, content: bytes) -> tuple[StoredKey, ...]:
    try:
        return KeyFile.model_validate_json(content).keys
    except ValidationError as error:
        raise _key_file_error(path) from error


def _print_keys(keys: Sequence[StoredKey]) -> bytes:
    return orjson.dumps(KeyFile(keys=tuple(keys)).model_dump(mode="json"))


def _key_file_error(path: Path) -> KeyFileInvalid:
    return KeyFileInvalid(
        f"SAS_API_KEYS_FILE {path} cannot be read: make one with `sas api-key new NAME`."
    )
