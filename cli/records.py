"""The records as commands open them."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from cli.output import print_line
from elastic.settings import read_elastic_settings
from records.database import Database, open_database
from records.keys.key_file import read_key_file
from records.keys.store import import_api_keys
from records.schema import require_schema
from records.settings import RecordsSettings, build_database_url
from records.trail.trail import Trail
from slots.loading.requests import AGENDA_FILE


def warn_unread_agenda(directory: Path, held: int) -> None:
    """Say that a file of the agenda's slots is not read: the records hold so many agendas."""
    if held and (directory / AGENDA_FILE).exists():
        print_line(f"{AGENDA_FILE} is not read: the records hold {held:,} agendas.", err=True)


@contextmanager
def open_records(*, checked: bool = True) -> Iterator[Database]:
    """The database of the records for the body, with this program's schema unless ``checked`` is
    false.

    Raises ``BadDatabaseUrl``, ``SchemaOutdated``, ``SchemaTooNew``, ``RecordsUnavailable``.
    """
    url = build_database_url(RecordsSettings(), read_elastic_settings().state_dir)
    database = open_database(url)
    try:
        if checked:
            require_schema(database)
        yield database
    finally:
        database.close()


@contextmanager
def open_trail(*, checked: bool = True) -> Iterator[Trail]:
    """The trail of the configured service for the body; errors as of ``open_records``."""
    with open_records(checked=checked) as database:
        yield Trail(database, read_elastic_settings().index_prefix)


def import_key_file(database: Database, file: Path) -> None:
    """Bring the keys of a file of an earlier version into the records; a line says how many.

    Raises ``KeyFileInvalid``.
    """
    if added := import_api_keys(database, read_key_file(file)):
        print_line(f"{added:,} keys of {file} are in the records now; unset it.", err=True)
