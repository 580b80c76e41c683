"""The seam to SQL: one engine, write transactions and read ones, on SQLite and PostgreSQL alike.

SQLite has one writer at a time: a write transaction takes its lock as it begins
(``BEGIN IMMEDIATE``), so that nothing it read changes before it commits.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from errno import ENOSPC
from os import strerror
from pathlib import Path
from shutil import disk_usage
from typing import Any

from psycopg.errors import UndefinedColumn, UndefinedTable
from sqlalchemy import ColumnElement, Connection, Engine, create_engine, event
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DatabaseError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolExhausted
from sqlalchemy.orm import Session

from records.errors import RecordsUnavailable, SchemaOutdated

BUSY_S = 10.0
"""Seconds that a transaction of SQLite waits for another one's end."""
POOL, OVERFLOW = 4, 5
"""Connections kept open, and more at a peak: ten processes fit a PostgreSQL of 100 connections."""
CONNECT_S = 5
"""Seconds that a server of PostgreSQL has to take a connection: one that is silent is away."""
JOURNAL_INDEX = 32_768
"""Bytes that SQLite needs beside a database to open it: one block of its journal's index."""
ALL_IN_USE = "Toutes les connexions de ce processus aux registres sont prises : recommencez."
READ_ONLY = "sas_read_only"
INSERTS: Mapping[str, Any] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}
# FULL: what a person was told is kept outlives a power cut too, for one sync a transaction.
PRAGMAS = (
    "journal_mode=WAL",
    "synchronous=FULL",
    "foreign_keys=ON",
    f"busy_timeout={BUSY_S * 1000:.0f}",
)


@dataclass(frozen=True, slots=True)
class Database:
    """The records' database."""

    engine: Engine

    @property
    def is_sqlite(self) -> bool:
        """True for the file of the state folder, false for PostgreSQL."""
        return self.engine.dialect.name == "sqlite"

    @property
    def path(self) -> Path:
        """The file of SQLite."""
        return Path(self.engine.url.database or "")

    @property
    def display_name(self) -> str:
        """The URL without its password."""
        return self.engine.url.render_as_string(hide_password=True)

    def close(self) -> None:
        """Close the pool."""
        self.engine.dispose()


def open_database(url: str) -> Database:
    """The database of a URL; nothing is connected yet. The folder of a SQLite file is made."""
    target = make_url(url)
    if target.get_backend_name() == "sqlite":
        Path(target.database or "").parent.mkdir(parents=True, exist_ok=True)
        engine = create_engine(target, connect_args={"timeout": BUSY_S})
        event.listen(engine, "connect", _configure_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        return Database(engine)
    return Database(
        create_engine(
            target,
            pool_size=POOL,
            max_overflow=OVERFLOW,
            pool_pre_ping=True,
            connect_args={"connect_timeout": CONNECT_S},
        )
    )


@contextmanager
def open_transaction(database: Database) -> Iterator[Session]:
    """A session whose work is committed at the end of the body, or wholly undone.

    Raises ``RecordsUnavailable``, and ``OSError`` where the disk of SQLite is full.
    """
    with translate_errors(database), Session(database.engine) as session, session.begin():
        yield session


@contextmanager
def open_reading(database: Database) -> Iterator[Session]:
    """A session that reads one state and writes nothing. Raises like ``open_transaction``."""
    engine = database.engine.execution_options(**{READ_ONLY: True})
    with translate_errors(database), Session(engine) as session:
        yield session


def upsert_row(
    session: Session,
    table: Any,
    values: Mapping[str, Any],
    changes: Mapping[str, Any],
    where: ColumnElement[bool],
) -> bool:
    """Insert ``values``; where their key exists, make ``changes`` if ``where`` holds of the row.

    One statement: of many at once each sees what the others did. True when a row was written.
    """
    insert = INSERTS[session.get_bind().dialect.name]
    key = [*table.__table__.primary_key]
    statement = insert(table.__table__).values(**values)
    written = statement.on_conflict_do_update(index_elements=key, set_=changes, where=where)
    return session.execute(written.returning(*key)).first() is not None


@contextmanager
def translate_errors(database: Database) -> Iterator[None]:
    """Raise what a driver raises in the body as an error of ours, like ``open_transaction``.

    A table or a column that is missing is a schema of another day: ``SchemaOutdated``.
    """
    try:
        yield
    except DatabaseError as error:
        if _lacks_table(error.orig):
            raise SchemaOutdated from error
        if not isinstance(error, OperationalError) and not _is_damaged(error.orig):
            raise
        if database.is_sqlite and is_disk_full(error.orig, database.path):
            raise OSError(ENOSPC, strerror(ENOSPC), str(database.path)) from error
        raise RecordsUnavailable.from_driver(error.orig) from error
    except PoolExhausted as error:
        raise RecordsUnavailable(ALL_IN_USE) from error


def _lacks_table(error: BaseException | None) -> bool:
    return isinstance(error, UndefinedTable | UndefinedColumn) or str(error).startswith(
        ("no such table", "no such column")
    )


def _is_damaged(error: BaseException | None) -> bool:
    """The file of SQLite is no database, or not whole."""
    return getattr(error, "sqlite_errorname", "") in {"SQLITE_NOTADB", "SQLITE_CORRUPT"}


def is_disk_full(error: BaseException | None, path: Path) -> bool:
    """SQLite says so where a page is missing, but not where the index of its journal is."""
    name = getattr(error, "sqlite_errorname", "")
    if name.startswith("SQLITE_IOERR"):
        return disk_usage(path.parent).free < JOURNAL_INDEX
    return bool(name == "SQLITE_FULL")


def _configure_sqlite(connection: Any, _record: Any) -> None:
    """Transactions are begun by us, not by the driver."""
    connection.isolation_level = None
    for pragma in PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    is_reading = connection.get_execution_options().get(READ_ONLY, False)
    connection.exec_driver_sql("BEGIN" if is_reading else "BEGIN IMMEDIATE")
