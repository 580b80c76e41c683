"""Accounts kept: created, imported row by row, disabled, listed; by who may, in his territories."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Select, or_, select, tuple_
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import flag_modified

from records.access import (
    NOT_YOUR_ACCOUNT,
    Actor,
    find_account_territories,
    require_account_access,
)
from records.accounts.errors import AccountExists, NoActiveAccount
from records.accounts.tables import (
    AccountDelegation,
    AccountRole,
    AccountRow,
    AccountStructure,
    AccountTerritory,
)
from records.accounts.values import (
    AccountChange,
    AccountValues,
    PersonAccount,
    build_account,
    build_actor,
    find_broken_rules,
    normalize_national_id,
)
from records.database import Database, open_reading, open_transaction
from records.errors import NO_SUCH_PAGE, AccessDenied, RecordMissing, RulesBroken, StaleVersion
from records.idempotency import Creation, find_made, keep_key

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
    database: Database,
    actor: Actor,
    values: AccountValues,
    now: datetime,
    creation: Creation | None = None,
) -> PersonAccount:
    """Keep a new account, and the key of its creation if it has one.

    Raises ``AccessDenied``, ``RulesBroken``, ``AccountExists``.
    """
    _require_valid(actor, values)
    try:
        with open_transaction(database) as session:
            row = _add_row(session, actor, values, now)
            if creation is not None:
                row.id = creation.derived_id
                keep_key(session, creation, row.id)
            session.flush()
            return build_account(row)
    except IntegrityError as error:
        raise AccountExists from error


def create_account_once(
    database: Database, creation: Creation, values: AccountValues
) -> PersonAccount:
    """Keep a new account once per key; raises like ``create_account``, ``IdempotencyKeyReused``."""
    if (made := find_made(database, creation)) is not None:
        return read_account(database, creation.actor, made)
    try:
        return create_account(database, creation.actor, values, creation.now, creation)
    except AccountExists:
        if (made := find_made(database, creation)) is None:
            raise
        return read_account(database, creation.actor, made)


def read_account(database: Database, actor: Actor, account_id: str) -> PersonAccount:
    """An account that the actor sees in a list; raises ``AccessDenied``, ``RecordMissing``."""
    with open_reading(database) as session:
        row = session.get(AccountRow, account_id)
        seen = find_account_territories(actor)
        if seen is not None and (row is None or not seen & build_account(row).values.territories):
            raise AccessDenied(NOT_YOUR_ACCOUNT)
        if row is None:
            raise RecordMissing(MISSING.format(identifier=account_id))
        return build_account(row)


def change_account(
    database: Database,
    actor: Actor,
    account_id: str,
    change: AccountChange,
    *,
    version: int,
    now: datetime,
) -> PersonAccount:
    """Replace what a change gives; the actor manages the account as it was and as it becomes.

    Raises ``AccessDenied``, ``RecordMissing``, ``RulesBroken``, ``AccountExists``,
    ``StaleVersion``.
    """
    kept = read_account(database, actor, account_id)
    _require_reach(actor, kept.values)
    if kept.version != version:
        raise StaleVersion(kept.version)
    values = change.apply(kept.values)
    _require_valid(actor, values)
    try:
        with open_transaction(database) as session:
            row = _get_version(session, account_id, version)
            row.active = kept.active if change.active is None else change.active
            _fill_row(row, values)
            _sign(row, actor, now)
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
            _sign(row, actor, now)
            session.flush()
        return build_account(row)


def list_accounts(
    database: Database, actor: Actor, after: str | None = None, limit: int | None = None
) -> list[PersonAccount]:
    """Those of the actor's territories, every one for an administrator, by name.

    ``after``: those that follow this one; raises ``RulesBroken`` for one that he does not see.
    """
    order = (AccountRow.family, AccountRow.given, AccountRow.id)
    query = select(AccountRow).order_by(*order).limit(limit)
    territories = find_account_territories(actor)
    if territories is not None:
        own = AccountTerritory.territory.in_(sorted(territories))
        query = query.where(AccountRow.territories.any(own))
    if after is not None:
        last = _read_place(database, actor, after)
        query = query.where(tuple_(*order) > (last.values.family, last.values.given, last.id))
    with open_reading(database) as session:
        return [*map(build_account, session.scalars(query))]


def _read_place(database: Database, actor: Actor, account_id: str) -> PersonAccount:
    try:
        return read_account(database, actor, account_id)
    except (AccessDenied, RecordMissing):
        raise RulesBroken([("after", NO_SUCH_PAGE)]) from None


def find_account(database: Database, national_id: str) -> PersonAccount | None:
    """The account of somebody who signed in under a national identifier, closed ones too."""
    with open_reading(database) as session:
        row = session.scalar(select(AccountRow).where(AccountRow.national_id == national_id))
        return None if row is None else build_account(row)


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
    row.active = active
    _fill_row(row, values)
    _sign(row, actor, now)
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


def _sign(row: AccountRow, actor: Actor, now: datetime) -> None:
    """Who changed an account: also where roles or territories alone did, its version is new."""
    row.updated_at, row.updated_by = now, actor.id
    flag_modified(row, "updated_at")


def _fill_row(row: AccountRow, values: AccountValues) -> None:
    row.national_id, row.email = values.national_id, values.email
    row.family, row.given = values.family, values.given
    roles = {one.role: one for one in row.roles}
    row.roles = [roles.get(role) or AccountRole(role=role) for role in sorted(values.roles)]
    held = {one.territory: one for one in row.territories}
    row.territories = [
        held.get(name) or AccountTerritory(territory=name) for name in sorted(values.territories)
    ]
    people = {one.rpps: one for one in row.delegations}
    row.delegations = [
        people.get(rpps) or AccountDelegation(rpps=rpps) for rpps in sorted(values.delegations)
    ]
    managed = {one.structure: one for one in row.structures}
    row.structures = [
        managed.get(one) or AccountStructure(structure=one) for one in sorted(values.structures)
    ]


def _get_version(session: Session, account_id: str, version: int) -> AccountRow:
    row = session.get(AccountRow, account_id, with_for_update=True)
    if row is None:
        raise RecordMissing(MISSING.format(identifier=account_id))
    if row.version != version:
        raise StaleVersion(row.version)
    return row


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
