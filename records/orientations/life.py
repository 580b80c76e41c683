"""The life of an orientation: read, listed, brought from state to state, expired."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, false, or_, select, true
from sqlalchemy.orm import Session

from records.access import (
    NOT_YOURS,
    Actor,
    OrientationParties,
    OrientationScope,
    find_orientation_scope,
    require_orientation_change,
    require_orientation_reading,
)
from records.agenda.agendas import lock_agenda, queue_taken_seat
from records.database import Database, open_reading, open_transaction
from records.errors import NO_SUCH_PAGE, AccessDenied, RecordMissing, RulesBroken, StaleVersion
from records.indicators.events import ServiceEvent, add_service_event
from records.indicators.tables import EventKind
from records.orientations.counts import queue_count
from records.orientations.derivation import parse_slot_occurrence
from records.orientations.errors import StateRefused
from records.orientations.kinds import (
    FOLLOWING,
    OPEN,
    OUTCOMES,
    OrientationKind,
    OrientationState,
)
from records.orientations.seats import give_seat_back
from records.orientations.tables import OrientationEvent, OrientationRow
from records.orientations.values import Orientation, build_orientation

EXPIRER = Actor("sas")
"""The service itself, in the life of an orientation whose outcome nobody said."""
EXPIRED_AT_ONCE = 500
"""Orientations that expire in one transaction."""

MISSING = "Aucune orientation n'a l'identifiant {id}."
NOT_YET = "L'heure de cette orientation n'est pas venue : son issue n'est pas connue."
WORDS = {
    OrientationState.ASKED: "demandée",
    OrientationState.BOOKED: "réservée",
    OrientationState.HONOURED: "honorée",
    OrientationState.NOT_HONOURED: "non honorée",
    OrientationState.CANCELLED: "annulée",
    OrientationState.EXPIRED: "expirée",
}
"""States as people read them."""


@dataclass(frozen=True, slots=True)
class OrientationFilter:
    """Which orientations are listed; a field left out chooses all."""

    state: OrientationState | None = None
    territory: str | None = None
    """Of the recipient."""
    regulator: str | None = None
    since: datetime | None = None
    """Asked at or after this instant."""
    after: str | None = None
    """Those that follow this one in the list; a later one never moves what follows."""


def read_orientation(database: Database, actor: Actor, orientation_id: str) -> Orientation:
    """One orientation; raises ``AccessDenied``, ``RecordMissing``."""
    with open_reading(database) as session:
        row = _get_row(session, actor, orientation_id)
        require_orientation_reading(actor, _find_parties(row))
        return build_orientation(row)


def list_orientations(
    database: Database, actor: Actor, chosen: OrientationFilter, limit: int
) -> list[Orientation]:
    """Those that the actor may read, the latest first; raises ``RulesBroken`` for ``after``."""
    scope = find_orientation_scope(actor)
    query = _select_chosen(chosen).where(_build_scope_clause(scope))
    order = (OrientationRow.created_at.desc(), OrientationRow.id)
    with open_reading(database) as session:
        if chosen.after is not None:
            query = query.where(_build_place_clause(session, scope, chosen.after))
        return [*map(build_orientation, session.scalars(query.order_by(*order).limit(limit)))]


def change_state(
    database: Database,
    actor: Actor,
    orientation_id: str,
    state: OrientationState,
    now: datetime,
    *,
    version: int | None = None,
) -> Orientation:
    """Bring an orientation to a state; one that is there already stays as it is.

    ``version`` is the one that was read; None: as it is now. Raises ``AccessDenied``,
    ``RecordMissing``, ``StaleVersion``, ``StateRefused``.
    """
    with open_transaction(database) as session:
        if state is OrientationState.CANCELLED:
            person = select(OrientationRow.person_key).where(OrientationRow.id == orientation_id)
            lock_agenda(session, person.scalar_subquery())
        row = _get_row(session, actor, orientation_id, locked=True)
        require_orientation_change(actor, _find_parties(row), state)
        if row.state != state:
            if version not in (None, row.version):
                raise StaleVersion(row.version)
            _require_following(row, state, now)
            if state is OrientationState.CANCELLED:
                cancel_row(session, row, actor, now)
            else:
                add_event(session, row, state, actor, now)
            session.flush()
        return build_orientation(row)


def expire_orientations(session: Session, now: datetime) -> int:
    """Expire those whose outcome nobody said in time, some at once; returns how many."""
    late = (
        select(OrientationRow)
        .where(OrientationRow.state.in_(sorted(OPEN)), OrientationRow.expires_at <= now)
        .order_by(OrientationRow.expires_at)
        .limit(EXPIRED_AT_ONCE)
        .with_for_update(skip_locked=True)
    )
    found = session.scalars(late).all()
    for row in found:
        add_event(session, row, OrientationState.EXPIRED, EXPIRER, now)
    return len(found)


def add_event(
    session: Session, row: OrientationRow, state: OrientationState, actor: Actor, now: datetime
) -> None:
    """The state of a row, with its line in the life of the orientation, and its event."""
    add_service_event(session, _build_event(row, state, now))
    row.state, row.updated_at, row.updated_by = state, now, actor.id
    row.version = len(row.events) + 1
    row.events.append(OrientationEvent(position=len(row.events), state=state, at=now, by=actor.id))


def cancel_row(session: Session, row: OrientationRow, actor: Actor, now: datetime) -> None:
    """Cancel an orientation: its count and its seat are given back."""
    add_event(session, row, OrientationState.CANCELLED, actor, now)
    queue_count(session, row.person_key, now)
    if row.kind == OrientationKind.SLOT and row.slot:
        queue_taken_seat(session, row.person_key, now)
        give_seat_back(session, row.person_key, parse_slot_occurrence(row.slot))


def _build_event(row: OrientationRow, state: OrientationState, now: datetime) -> ServiceEvent:
    """What is counted of a step: where and what, never whose."""
    return ServiceEvent(
        at=now,
        kind=EventKind.ORIENTATION,
        territory=row.territory,
        department=row.department,
        mode=row.kind,
        role=row.regulator_role,
        outcome=state,
    )


def _require_following(row: OrientationRow, state: OrientationState, now: datetime) -> None:
    present = OrientationState(row.state)
    if state not in FOLLOWING[present]:
        raise StateRefused(
            f"Cette orientation est {WORDS[present]} : elle ne peut plus être {WORDS[state]}."
        )
    if state in OUTCOMES and row.start is not None and now < row.start:
        raise StateRefused(NOT_YET)


def _get_row(
    session: Session, actor: Actor, orientation_id: str, *, locked: bool = False
) -> OrientationRow:
    """Who may not read all does not learn which there are."""
    row = session.get(OrientationRow, orientation_id, with_for_update=locked or None)
    if row is not None:
        return row
    if find_orientation_scope(actor).everything:
        raise RecordMissing(MISSING.format(id=orientation_id))
    raise AccessDenied(NOT_YOURS)


def _find_parties(row: OrientationRow) -> OrientationParties:
    held = frozenset(filter(None, (row.territory, row.regulator_territory)))
    return OrientationParties(row.created_by, row.recipient, held)


def _build_scope_clause(scope: OrientationScope) -> ColumnElement[bool]:
    """``OrientationScope.holds`` in SQL."""
    if scope.everything:
        return true()
    territories = sorted(scope.territories)
    return or_(
        false(),
        OrientationRow.created_by == scope.regulator,
        OrientationRow.recipient.in_(sorted(scope.recipients)),
        OrientationRow.territory.in_(territories),
        OrientationRow.regulator_territory.in_(territories),
    )


def _build_place_clause(
    session: Session, scope: OrientationScope, after: str
) -> ColumnElement[bool]:
    """What follows one in the list; one that may not be read is no place in it."""
    row = session.get(OrientationRow, after)
    if row is None or not scope.holds(_find_parties(row)):
        raise RulesBroken([("after", NO_SUCH_PAGE)])
    asked = OrientationRow.created_at
    at_once = (asked == row.created_at) & (OrientationRow.id > row.id)
    return (asked < row.created_at) | at_once


def _select_chosen(chosen: OrientationFilter) -> Select[Any]:
    query = select(OrientationRow)
    if chosen.state is not None:
        query = query.where(OrientationRow.state == chosen.state)
    if chosen.territory is not None:
        query = query.where(OrientationRow.territory == chosen.territory)
    if chosen.regulator is not None:
        query = query.where(OrientationRow.created_by == chosen.regulator)
    if chosen.since is not None:
        query = query.where(OrientationRow.created_at >= chosen.since)
    return query
