"""A key as it is printed once and as it is kept: a salted digest.

SHA-256 rather than scrypt: a slow hash protects passwords that people choose. These keys are 256
random bits, which no dictionary contains. A slow hash on each request would let anyone stop the
service.
"""

import hashlib
import os
import secrets
from collections.abc import Sequence
from datetime import UTC, datetime

from pydantic import BaseModel, ConfigDict, Field

from mappings.roles import UserRole

KEY_PREFIX = "sas"
KEY_PARTS = 3
"""Prefix, identifier and secret, separated by ``_``."""
SECRET_BYTES = 32
KEY_NAME = 60
"""Longest name of a key."""


class StoredKey(BaseModel):
    """One key as stored: never the key itself."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str = Field(pattern=r"^[0-9a-f]{12}$")
    name: str = Field(min_length=1, max_length=KEY_NAME)
    roles: tuple[UserRole, ...] = Field(min_length=1)
    salt: str = Field(pattern=r"^[0-9a-f]{32}$")
    digest: str = Field(pattern=r"^[0-9a-f]{64}$")
    created: datetime

    def has_secret(self, secret: str) -> bool:
        """Whether the secret part of a key is the one of this key, in constant time."""
        return secrets.compare_digest(self.digest, digest_secret(self.salt, secret))


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
