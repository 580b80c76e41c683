"""The registry of dispatch software (F056): read by every link, changed by administrators.

A file of it is the whole registry of what files gave: an entry that left the file goes. What a
person said stays until a person changes it.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from mappings.formats import LrmEntry
from records.access import IMPORTER, Actor, require_administrator
from records.database import Database, open_reading, open_transaction
from records.kinds import (
    Message,
    RecordChange,
    RecordKind,
    StoredRecord,
    build_stored,
    change_record,
    import_values,
    read_record,
    read_values,
    select_values,
)
from records.registry.tables import DispatchSoftware

Entries = Mapping[str, LrmEntry]
"""Entries by origin, inactive ones included."""


def _fill(row: DispatchSoftware, entry: LrmEntry) -> None:
    row.origin, row.name, row.active = entry.origin, entry.name, entry.active


def _build(row: DispatchSoftware) -> LrmEntry:
    return LrmEntry.model_construct(None, origin=row.origin, name=row.name, active=row.active)


def _follow(row: DispatchSoftware) -> Iterator[Message]:
    """Nothing is projected: processes read the registry itself."""
    return iter(())


REGISTRY = RecordKind(
    "lrm",
    DispatchSoftware,
    lambda entry: entry.origin,
    _fill,
    _build,
    _follow,
    "Aucun logiciel de régulation n'a cette origine.",
)


@dataclass(frozen=True, slots=True)
class RegistryLoad:
    """The registry before and after a file of it."""

    before: Entries
    after: Entries

    @property
    def written(self) -> int:
        """Entries that came, changed or went."""
        keys = {*self.before, *self.after}
        return sum(self.before.get(key) != self.after.get(key) for key in keys)


def read_registry(database: Database) -> Entries:
    """Every entry, for the links; ask nothing of anybody: a link is checked before its caller."""
    return read_values(database, REGISTRY)


def list_registry(database: Database, actor: Actor) -> list[StoredRecord[LrmEntry]]:
    """Every entry by origin, with its version; raises ``AccessDenied``."""
    require_administrator(actor)
    with open_reading(database) as session:
        rows = session.scalars(select(DispatchSoftware).order_by(DispatchSoftware.origin))
        return [build_stored(REGISTRY, row) for row in rows]


def read_entry(database: Database, actor: Actor, origin: str) -> StoredRecord[LrmEntry]:
    """The entry of an origin; raises ``AccessDenied``, ``RecordMissing``."""
    require_administrator(actor)
    return read_record(database, REGISTRY, origin)


def change_entry(
    database: Database, actor: Actor, entry: LrmEntry, *, version: int | None, now: datetime
) -> StoredRecord[LrmEntry]:
    """Replace the entry of an origin, or make it where ``version`` is None.

    Raises ``AccessDenied``, ``StaleVersion``, ``RecordMissing``.
    """
    require_administrator(actor)
    return change_record(database, REGISTRY, RecordChange(actor, entry, version, now, now))


def load_registry(
    database: Database, entries: Entries, now: datetime, *, dry_run: bool = False
) -> RegistryLoad:
    """Make what files gave these entries, in one transaction; ``dry_run`` undoes it."""
    with open_transaction(database) as session:
        before = select_values(session, REGISTRY)
        for _ in import_values(session, REGISTRY, entries.values(), now):
            pass
        _delete_left(session, entries)
        session.flush()
        after = select_values(session, REGISTRY)
        if dry_run:
            session.rollback()
    return RegistryLoad(before, after)


def _delete_left(session: Session, kept: Iterable[str]) -> None:
    """Entries that a file gave and the new one has no more."""
    given = select(DispatchSoftware).where(DispatchSoftware.updated_by == IMPORTER.id)
    for row in session.scalars(given.where(DispatchSoftware.origin.not_in(sorted(kept)))):
        session.delete(row)
