"""Kinds of what people declare, each a row a subject: read, changed, imported in one way.

A change and its messages are one transaction: a declaration that no search shows cannot exist for
long, a search that shows what nobody said cannot exist at all.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import islice
from typing import Any, Generic, NamedTuple, TypeVar

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from mappings.formats import Format
from records.access import IMPORTER, Actor
from records.database import Database, open_reading, open_transaction
from records.errors import RecordMissing, StaleVersion
from records.outbox import add_message
from records.tables import Import

BATCH = 500
"""Values of a file that are read and written at once."""
TICK = timedelta(microseconds=1)
"""The least time between two writes of a row: an instant orders them."""

FormatT = TypeVar("FormatT", bound=Format)


class Message(NamedTuple):
    """Something to do after a change: a kind of the outbox, and the key it is about."""

    kind: str
    key: str


@dataclass(frozen=True, slots=True)
class RecordKind(Generic[FormatT]):
    """A kind of declaration: its exchanged format, its table, and what follows from a row."""

    name: str
    """As commands, files and imports name it."""
    table: Any
    """Its rows have ``Declared``'s columns; the primary key is one text."""
    identify: Callable[[FormatT], str]
    """The primary key of a value."""
    fill: Callable[[Any, FormatT], None]
    """Copy a value into a row."""
    build: Callable[[Any], FormatT]
    """The value of a row."""
    follow: Callable[[Any], Iterable[Message]]
    """What must be projected for a row as it is."""
    missing: str
    """What a person reads where a key has no row; ``{key}`` stands for it."""


@dataclass(frozen=True, slots=True)
class RecordChange(Generic[FormatT]):
    """A value to keep, who said so and when, and the version it replaces."""

    actor: Actor
    value: FormatT
    version: int | None
    """The version that was read, None for the first value."""
    said_at: datetime
    written_at: datetime
    columns: Mapping[str, Any] = field(default_factory=dict)
    """Columns that the exchanged format does not have."""


@dataclass(frozen=True, slots=True)
class StoredRecord(Generic[FormatT]):
    """A value as it is kept, with the version that a change must name."""

    value: FormatT
    version: int
    updated_at: datetime
    updated_by: str


def read_record(database: Database, kind: RecordKind[FormatT], key: str) -> StoredRecord[FormatT]:
    """The value of a key; raises ``RecordMissing``. Access is the caller's to check."""
    with open_reading(database) as session:
        return build_stored(kind, get_row(session, kind, key))


def change_record(
    database: Database,
    kind: RecordKind[FormatT],
    change: RecordChange[FormatT],
    settle: Callable[[Session], None] = lambda session: None,
) -> StoredRecord[FormatT]:
    """Keep a value and queue what follows; raises ``StaleVersion``, ``RecordMissing``.

    ``settle`` writes what else belongs to the transaction, once the row is written and locked.
    """
    try:
        with open_transaction(database) as session:
            row = write_row(session, kind, change)
            session.flush()
            settle(session)
            session.flush()
            return build_stored(kind, row)
    except (StaleDataError, IntegrityError) as error:
        current = read_record(database, kind, kind.identify(change.value))
        raise StaleVersion(current.version) from error


def get_row(session: Session, kind: RecordKind[FormatT], key: str) -> Any:
    """The row of a key; raises ``RecordMissing``."""
    row = session.get(kind.table, key)
    if row is None:
        raise RecordMissing(kind.missing.format(key=key))
    return row


def build_stored(kind: RecordKind[FormatT], row: Any) -> StoredRecord[FormatT]:
    """The value of a row with its version and author."""
    return StoredRecord(kind.build(row), row.version, row.updated_at, row.updated_by)


def select_values(session: Session, kind: RecordKind[FormatT]) -> dict[str, FormatT]:
    """Every value of a kind by its key, as the transaction sees them."""
    rows = session.scalars(select(kind.table).order_by(*kind.table.__table__.primary_key))
    return {kind.identify(value): value for value in map(kind.build, rows)}


def read_values(database: Database, kind: RecordKind[FormatT]) -> dict[str, FormatT]:
    """Every value of a kind by its key."""
    with open_reading(database) as session:
        return select_values(session, kind)


def read_chosen(
    database: Database, kind: RecordKind[FormatT], column: Any, keys: Iterable[str]
) -> dict[str, FormatT]:
    """The values whose row has one of these keys in a column, by primary key."""
    with open_reading(database) as session:
        rows = session.scalars(select(kind.table).where(column.in_(sorted(keys))))
        return {kind.identify(value): value for value in map(kind.build, rows)}


def count_records(database: Database, kind: RecordKind[Any]) -> int:
    """How many subjects declared something of this kind."""
    return count_rows(database, kind.table)


def count_rows(database: Database, table: Any) -> int:
    """Rows of a table."""
    with open_reading(database) as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def queue_written(
    session: Session, kind: RecordKind[Any], since: datetime, now: datetime, *, read_by: str
) -> Iterator[Message]:
    """Queue again what follows from rows written at or after an instant; yields the messages.

    What a file brought counts by the day it came in, not by the day its row was said; it is left
    out where the build of the index ``read_by`` read it.
    """
    table = kind.table
    read = select(Import.imported_at).where(Import.read_by == read_by)
    is_read = (table.updated_by == IMPORTER.id) & table.written_at.in_(read)
    rows = session.scalars(select(table).where(table.written_at >= since, ~is_read))
    for message in dict.fromkeys(one for row in rows for one in kind.follow(row)):
        add_message(session, *message, now)
        yield message


def import_values(
    session: Session, kind: RecordKind[FormatT], values: Iterable[FormatT], now: datetime
) -> Iterator[str]:
    """Write values of a file where the records say nothing later; yields the keys written.

    A value without instant replaces what a file said, never what a person did. Columns that files
    do not hold are kept.
    """
    left = iter(values)
    while batch := list(islice(left, BATCH)):
        yield from _import_batch(session, kind, batch, now)


def _import_batch(
    session: Session, kind: RecordKind[FormatT], values: Sequence[FormatT], now: datetime
) -> Iterator[str]:
    """Read all rows at once, write all at once: one by one, a query costs more than a row."""
    rows = _get_rows(session, kind, map(kind.identify, values))
    with session.no_autoflush:
        for value in values:
            key = kind.identify(value)
            row = rows.get(key)
            if row is not None and not _replaces(kind, value, row):
                continue
            said_at = getattr(value, "updated", None) or now
            _write(session, kind, row, RecordChange(IMPORTER, value, None, said_at, now))
            yield key
    session.flush()


def _get_rows(session: Session, kind: RecordKind[FormatT], keys: Iterable[str]) -> dict[str, Any]:
    """The rows of these keys, those that there are."""
    (key,) = kind.table.__table__.primary_key
    rows = session.scalars(select(kind.table).where(key.in_(list(keys))))
    return {getattr(row, key.name): row for row in rows}


def write_row(session: Session, kind: RecordKind[FormatT], change: RecordChange[FormatT]) -> Any:
    """Write a row with its messages, those of its former state included.

    Raises ``StaleVersion``, ``RecordMissing``.
    """
    key = kind.identify(change.value)
    row = session.get(kind.table, key)
    _check_version(kind, key, row, change.version)
    return _write(session, kind, row, change)


def _write(
    session: Session, kind: RecordKind[FormatT], row: Any, change: RecordChange[FormatT]
) -> Any:
    before = [] if row is None else [*kind.follow(row)]
    if row is None:
        row = kind.table(created_at=change.said_at, created_by=change.actor.id)
        session.add(row)
    kind.fill(row, change.value)
    for name, value in change.columns.items():
        setattr(row, name, value)
    row.updated_at, row.updated_by = change.said_at, change.actor.id
    row.written_at = find_write_instant(row.written_at, change.written_at)
    for message in dict.fromkeys([*kind.follow(row), *before]):
        add_message(session, *message, change.written_at)
    return row


def find_write_instant(before: datetime | None, now: datetime) -> datetime:
    """Later than the write before, also when this machine's clock is behind that one's."""
    return now if before is None else max(now, before + TICK)


def _check_version(kind: RecordKind[Any], key: str, row: Any, version: int | None) -> None:
    if row is None and version is not None:
        raise RecordMissing(kind.missing.format(key=key))
    if row is not None and row.version != version:
        raise StaleVersion(row.version)


def _replaces(kind: RecordKind[FormatT], value: FormatT, row: Any) -> bool:
    said_at: datetime | None = getattr(value, "updated", None)
    if _facts(kind.build(row)) == _facts(value):
        return False
    if said_at is not None:
        return bool(said_at > row.updated_at)
    return bool(row.updated_by == IMPORTER.id)


def _facts(value: Format) -> dict[str, Any]:
    return value.model_dump(exclude={"updated"})
