"""Keys of programs made, listed, revoked and brought in from a file; read to identify callers."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from mappings.roles import UserRole
from records.access import IMPORTER, Actor, require_administrator
from records.database import Database, open_reading, open_transaction
from records.errors import RecordMissing
from records.keys.tables import ApiKeyRow
from records.keys.values import StoredKey, generate_api_key

MISSING = "No key in use has the identifier {key}: see `sas api-key list`."


def create_api_key(
    database: Database, actor: Actor, name: str, roles: Sequence[UserRole], now: datetime
) -> tuple[str, StoredKey]:
    """Keep a new key; returns it, for its only showing, and its stored form.

    Raises ``AccessDenied``, ``ValidationError`` for a name of no or more than 60 characters.
    """
    require_administrator(actor)
    key, stored = generate_api_key(name, roles, now)
    with open_transaction(database) as session:
        session.add(_build_row(stored, actor))
    return key, stored


def list_api_keys(database: Database, actor: Actor) -> tuple[StoredKey, ...]:
    """The keys in use, the oldest first; raises ``AccessDenied``."""
    require_administrator(actor)
    return read_active_keys(database)


def revoke_api_key(database: Database, actor: Actor, key_id: str, now: datetime) -> None:
    """A key that opens nothing any more; raises ``AccessDenied``, ``RecordMissing``."""
    require_administrator(actor)
    with open_transaction(database) as session:
        row = session.get(ApiKeyRow, key_id, with_for_update=True)
        if row is None or row.revoked_at is not None:
            raise RecordMissing(MISSING.format(key=key_id))
        row.revoked_at, row.revoked_by = now, actor.id


def import_api_keys(database: Database, keys: Iterable[StoredKey]) -> int:
    """Keep the keys that the records never had; returns how many. A revoked one stays revoked."""
    with open_transaction(database) as session:
        new = [key for key in keys if session.get(ApiKeyRow, key.id) is None]
        session.add_all(_build_row(key, IMPORTER) for key in new)
    return len(new)


def read_active_keys(database: Database) -> tuple[StoredKey, ...]:
    """The keys in use, by which callers are identified."""
    with open_reading(database) as session:
        return tuple(map(_build_key, _select_active(session)))


def _select_active(session: Session) -> Iterable[ApiKeyRow]:
    active = select(ApiKeyRow).where(ApiKeyRow.revoked_at.is_(None))
    return session.scalars(active.order_by(ApiKeyRow.created_at, ApiKeyRow.id))


def _build_row(key: StoredKey, actor: Actor) -> ApiKeyRow:
    return ApiKeyRow(
        id=key.id,
        name=key.name,
        roles=[*key.roles],
        salt=key.salt,
        digest=key.digest,
        created_at=key.created,
        created_by=actor.id,
    )


def _build_key(row: ApiKeyRow) -> StoredKey:
    return StoredKey(
        id=row.id,
        name=row.name,
        roles=tuple(map(UserRole, row.roles)),
        salt=row.salt,
        digest=row.digest,
        created=row.created_at,
    )
