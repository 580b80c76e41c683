"""The records as commands open them."""

from collections.abc import Iterator
from contextlib import contextmanager

from elastic.settings import read_elastic_settings
from records.database import Database, open_database
from records.schema import require_schema
from records.settings import RecordsSettings, build_database_url


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
