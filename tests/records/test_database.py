"""The seam to SQL in trouble: what fails is a sentence of ours, and the next work goes on."""

import resource
import socket
import subprocess
import sys
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import pytest
from sqlalchemy import text

from records.database import OVERFLOW, POOL, Database, open_database, open_transaction
from records.errors import RecordsUnavailable, SchemaOutdated
from records.outbox import add_message
from records.schema import upgrade_schema
from tests.records.conftest import resolve_url
from tests.records.samples import NOW
from tests.small_disk import fill_disk, open_small_disk

PROCESSES = 10
FILL = """
import sys
from pathlib import Path
from tests.records.test_database import fill_until_it_fails, open_sqlite
print(fill_until_it_fails(open_sqlite(Path(sys.argv[1]))))
"""


def open_sqlite(folder: Path) -> Database:
    return open_database(resolve_url(f"sqlite:///{folder / 'records.sqlite'}"))


def fill_until_it_fails(database: Database) -> str:
    """Add messages until the file can grow no more; what was raised."""
    for _ in range(100):
        try:
            with open_transaction(database) as session:
                for number in range(200):
                    add_message(session, "kind", f"{number:060}", NOW)
        except (OSError, RecordsUnavailable) as error:
            return f"{type(error).__name__}: {error}"
    return "it never failed"


def count_rows(database: Database) -> int:
    with database.engine.connect() as connection:
        return int(connection.execute(text("SELECT count(*) FROM outbox")).scalar_one())


def test_ten_processes_fit_a_postgresql_of_a_hundred_connections(
    make_postgres: Callable[[], str],
) -> None:
    url = resolve_url(make_postgres())
    databases = [open_database(url) for _ in range(PROCESSES)]
    with ExitStack() as held:
        for database in databases:
            for _ in range(POOL + OVERFLOW):
                held.enter_context(database.engine.connect())
    for database in databases:
        database.close()


@pytest.mark.usefixtures("own_process")
def test_a_file_that_may_grow_no_more_is_one_sentence(tmp_path: Path) -> None:
    database = open_sqlite(tmp_path)
    upgrade_schema(database)
    database.close()

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 20, 1 << 20))

    command = [sys.executable, "-c", FILL, str(tmp_path)]
    root = Path(__file__).parents[2]
    done = subprocess.run(
        command, check=True, capture_output=True, text=True, preexec_fn=limit, cwd=root
    )
    assert done.stdout.startswith("RecordsUnavailable: La base des registres ne répond pas")
    kept = count_rows(database)
    assert kept % 200 == 0
    with open_transaction(database) as session:
        add_message(session, "kind", "a", NOW)
    assert count_rows(database) == kept + 1
    database.close()


def test_a_full_disk_loses_nothing_that_was_kept() -> None:
    with open_small_disk() as disk:
        database = open_sqlite(disk)
        upgrade_schema(database)
        assert "No space left" in fill_until_it_fails(database)
        kept = count_rows(database)
        assert kept % 200 == 0
        filling = fill_disk(disk)
        filling.unlink()
        assert count_rows(database) == kept
        database.close()


def test_a_postgresql_that_ends_in_the_middle_is_one_sentence(
    make_postgres: Callable[[], str],
) -> None:
    """The transaction is undone; the next one finds another connection."""
    database = open_database(resolve_url(make_postgres()))
    upgrade_schema(database)
    end = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid = {pid}"
    with (
        pytest.raises(RecordsUnavailable, match="La base des registres ne répond pas"),
        open_transaction(database) as session,
    ):
        add_message(session, "kind", "a", NOW)
        session.flush()
        pid = session.execute(text("SELECT pg_backend_pid()")).scalar_one()
        with database.engine.connect() as other:
            other.execute(text(end.format(pid=pid)))
        add_message(session, "kind", "b", NOW)
    assert count_rows(database) == 0
    with open_transaction(database) as session:
        add_message(session, "kind", "a", NOW)
    assert count_rows(database) == 1
    database.close()


def test_a_server_that_says_nothing_is_away(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("records.database.CONNECT_S", 2)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        database = open_database(f"postgresql+psycopg://sas@127.0.0.1:{port}/sas?sslmode=disable")
        with pytest.raises(RecordsUnavailable), open_transaction(database) as session:
            session.execute(text("SELECT 1"))
        database.close()


def test_a_table_that_is_missing_is_a_schema_of_another_day(database: Database) -> None:
    with pytest.raises(SchemaOutdated), open_transaction(database) as session:
        session.execute(text("SELECT * FROM no_such_thing"))


def test_a_file_that_is_no_database_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "records.sqlite").write_bytes(b"no database at all, " * 100)
    database = open_sqlite(tmp_path)
    with (
        pytest.raises(RecordsUnavailable, match="not a database"),
        open_transaction(database) as session,
    ):
        session.execute(text("SELECT 1"))
    database.close()
