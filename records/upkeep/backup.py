"""Backup of the records while they are used, and what a restored backup needs.

SQLite is copied by its own backup API, never as a file: its journal is beside it. PostgreSQL has
its own tools.
"""

import os
import sqlite3
from contextlib import closing
from datetime import datetime
from errno import ENOSPC
from os import strerror
from pathlib import Path

from sqlalchemy import update

from records.agenda.tables import ProfessionalAgenda
from records.database import Database, is_disk_full, open_transaction
from records.errors import RecordsError, RecordsUnavailable
from records.schema import (
    SchemaState,
    read_schema_status,
    require_known_revision,
    upgrade_schema,
)

FOLD = "PRAGMA journal_mode=DELETE"
"""Makes a backup one file, without a journal beside it: it is read where nothing can be written."""
PART = ".part"
"""End of the name of a copy that is not whole yet."""


class BackupRefused(RecordsError):
    """A backup or a restore that would lose something, or that other tools do."""

    code = "backup_refused"


OTHER_TOOLS = (
    "PostgreSQL se sauvegarde par ses propres outils, `pg_dump` et `pg_restore` "
    "(docs/how-to/back-up-records.md)."
)
EXISTS = "{path} existe : choisissez un autre nom, une sauvegarde ne remplace aucun fichier."
HELD = (
    "Il y a déjà des registres dans {path} : arrêtez le service, déplacez ce fichier et ses "
    "voisins de même nom, puis recommencez."
)
NOT_A_BACKUP = "{path} n'est pas une sauvegarde des registres, ou est abîmé : {reason}."


def back_up_records(database: Database, target: Path) -> int:
    """Copy the records of SQLite to a file, whole or not at all; returns its bytes.

    Others read and write meanwhile. Raises ``BackupRefused``, ``RecordsUnavailable``, ``OSError``.
    """
    if not database.is_sqlite:
        raise BackupRefused(OTHER_TOOLS)
    if target.exists():
        raise BackupRefused(EXISTS.format(path=target))
    part = target.with_name(target.name + PART)
    part.unlink(missing_ok=True)
    try:
        _copy(database.path, part, FOLD)
        _require_whole(part)
        _sync(part)
        part.rename(target)
        _sync(target.parent)
    finally:
        part.unlink(missing_ok=True)
    return target.stat().st_size


def restore_records(database: Database, source: Path, now: datetime) -> None:
    """Bring a backup of SQLite into a place without records, at this program's schema.

    Raises ``BackupRefused``, ``SchemaTooNew``, ``RecordsUnavailable``, ``OSError``.
    """
    if not database.is_sqlite:
        raise BackupRefused(OTHER_TOOLS)
    if read_schema_status(database).state is not SchemaState.EMPTY:
        raise BackupRefused(HELD.format(path=database.path))
    require_known_revision(_require_whole(source))
    _copy(source, database.path)
    upgrade_schema(database)
    mark_restored(database, now)


def mark_restored(database: Database, now: datetime) -> int:
    """Make the agendas the last word again; returns how many.

    The index may hold a later word, of a change that the backup does not have.
    """
    with open_transaction(database) as session:
        earlier = ProfessionalAgenda.written_at < now
        statement = update(ProfessionalAgenda).where(earlier).values(written_at=now)
        done = session.execute(statement)
        return int(getattr(done, "rowcount", 0))


def _copy(source: Path, target: Path, *after: str) -> None:
    with closing(_open_reading(source)) as read, closing(sqlite3.connect(target)) as written:
        try:
            read.backup(written)
            for statement in after:
                written.execute(statement)
        except sqlite3.OperationalError as error:
            if is_disk_full(error, target):
                raise OSError(ENOSPC, strerror(ENOSPC), str(target)) from error
            raise RecordsUnavailable.from_driver(error) from error


def _open_reading(path: Path) -> sqlite3.Connection:
    """Opened to read alone: a file that is missing is not made."""
    return sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)


def _require_whole(path: Path) -> str:
    """The schema of a whole copy; raises ``BackupRefused`` for any other file."""
    try:
        with closing(_open_reading(path)) as copy:
            (found,) = copy.execute("PRAGMA integrity_check").fetchone()
            (revision,) = copy.execute("SELECT version_num FROM alembic_version").fetchone()
    except sqlite3.DatabaseError as error:
        raise BackupRefused(NOT_A_BACKUP.format(path=path, reason=error)) from error
    if found != "ok":
        raise BackupRefused(NOT_A_BACKUP.format(path=path, reason=found))
    return str(revision)


def _sync(path: Path) -> None:
    """Bring a file or a folder to the disk: a backup that a power cut takes is none."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
