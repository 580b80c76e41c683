"""Keys of creations: sent again with its key, a creation happens once and answers the same.

The key is written in the transaction of what it made; orientations hold theirs in their own row.
"""

import hashlib
import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import String
from sqlalchemy.orm import Mapped, Session, mapped_column

from mappings.bounds import LONGEST_ID
from records.access import Actor
from records.columns import AUTHOR, Base, UtcInstant
from records.database import Database, open_reading
from records.errors import RecordsError

IDS = uuid.UUID("0c5b2f1e-7a44-5d5b-8f57-2f6c3f0c9d42")
"""Namespace of the ids that a key gives."""
UUID, DIGEST = 36, 64
"""Characters of a UUID, of a SHA-256."""


class IdempotencyKeyReused(RecordsError):
    """A key came again with another request."""

    code = "idempotency_key_reused"

    def __init__(self) -> None:
        super().__init__(
            "Cette clé d'idempotence a déjà servi pour une autre demande : prenez-en une nouvelle."
        )


class IdempotencyKeyInvalid(RecordsError):
    """A key that is no UUID: it could hold a word about somebody."""

    code = "idempotency_key_invalid"

    def __init__(self) -> None:
        super().__init__("La clé d'idempotence est un UUID : tirez-en un par demande.")


class CreationKey(Base):
    """The key of a creation, the digest of what was asked, and the id of what it made."""

    __tablename__ = "creation_keys"

    author: Mapped[str] = mapped_column(String(AUTHOR), primary_key=True)
    key: Mapped[str] = mapped_column(String(UUID), primary_key=True)
    digest: Mapped[str] = mapped_column(String(DIGEST))
    made: Mapped[str] = mapped_column(String(LONGEST_ID))
    at: Mapped[datetime] = mapped_column(UtcInstant)


@dataclass(frozen=True, slots=True)
class Creation:
    """Who makes something, under which key, when, and the digest of what was asked."""

    actor: Actor
    key: str
    digest: str
    now: datetime

    @property
    def derived_id(self) -> str:
        """A UUID for what is made: the same author and key always give the same one."""
        return str(uuid.uuid5(IDS, f"{self.actor.id}|{self.key}"))


def build_creation(
    actor: Actor, key: str, asked: tuple[str, Mapping[str, Any]], now: datetime
) -> Creation:
    """A creation of ``asked``: its kind and values; raises ``IdempotencyKeyInvalid``."""
    text = json.dumps(asked, sort_keys=True, default=str)
    return Creation(actor, parse_key(key), hashlib.sha256(text.encode()).hexdigest(), now)


def parse_key(text: str) -> str:
    """The key in its usual writing; raises ``IdempotencyKeyInvalid``."""
    try:
        return str(uuid.UUID(text))
    except ValueError as error:
        raise IdempotencyKeyInvalid from error


def find_made(database: Database, creation: Creation) -> str | None:
    """The id of what the key made before; raises ``IdempotencyKeyReused`` for another request."""
    with open_reading(database) as session:
        row = session.get(CreationKey, (creation.actor.id, creation.key))
        if row is None:
            return None
        if row.digest != creation.digest:
            raise IdempotencyKeyReused
        return row.made


def keep_key(session: Session, creation: Creation, made: str) -> None:
    """Write the key beside what it made; of two at once the second fails at the flush."""
    values = {"author": creation.actor.id, "key": creation.key, "digest": creation.digest}
    session.add(CreationKey(**values, made=made, at=creation.now))
