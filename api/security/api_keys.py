"""Keys of machine clients: printed once, kept as salted digests.

SHA-256 and not scrypt: a slow hash protects words that people choose; these keys are 256 random
bits, which no dictionary holds, and a slow hash on each request would be a way to stop the service.
"""

import hashlib
import os
import secrets
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import orjson
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from api.security.principal import Principal, UserRole

KEY_PREFIX = "sas"
SECRET_BYTES = 32
KEY_PARTS = 3


class KeyFileInvalid(Exception):
    """The file of keys cannot be used; the message names it."""


class StoredKey(BaseModel):
    """One key as kept: never the key itself."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str = Field(pattern=r"^[0-9a-f]{12}$")
    name: str = Field(min_length=1, max_length=60)
    roles: tuple[UserRole, ...] = Field(min_length=1)
    salt: str = Field(pattern=r"^[0-9a-f]{32}$")
    digest: str = Field(pattern=r"^[0-9a-f]{64}$")
    created: datetime


class KeyFile(BaseModel):
    """The document of the file."""

    model_config = ConfigDict(extra="forbid")

    keys: tuple[StoredKey, ...] = ()


def generate_api_key(name: str, roles: Sequence[UserRole], now: datetime) -> tuple[str, StoredKey]:
    """A fresh key to hand over once, and what is kept of it."""
    key_id, secret, salt = secrets.token_hex(6), secrets.token_hex(SECRET_BYTES), os.urandom(16)
    stored = StoredKey(
        id=key_id,
        name=name,
        roles=tuple(roles),
        salt=salt.hex(),
        digest=_digest(salt.hex(), secret),
        created=now.astimezone(UTC),
    )
    return f"{KEY_PREFIX}_{key_id}_{secret}", stored


def read_keys(path: Path) -> tuple[StoredKey, ...]:
    """The keys of the file; raises ``KeyFileInvalid``."""
    try:
        return KeyFile.model_validate_json(path.read_bytes()).keys
    except (OSError, ValidationError) as error:
        raise KeyFileInvalid(
            f"SAS_API_KEYS_FILE {path} cannot be read: make one with `sas api-key new NAME`."
        ) from error


def write_keys(path: Path, keys: Sequence[StoredKey]) -> None:
    """Replace the file in one step, readable by its owner alone."""
    path.parent.mkdir(parents=True, exist_ok=True)
    body = orjson.dumps(KeyFile(keys=tuple(keys)).model_dump(mode="json"))
    handle, name = tempfile.mkstemp(dir=path.parent)
    with os.fdopen(handle, "wb") as out:
        out.write(body)
    Path(name).replace(path)


@dataclass(slots=True)
class KeyRing:
    """The keys of a file, read again when it changes: a revoked key stops at once."""

    path: Path
    _stamp: tuple[int, int] = (0, 0)
    _keys: tuple[StoredKey, ...] = ()

    def find_principal(self, key: str) -> Principal | None:
        """Whom the key names; None when no stored key is this one.

        Raises ``KeyFileInvalid`` when the file is gone or spoiled: no key opens then.
        """
        parts = key.split("_")
        if len(parts) != KEY_PARTS or parts[0] != KEY_PREFIX:
            return None
        stored = next((kept for kept in self._current_keys() if kept.id == parts[1]), None)
        if stored is None or not _is_same(stored, parts[2]):
            return None
        return Principal(f"key:{stored.id}", frozenset(stored.roles))

    def _current_keys(self) -> tuple[StoredKey, ...]:
        try:
            told = self.path.stat()
        except OSError as error:
            raise KeyFileInvalid(f"SAS_API_KEYS_FILE {self.path} is gone.") from error
        stamp = (told.st_mtime_ns, told.st_ino)
        if stamp != self._stamp:
            self._keys, self._stamp = read_keys(self.path), stamp
        return self._keys


def _is_same(stored: StoredKey, secret: str) -> bool:
    return secrets.compare_digest(stored.digest, _digest(stored.salt, secret))


def _digest(salt: str, secret: str) -> str:
    return hashlib.sha256(bytes.fromhex(salt) + secret.encode()).hexdigest()
