"""Accounts kept: created, imported row by row, disabled, listed; by who may, in his territories."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Select, or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from records.access import Actor, find_account_territories, require_account_access
from records.accounts.errors import AccountExists, NoActiveAccount
from records.accounts.tables import AccountRole, AccountRow, AccountTerritory
from records.accounts.values import (
    AccountValues,
    PersonAccount,
    build_account,
    build_actor,
    find_broken_rules,
    normalize_national_id,
)
from records.database import Database, open_reading, open_transaction
from records.errors import AccessDenied, RecordMissing, RulesBroken

MISSING = "Aucun compte n'a l'identifiant {identifier}."


class Outcome(StrEnum):
    """What became of a row of a file."""

    CREATED = "created"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class AccountLine:
    """One line of a file, and whether the account is active; None keeps it as it is."""

    number: int
    values: AccountValues
    active: bool | None = None


@dataclass(frozen=True, slots=True)
class LineReport:
    """What became of a line; a refused one has its reason and changed nothing."""

    number: int
    outcome: Outcome
    reason: str = ""


def create_account(
    database: Database, actor: Actor, values: AccountValues, now: datetime
) -> PersonAccount:
    """Keep a new account; raises ``AccessDenied``, ``RulesBroken``, ``AccountExists``."""
    _require_valid(actor, values)
    try:
        with open_transaction(database) as session:
            row = _add_row(session, actor, values, now)
            session.flush()
            return build_account(row)
    except IntegrityError as error:
        raise AccountExists from error


def import_accounts(
    database: Database, actor: Actor, lines: Iterable[AccountLine], now: datetime
) -> list[LineReport]:
    """Create or change an account per line, each line by itself; the report of each."""
    return [_import_line(database, actor, line, now) for line in lines]


def disable_account(
    database: Database, actor: Actor, identifier: str, now: datetime
) -> PersonAccount:
    """An account that opens nothing any more; raises ``AccessDenied``, ``RecordMissing``."""
    with open_transaction(database) as session:
        row = _get_row(session, identifier)
        _require_reach(actor, build_account(row).values)
        if row.active:
            row.active = False
            row.updated_at, row.updated_by = now, actor.id
            session.flush()
        return build_account(row)


def list_accounts(database: Database, actor: Actor) -> list[PersonAccount]:
    """Those of the actor's territories, every one for an administrator, by name."""
    query = select(AccountRow).order_by(AccountRow.family, AccountRow.given, AccountRow.id)
    territories = find_account_territories(actor)
    if territories is not None:
        own = AccountTerritory.territory.in_(sorted(territories))
        query = query.where(AccountRow.territories.any(own))
    with open_reading(database) as session:
        return [*map(build_account, session.scalars(query))]


def find_actor(database: Database, identifier: str) -> Actor:
    """Who acts under a national identifier, a technical UUID or an address of mail.

    Raises ``NoActiveAccount``.
    """
    with open_reading(database) as session:
        row = session.scalar(_select_identified(identifier))
        if row is None or not row.active:
            raise NoActiveAccount
        return build_actor(build_account(row))


def _import_line(database: Database, actor: Actor, line: AccountLine, now: datetime) -> LineReport:
    try:
        _require_valid(actor, line.values)
        with open_transaction(database) as session:
            return LineReport(line.number, _write_line(session, actor, line, now))
    except (AccessDenied, RulesBroken, AccountExists) as error:
        return LineReport(line.number, Outcome.REFUSED, str(error))
    except IntegrityError:
        return LineReport(line.number, Outcome.REFUSED, str(AccountExists()))


def _write_line(session: Session, actor: Actor, line: AccountLine, now: datetime) -> Outcome:
    values = line.values
    row = _find_person(session, values)
    if row is None:
        _add_row(session, actor, values, now, active=line.active is not False)
        return Outcome.CREATED
    kept = build_account(row)
    _require_reach(actor, kept.values)
    active = kept.active if line.active is None else line.active
    if (kept.values, kept.active) == (values, active):
        return Outcome.UNCHANGED
    row.active, row.updated_at, row.updated_by = active, now, actor.id
    _fill_row(row, values)
    return Outcome.CHANGED


def _find_person(session: Session, values: AccountValues) -> AccountRow | None:
    """By national identifier, else by mail an account that has none yet."""
    known = []
    if values.national_id:
        known.append(AccountRow.national_id == values.national_id)
    if values.email:
        known.append((AccountRow.email == values.email) & AccountRow.national_id.is_(None))
    found = (session.scalar(select(AccountRow).where(one).with_for_update()) for one in known)
    return next((row for row in found if row is not None), None)


def _require_valid(actor: Actor, values: AccountValues) -> None:
    if faults := find_broken_rules(values):
        raise RulesBroken(faults)
    _require_reach(actor, values)


def _require_reach(actor: Actor, values: AccountValues) -> None:
    require_account_access(actor, values.roles, values.territories)


def _add_row(
    session: Session, actor: Actor, values: AccountValues, now: datetime, *, active: bool = True
) -> AccountRow:
    row = AccountRow(
        id=str(uuid.uuid4()),
        active=active,
        created_at=now,
        created_by=actor.id,
        updated_at=now,
        updated_by=actor.id,
    )
    _fill_row(row, values)
    session.add(row)
    return row


def _fill_row(row: AccountRow, values: AccountValues) -> None:
    row.national_id, row.email = values.national_id, values.email
    row.family, row.given = values.family, values.given
    roles = {one.role: one for one in row.roles}
    row.roles = [roles.get(role) or AccountRole(role=role) for role in sorted(values.roles)]
    held = {one.territory: one for one in row.territories}
    row.territories = [
        held.get(name) or AccountTerritory(territory=name) for name in sorted(values.territories)
    ]


def _get_row(session: Session, identifier: str) -> AccountRow:
    row: AccountRow | None = session.scalar(_select_identified(identifier).with_for_update())
    if row is None:
        raise RecordMissing(MISSING.format(identifier=identifier))
    return row


def _select_identified(identifier: str) -> Select[Any]:
    return select(AccountRow).where(
        or_(
            AccountRow.id == identifier,
            AccountRow.national_id == normalize_national_id(identifier),
            AccountRow.email == identifier.strip().lower(),
        )
    )
