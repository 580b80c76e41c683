"""The records as routes use them: who acts, work in a thread, failures as problems."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from errno import ENOSPC
from typing import TypeVar

from fastapi import Request

from api import refusals
from api.security.dependencies import Caller
from api.security.principal import IdentifiedPrincipal
from elastic.settings import read_elastic_settings
from records.access import Actor, name_person
from records.accounts.errors import AccountClosed, AccountExists, NoActiveAccount
from records.accounts.sheet import SheetRefused
from records.accounts.store import find_account
from records.accounts.values import apply_account
from records.agenda.changes import AgendaClosed
from records.columns import AUTHOR
from records.database import Database, open_database
from records.errors import (
    AccessDenied,
    RecordMissing,
    RecordsError,
    RecordsUnavailable,
    RulesBroken,
    SchemaOutdated,
    SchemaTooNew,
    StaleVersion,
)
from records.idempotency import IdempotencyKeyInvalid, IdempotencyKeyReused
from records.orientations.displaced import OrientationsHeld
from records.orientations.errors import OfferGone, SlotFull, SlotGone, StateRefused
from records.schema import require_schema
from records.settings import RecordsSettings, build_database_url
from search_engine.request.problem_document import INTERNAL_ERROR, Problem

Answer = TypeVar("Answer")

PROBLEMS: dict[type[RecordsError], Problem] = {
    RecordsUnavailable: refusals.RECORDS_UNAVAILABLE,
    SchemaOutdated: refusals.RECORDS_SCHEMA,
    SchemaTooNew: refusals.RECORDS_SCHEMA_TOO_NEW,
    StaleVersion: refusals.STALE_VERSION,
    AccessDenied: refusals.ACCESS_DENIED,
    RecordMissing: refusals.RECORD_MISSING,
    RulesBroken: refusals.RULES_BROKEN,
    AgendaClosed: refusals.AGENDA_CLOSED,
    AccountClosed: refusals.ACCOUNT_CLOSED,
    AccountExists: refusals.ACCOUNT_EXISTS,
    NoActiveAccount: refusals.ACCOUNT_CLOSED,
    SheetRefused: refusals.SHEET_REFUSED,
    IdempotencyKeyInvalid: refusals.IDEMPOTENCY_KEY_INVALID,
    IdempotencyKeyReused: refusals.IDEMPOTENCY_KEY_REUSED,
    OfferGone: refusals.OFFER_GONE,
    OrientationsHeld: refusals.ORIENTATIONS_HELD,
    SlotFull: refusals.SLOT_FULL,
    SlotGone: refusals.SLOT_GONE,
    StateRefused: refusals.STATE_REFUSED,
}
"""What each failure of the records is for a caller."""

SAID = (
    AccountClosed,
    AccountExists,
    SheetRefused,
    StaleVersion,
    AccessDenied,
    RecordMissing,
    IdempotencyKeyReused,
    OfferGone,
    OrientationsHeld,
    SlotFull,
    SlotGone,
    StateRefused,
)
"""Failures whose sentence is written for the person who asks."""


@dataclass(slots=True)
class RecordsGate:
    """The one way from a route to the records; the schema is checked until it is right once."""

    database: Database
    _is_checked: bool = False

    async def run(self, use_case: Callable[[Database], Answer]) -> Answer:
        """What the use case answers, from a thread: the event loop never waits for SQL.

        Raises ``RecordsError``.
        """
        return await asyncio.to_thread(self._run, use_case)

    async def run_as(self, caller: Caller, use_case: Callable[[Database, Actor], Answer]) -> Answer:
        """The same, with who acts: where the person has an account, it decides his roles.

        Raises ``RecordsError``, ``AccountClosed``.
        """
        return await self.run(lambda database: use_case(database, resolve_actor(database, caller)))

    def _run(self, use_case: Callable[[Database], Answer]) -> Answer:
        try:
            if not self._is_checked:
                require_schema(self.database)
                self._is_checked = True
            return use_case(self.database)
        except OSError as error:
            if error.errno != ENOSPC:
                raise
            raise RecordsUnavailable("Le disque des registres est plein.") from error


def find_database_url() -> str:
    """The URL of the configured database; raises ``BadDatabaseUrl``."""
    return build_database_url(RecordsSettings(), read_elastic_settings().state_dir)


def open_records_gate() -> RecordsGate:
    """The gate of the configured database, not yet connected; raises ``BadDatabaseUrl``."""
    return RecordsGate(open_database(find_database_url()))


def get_records(request: Request) -> RecordsGate:
    """The gate of the application that serves this request."""
    gate: RecordsGate = request.app.state.records
    return gate


def resolve_actor(database: Database, caller: Caller) -> Actor:
    """Who acts: by his account if he has one, else as his token or key says.

    Raises ``AccountClosed``.
    """
    principal = caller.principal
    territories = frozenset(principal.territories)
    if not isinstance(principal, IdentifiedPrincipal):
        return Actor("dev", principal.roles, territories)
    person = principal.national_id
    if person is None:
        name = f"{principal.client.kind.name.lower()}:{principal.client.name}"[:AUTHOR]
        return Actor(name, principal.roles, territories)
    signed_in = Actor(name_person(person), principal.roles, territories)
    return apply_account(signed_in, find_account(database, person))


def problem_from_records_error(error: RecordsError) -> Problem:
    """The problem of a failure of the records."""
    problem = PROBLEMS.get(type(error), INTERNAL_ERROR)
    if isinstance(error, SAID):
        return replace(problem, detail=str(error))
    if isinstance(error, RulesBroken):
        faults = tuple({"field": field, "detail": sentence} for field, sentence in error.faults)
        return replace(problem, detail=faults[0]["detail"], field=faults[0]["field"], errors=faults)
    return problem
