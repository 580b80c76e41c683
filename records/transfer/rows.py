"""Rows to lines and back. An import adds what is not there and changes nothing that is."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any

from pydantic import ValidationError
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from records.accounts.tables import (
    AccountDelegation,
    AccountRole,
    AccountRow,
    AccountStructure,
    AccountTerritory,
)
from records.database import Database, open_reading, open_transaction
from records.errors import RecordsError
from records.imports import RecordsImport
from records.orientations.restored import follow_restored
from records.orientations.tables import OrientationEvent, OrientationRow
from records.transfer.lines import AccountTransfer, OrientationTransfer, TransferLine

BATCH = 500
"""Rows read at once."""
TAKEN = "son identité est déjà celle d'une autre, ou ses champs se contredisent."


class LineRefused(RecordsError):
    """A line of a file that cannot come in; nothing of its file does."""

    code = "line_refused"

    def __init__(self, number: int, reason: str) -> None:
        super().__init__(f"Ligne {number} : {reason} Rien n'est importé.")


@dataclass(frozen=True, slots=True)
class Transfer:
    """A kind of rows that go out and come in as lines."""

    table: Any
    model: type[TransferLine]
    build_line: Callable[[Any], TransferLine]
    build_row: Callable[[Any], Any]
    follow: Callable[[Session, Any, datetime], None]
    """What must be done beside a row that came in."""


def export_lines(database: Database, kind: Transfer) -> Iterator[str]:
    """Every row as a line of JSON, by identifier."""
    with open_reading(database) as session:
        rows = select(kind.table).order_by(kind.table.id).execution_options(yield_per=BATCH)
        for row in session.scalars(rows):
            yield kind.build_line(row).model_dump_json()


def import_lines(
    database: Database,
    kind: Transfer,
    lines: Iterable[bytes],
    now: datetime,
    *,
    dry_run: bool = False,
) -> RecordsImport:
    """Bring lines in, all or none; those that are there stay as they are.

    Raises ``LineRefused``.
    """
    read = added = 0
    with open_transaction(database) as session:
        for number, text in enumerate(lines, start=1):
            line = _parse_line(kind, number, text)
            read += 1
            if session.get(kind.table, line.id) is None:
                added += 1
                _add_row(session, kind, line, number, now)
        if dry_run:
            session.rollback()
    return RecordsImport(kind.table.__tablename__, read, added, dry_run)


def _parse_line(kind: Transfer, number: int, text: bytes) -> TransferLine:
    try:
        return kind.model.model_validate_json(text)
    except ValidationError as error:
        first = error.errors(include_input=False)[0]
        field = ".".join(map(str, first["loc"]))
        raise LineRefused(number, f"{field} : {first['msg']}.") from None


def _add_row(
    session: Session, kind: Transfer, line: TransferLine, number: int, now: datetime
) -> None:
    row = kind.build_row(line)
    session.add(row)
    try:
        session.flush()
    except IntegrityError as error:
        raise LineRefused(number, TAKEN) from error
    table = kind.table.__table__  # a mapper begins with version 1, whatever the row has
    session.execute(update(table).where(table.c.id == line.id).values(version=line.version))
    kind.follow(session, row, now)


def _list_columns(row: Any, model: type[TransferLine]) -> dict[str, Any]:
    names = {column.key for column in row.__table__.columns}
    return {name: getattr(row, name) for name in model.model_fields if name in names}


def _build_account_line(row: AccountRow) -> AccountTransfer:
    return AccountTransfer.model_validate(
        {
            **_list_columns(row, AccountTransfer),
            "roles": [one.role for one in row.roles],
            "territories": [one.territory for one in row.territories],
            "delegations": [one.rpps for one in row.delegations],
            "structures": [one.structure for one in row.structures],
        }
    )


def _build_account_row(line: AccountTransfer) -> AccountRow:
    lists = {"roles", "territories", "delegations", "structures"}
    return AccountRow(
        **line.model_dump(exclude=lists),
        roles=[AccountRole(role=one) for one in line.roles],
        territories=[AccountTerritory(territory=one) for one in line.territories],
        delegations=[AccountDelegation(rpps=one) for one in line.delegations],
        structures=[AccountStructure(structure=one) for one in line.structures],
    )


def _build_orientation_line(row: OrientationRow) -> OrientationTransfer:
    events = [{"state": one.state, "at": one.at, "by": one.by} for one in row.events]
    return OrientationTransfer.model_validate(
        {**_list_columns(row, OrientationTransfer), "events": events}
    )


def _build_orientation_row(line: OrientationTransfer) -> OrientationRow:
    return OrientationRow(
        **line.model_dump(exclude={"events"}),
        events=[
            OrientationEvent(position=position, **event.model_dump())
            for position, event in enumerate(line.events)
        ],
    )


def _follow_nothing(session: Session, row: Any, now: datetime) -> None:
    """Nothing follows from an account."""


TRANSFERS: Mapping[str, Transfer] = MappingProxyType(
    {
        "accounts": Transfer(
            AccountRow, AccountTransfer, _build_account_line, _build_account_row, _follow_nothing
        ),
        "orientations": Transfer(
            OrientationRow,
            OrientationTransfer,
            _build_orientation_line,
            _build_orientation_row,
            follow_restored,
        ),
    }
)
"""By the name that commands know."""
