"""Records of one test on SQLite: a copy of a file whose tables were made once."""

import tempfile
from functools import cache
from pathlib import Path

from records.database import Database, open_database
from records.schema import upgrade_schema
from records.settings import FILE


def open_fresh_records(folder: Path) -> Database:
    """Empty records with this program's tables, in a folder that may be a state folder."""
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / FILE
    if not file.exists():
        file.write_bytes(_build_tables())
    return open_database(f"sqlite:///{file}")


@cache
def _build_tables() -> bytes:
    """The file of migrated records; closing it leaves nothing in its journal."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / FILE
        database = open_database(f"sqlite:///{file}")
        upgrade_schema(database)
        database.close()
        return file.read_bytes()
