"""The records as commands open them."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from cli.output import print_line
from elastic.settings import read_elastic_settings
from records.database import Database, open_database
from records.schema import require_schema
from records.settings import RecordsSettings, build_database_url
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
