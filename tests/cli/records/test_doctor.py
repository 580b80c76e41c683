"""Findings of ``sas doctor`` on the records: away, behind, newer, with messages that wait."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from cli.records_checks import STUCK, check_records
from elastic.checks import Check, CheckLevel
from records.database import Database, open_transaction
from records.outbox import add_message, lease_messages, postpone_message
from tests.records.fresh import open_fresh_records

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)


@pytest.fixture
def database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Database:
    """Records that the command finds."""
    monkeypatch.setenv("SAS_STATE_DIR", str(tmp_path))
    return open_fresh_records(tmp_path)


def read_levels(found: list[Check]) -> dict[str, CheckLevel]:
    return {check.name: check.level for check in found}


def test_sound_records_need_nothing(database: Database) -> None:
    found = check_records(NOW)
    assert read_levels(found) == {"Records": CheckLevel.OK, "Outbox": CheckLevel.OK}
    assert [check.remedy for check in found] == ["", ""]


def test_a_machine_without_records_yet_needs_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SAS_STATE_DIR", str(tmp_path))
    assert read_levels(check_records(NOW)) == {"Records": CheckLevel.OK}


@pytest.mark.parametrize(("revision", "remedy"), [("0007", "sas records up"), ("9999", "newer")])
def test_another_schema_blocks(database: Database, revision: str, remedy: str) -> None:
    with database.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = :it"), {"it": revision})
    (check,) = check_records(NOW)
    assert (check.level, revision in check.finding) == (CheckLevel.BLOCK, True)
    assert remedy in check.remedy


def test_a_database_that_is_away_blocks(dead_port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SAS_DATABASE_URL", f"postgresql://sas:secret@127.0.0.1:{dead_port}/sas")
    (check,) = check_records(NOW)
    assert check.level is CheckLevel.BLOCK
    assert "SAS_DATABASE_URL" in check.remedy
    assert "secret" not in f"{check.finding}{check.remedy}"


def test_a_message_that_waits_too_long_and_a_dead_letter_are_warned_about(
    database: Database,
) -> None:
    with open_transaction(database) as session:
        add_message(session, "project_msp", "480000017", NOW)
    assert read_levels(check_records(NOW + STUCK))["Outbox"] is CheckLevel.OK
    late = check_records(NOW + STUCK + timedelta(minutes=3))
    assert read_levels(late) == {"Records": CheckLevel.OK, "Outbox": CheckLevel.WARN}
    assert "5 minutes" in late[1].finding
    kill_message(database)
    dead = check_records(NOW + timedelta(days=2))
    assert read_levels(dead) == {
        "Records": CheckLevel.OK,
        "Outbox": CheckLevel.OK,
        "Dead letters": CheckLevel.WARN,
    }


def kill_message(database: Database) -> None:
    """Fail the message at each of its tries."""
    now = NOW
    while True:
        with open_transaction(database) as session:
            now += timedelta(hours=3)
            found = lease_messages(session, "tests", ["project_msp"], now, 9)
            if not found:
                return
            postpone_message(session, "tests", found[0].id, "refused", now)
