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
from records.access import Actor
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
from records.schema import require_schema
from records.settings import RecordsSettings, build_database_url
from search_engine.request.problem_document import INTERNAL_ERROR, Problem

Answer = TypeVar("Answer")

RPPS_PREFIX, RPPS_ID_LENGTH = "8", 12
"""A national identifier of a person of the RPPS: its type, then the eleven digits (ANS)."""

PROBLEMS: dict[type[RecordsError], Problem] = {
    RecordsUnavailable: refusals.RECORDS_UNAVAILABLE,
    SchemaOutdated: refusals.RECORDS_SCHEMA,
    SchemaTooNew: refusals.RECORDS_SCHEMA,
    StaleVersion: refusals.STALE_VERSION,
    AccessDenied: refusals.ACCESS_DENIED,
    RecordMissing: refusals.RECORD_MISSING,
    RulesBroken: refusals.RULES_BROKEN,
}
"""What each failure of the records is for a caller."""

SAID = (StaleVersion, AccessDenied, RecordMissing)
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

    def _run(self, use_case: Callable[[Database], Answer]) -> Answer:
        try:
            if not self._is_checked:
                require_schema(self.database)
                self._is_checked = True
            return use_case(self.database)
        except OSError as error:
            if error.errno != ENOSPC:
                raise
            raise RecordsUnavailable("The disk of the records is full.") from error


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


def build_actor(caller: Caller) -> Actor:
    """Who acts, for the records: a national identifier, else the name of the credential."""
    principal = caller.principal
    territories = frozenset(principal.territories)
    if not isinstance(principal, IdentifiedPrincipal):
        return Actor("dev", principal.roles, territories)
    return Actor(_name_person(principal), principal.roles, territories)


def _name_person(principal: IdentifiedPrincipal) -> str:
    """The RPPS of a professional; another credential keeps a name that no RPPS can be."""
    person = principal.national_id
    if person is None:
        return f"{principal.client.kind.name.lower()}:{principal.client.name}"[:AUTHOR]
    is_rpps = person.startswith(RPPS_PREFIX) and len(person) == RPPS_ID_LENGTH and person.isdigit()
    return person[1:] if is_rpps else f"national:{person}"[:AUTHOR]


def problem_from_records_error(error: RecordsError) -> Problem:
    """The problem of a failure of the records."""
    problem = PROBLEMS.get(type(error), INTERNAL_ERROR)
    if isinstance(error, SAID):
        return replace(problem, detail=str(error))
    if isinstance(error, RulesBroken):
        faults = tuple({"field": field, "detail": sentence} for field, sentence in error.faults)
        return replace(problem, detail=faults[0]["detail"], field=faults[0]["field"], errors=faults)
    return problem
