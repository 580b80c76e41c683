"""Accounts and orientations leave one database and come into another, whole and once."""

from typing import Any

import orjson
import pytest

from records.access import OPERATOR
from records.accounts.store import create_account, disable_account, list_accounts
from records.accounts.values import normalize_values
from records.database import Database, open_reading
from records.orientations.kinds import OrientationState
from records.orientations.life import OrientationFilter, change_state, list_orientations
from records.outbox import count_messages, list_messages
from records.transfer.rows import TRANSFERS, LineRefused, export_lines, import_lines
from tests.records.fresh import open_fresh_records
from tests.records.orientations.people import CLAIRE, ask
from tests.records.samples import LATER, NOW

CLAIRE_VALUES: dict[str, Any] = {
    "national_id": "810100000411",
    "family": "Roux",
    "given": "Claire",
    "roles": ["OSNP", "IOA"],
    "territories": ["SAS-48"],
}


@pytest.fixture
def elsewhere(tmp_path: Any) -> Database:
    """Another, empty database."""
    return open_fresh_records(tmp_path / "elsewhere")


def fill(database: Database) -> None:
    claire = create_account(database, OPERATOR, normalize_values(**CLAIRE_VALUES), NOW)
    mail = {**CLAIRE_VALUES, "national_id": "", "email": "claire@exemple.fr"}
    create_account(database, OPERATOR, normalize_values(**mail), NOW)
    disable_account(database, OPERATOR, claire.id, LATER)
    made = [ask(database) for _ in range(2)]
    change_state(database, CLAIRE, made[0].id, OrientationState.CANCELLED, LATER)


def export_all(database: Database, name: str) -> list[bytes]:
    return [line.encode() for line in export_lines(database, TRANSFERS[name])]


def test_what_leaves_comes_in_as_it_was_and_only_once(
    database: Database, elsewhere: Database
) -> None:
    fill(database)
    for name in TRANSFERS:
        lines = export_all(database, name)
        first = import_lines(elsewhere, TRANSFERS[name], lines, LATER)
        again = import_lines(elsewhere, TRANSFERS[name], lines, LATER)
        assert ((first.rows, first.written), (again.rows, again.written)) == ((2, 2), (2, 0))
        assert export_all(elsewhere, name) == lines
    assert list_accounts(elsewhere, OPERATOR) == list_accounts(database, OPERATOR)
    held, came = (
        list_orientations(one, OPERATOR, OrientationFilter(), 9) for one in (database, elsewhere)
    )
    assert held == came
    with open_reading(elsewhere) as session:
        assert {one.kind for one in list_messages(session, 9)} == {"count_orientations"}


def test_a_rehearsal_keeps_nothing(database: Database, elsewhere: Database) -> None:
    fill(database)
    for name in TRANSFERS:
        lines = export_all(database, name)
        assert import_lines(elsewhere, TRANSFERS[name], lines, LATER, dry_run=True).written == 2
        assert export_all(elsewhere, name) == []
    with open_reading(elsewhere) as session:
        assert count_messages(session).waiting == 0


@pytest.mark.parametrize(
    ("name", "changes"),
    [
        ("accounts", {"roles": ["KING"]}),
        ("accounts", {"id": "1"}),
        ("accounts", {"national_id": None, "email": None}),
        ("accounts", {"more": 1}),
        ("orientations", {"state": "lost"}),
        ("orientations", {"start": "2026-11-23T10:00:00"}),
        ("orientations", {"kind": "slot"}),
        ("orientations", {"events": []}),
    ],
)
def test_a_line_that_is_wrong_keeps_its_whole_file_out(
    database: Database, elsewhere: Database, name: str, changes: dict[str, Any]
) -> None:
    fill(database)
    sound, other = export_all(database, name)
    wrong = orjson.dumps({**orjson.loads(other), **changes})
    with pytest.raises(LineRefused, match="Ligne 2"):
        import_lines(elsewhere, TRANSFERS[name], [sound, wrong], LATER)
    assert export_all(elsewhere, name) == []
