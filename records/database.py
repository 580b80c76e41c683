"""The seam to SQL: one engine, write transactions and read ones, on SQLite and PostgreSQL alike.

SQLite has one writer at a time: a write transaction takes its lock as it begins
(``BEGIN IMMEDIATE``), so that nothing it read changes before it commits.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from records.errors import RecordsUnavailable

BUSY_S = 10.0
"""Seconds that a transaction of SQLite waits for another one's end."""
POOL, OVERFLOW = 10, 20
"""Connections kept open, and more at a peak."""
READ_ONLY = "sas_read_only"
PRAGMAS = (
    "journal_mode=WAL",
    "synchronous=NORMAL",
    "foreign_keys=ON",
    f"busy_timeout={BUSY_S:.0f}000",
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
        create_engine(target, pool_size=POOL, max_overflow=OVERFLOW, pool_pre_ping=True)
    )


@contextmanager
def open_transaction(database: Database) -> Iterator[Session]:
    """A session whose work is committed at the end of the body, or wholly undone.

    Raises ``RecordsUnavailable``.
    """
    with _translate_errors(), Session(database.engine) as session, session.begin():
        yield session


@contextmanager
def open_reading(database: Database) -> Iterator[Session]:
    """A session that reads one state and writes nothing. Raises ``RecordsUnavailable``."""
    engine = database.engine.execution_options(**{READ_ONLY: True})
    with _translate_errors(), Session(engine) as session:
        yield session


@contextmanager
def _translate_errors() -> Iterator[None]:
    try:
        yield
    except OperationalError as error:
        raise RecordsUnavailable.from_driver(error) from error


def _configure_sqlite(connection: Any, _record: Any) -> None:
    """Transactions are begun by us, not by the driver."""
    connection.isolation_level = None
    for pragma in PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    is_reading = connection.get_execution_options().get(READ_ONLY, False)
    connection.exec_driver_sql("BEGIN" if is_reading else "BEGIN IMMEDIATE")
