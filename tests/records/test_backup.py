"""A backup while the records are used, brought into another place, and what is refused."""

import sqlite3
import subprocess
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import text

from records.absences import PROJECT_ABSENCES
from records.database import Database, open_database, open_reading, open_transaction
from records.declared import DECLARED
from records.errors import SchemaTooNew
from records.kinds import read_values
from records.outbox import add_message, count_messages
from records.schema import upgrade_schema
from records.upkeep.backup import BackupRefused, back_up_records, mark_restored, restore_records
from tests.records.agenda.agendas import open_slot
from tests.records.conftest import resolve_url
from tests.records.orientations.people import ask
from tests.records.postgres import find_client
from tests.records.samples import BRUNO, LATER, NOW, change
from tests.small_disk import open_small_disk


def fill(database: Database) -> None:
    change(database, rpps=BRUNO)
    open_slot(database, day="2026-11-24")
    ask(database)


def read_everything(database: Database) -> dict[str, list[tuple[object, ...]]]:
    """Every row of every table, but the instants of the agendas, which a restore makes later."""
    with open_reading(database) as session:
        tables = session.get_bind().dialect.get_table_names(session.connection())
        return {
            name: sorted(
                (tuple(row) for row in session.execute(text(f"SELECT * FROM {name}"))), key=str
            )
            for name in tables
            if name != "agendas"
        }


@pytest.fixture
def sqlite_records(tmp_path: Path) -> Database:
    return open_records_in(tmp_path / "one")


def open_records_in(folder: Path) -> Database:
    return open_database(resolve_url(f"sqlite:///{folder / 'records.sqlite'}"))


@pytest.fixture
def sample_records(sqlite_records: Database) -> Database:
    upgrade_schema(sqlite_records)
    fill(sqlite_records)
    return sqlite_records


def test_a_backup_is_the_records_in_another_place(sample_records: Database, tmp_path: Path) -> None:
    file = tmp_path / "backup.sqlite"
    assert back_up_records(sample_records, file) == file.stat().st_size
    assert [one.name for one in tmp_path.iterdir() if one.is_file()] == ["backup.sqlite"]
    other = open_records_in(tmp_path / "two")
    restore_records(other, file, LATER)
    assert read_everything(other) == read_everything(sample_records)
    for kind in DECLARED.values():
        assert read_values(other, kind) == read_values(sample_records, kind)
    with pytest.raises(BackupRefused, match="Il y a déjà des registres"):
        restore_records(other, file, LATER)
    with pytest.raises(BackupRefused, match="existe : choisissez"):
        back_up_records(sample_records, file)


def test_a_backup_is_of_one_instant_while_others_write(
    sample_records: Database, tmp_path: Path
) -> None:
    """Each transaction of the writer adds two messages: no copy may hold an odd number."""
    stop, written = threading.Event(), threading.Event()

    def write() -> None:
        while not stop.is_set():
            with open_transaction(sample_records) as session:
                for key in ("a", "b"):
                    add_message(session, PROJECT_ABSENCES, key, NOW)
            written.set()

    with open_reading(sample_records) as session:
        before = count_messages(session).waiting
    writer = threading.Thread(target=write)
    writer.start()
    try:
        for number in range(5):
            written.clear()
            assert written.wait(60)
            file = tmp_path / f"{number}.sqlite"
            back_up_records(sample_records, file)
            found = sqlite3.connect(file).execute("SELECT count(*) FROM outbox").fetchone()[0]
            assert found > before
            assert (found - before) % 2 == 0
    finally:
        stop.set()
        writer.join()


def test_what_is_no_backup_is_refused(sample_records: Database, tmp_path: Path) -> None:
    file, other = tmp_path / "backup.sqlite", open_records_in(tmp_path / "two")
    (tmp_path / "text").write_text("not a database, and long enough to be read as one" * 9)
    for name in ("text", "absent"):
        with pytest.raises(BackupRefused, match="n'est pas une sauvegarde"):
            restore_records(other, tmp_path / name, LATER)
    back_up_records(sample_records, file)
    whole = file.read_bytes()
    file.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(BackupRefused, match="abîmé"):
        restore_records(other, file, LATER)
    file.write_bytes(whole)
    with sqlite3.connect(file) as newer:
        newer.execute("UPDATE alembic_version SET version_num = '9999'")
    newer.close()
    with pytest.raises(SchemaTooNew, match="9999"):
        restore_records(other, file, LATER)
    assert read_nothing(other)


def read_nothing(database: Database) -> bool:
    with database.engine.connect() as connection:
        return database.engine.dialect.get_table_names(connection) == []


def test_a_full_disk_leaves_no_part_of_a_backup(sample_records: Database) -> None:
    with open_small_disk("128k") as disk:
        with pytest.raises(OSError, match="No space left"):
            back_up_records(sample_records, disk / "backup.sqlite")
        assert list(disk.iterdir()) == []


def test_postgresql_is_backed_up_by_its_own_tools(
    make_postgres: Callable[[], str], tmp_path: Path
) -> None:
    first, second = make_postgres(), make_postgres()
    one = open_database(resolve_url(first))
    upgrade_schema(one)
    fill(one)
    with pytest.raises(BackupRefused, match="pg_dump"):
        back_up_records(one, tmp_path / "never")
    dump = tmp_path / "records.dump"
    subprocess.run([find_client("pg_dump"), "--format=custom", f"--file={dump}", first], check=True)
    command = [find_client("pg_restore"), "--exit-on-error", "--no-owner", f"--dbname={second}"]
    subprocess.run([*command, str(dump)], check=True)
    two = open_database(resolve_url(second))
    assert read_everything(two) == read_everything(one)
    assert mark_restored(two, LATER) == 1
    one.close()
    two.close()
