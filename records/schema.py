"""The schema of the records: which one a database has, and bringing it to this program's."""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from records.database import Database, translate_errors
from records.errors import SchemaOutdated, SchemaTooNew


class SchemaState(StrEnum):
    """How the schema of a database compares with this program's."""

    EMPTY = "empty"
    OUTDATED = "outdated"
    CURRENT = "current"
    TOO_NEW = "too_new"


@dataclass(frozen=True, slots=True)
class SchemaStatus:
    """Revision of a database, None without tables, and that of this program."""

    revision: str | None
    head: str
    state: SchemaState


def read_schema_status(database: Database) -> SchemaStatus:
    """Compare the database with the program; raises ``RecordsUnavailable``."""
    script = ScriptDirectory.from_config(_build_config())
    head = script.get_current_head() or ""
    revision = _read_revision(database)
    return SchemaStatus(revision, head, _compare_revisions(revision, head, _list_known(script)))


def require_known_revision(revision: str) -> None:
    """Raise ``SchemaTooNew`` for a schema that a later program made."""
    if revision not in _list_known(ScriptDirectory.from_config(_build_config())):
        raise SchemaTooNew(revision)


def upgrade_schema(database: Database) -> SchemaStatus:
    """Bring the tables to this program's schema, step by step, each step whole or not at all.

    Raises ``SchemaTooNew``, ``RecordsUnavailable``.
    """
    status = read_schema_status(database)
    if status.state is SchemaState.TOO_NEW:
        raise SchemaTooNew(status.revision or "")
    if status.state is not SchemaState.CURRENT:
        with translate_errors(database), database.engine.begin() as connection:
            command.upgrade(_build_config(connection), "head")
    return read_schema_status(database)


def require_schema(database: Database) -> None:
    """Raise ``SchemaOutdated`` or ``SchemaTooNew`` unless the schema is this program's.

    A new file of SQLite gets its tables at once: a newcomer has nothing to lose in it.
    """
    status = read_schema_status(database)
    if status.state is SchemaState.TOO_NEW:
        raise SchemaTooNew(status.revision or "")
    if status.state is SchemaState.EMPTY and database.is_sqlite:
        upgrade_schema(database)
    elif status.state is not SchemaState.CURRENT:
        raise SchemaOutdated


def _list_known(script: ScriptDirectory) -> set[str]:
    return {step.revision for step in script.walk_revisions()}


def _compare_revisions(revision: str | None, head: str, known: set[str]) -> SchemaState:
    if revision is None:
        return SchemaState.EMPTY
    if revision not in known:
        return SchemaState.TOO_NEW
    return SchemaState.CURRENT if revision == head else SchemaState.OUTDATED


def _read_revision(database: Database) -> str | None:
    with translate_errors(database), database.engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def _build_config(connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["connection"] = connection
    return config
