"""A regulator asks: one transaction, once per idempotency key (F115 to F119, W44)."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from mappings.offer_ids import person_key
from mappings.records import Offer
from records.absences import find_absences
from records.access import Actor, choose_orienting_role
from records.agenda.agendas import find_agenda_occurrence, queue_taken_seat
from records.agenda.occurrences import OccurrenceKey
from records.database import Database, open_reading, open_transaction
from records.errors import RulesBroken
from records.idempotency import IdempotencyKeyReused, parse_key
from records.orientations.counts import queue_count
from records.orientations.derivation import (
    derive_day,
    derive_recipient,
    derive_regulator_territory,
    derive_start,
    is_of_agenda,
    parse_slot_occurrence,
)
from records.orientations.displaced import STRUCTURE, is_during
from records.orientations.errors import OfferGone, SlotGone
from records.orientations.kinds import OrientationKind, OrientationState
from records.orientations.life import add_event
from records.orientations.rules import AWAY, AskedOrientation, find_broken_rules
from records.orientations.seats import take_seat
from records.orientations.tables import OrientationRow
from records.orientations.values import (
    Orientation,
    OrientationRequest,
    build_orientation,
    build_request,
)

OUTCOME_DELAY = timedelta(days=1)
"""Time after the hour of an orientation, or after it was asked, in which its outcome is awaited."""

IDS = uuid.UUID("5a50a2c4-0d0c-5f0e-9d3a-6f2b8a1e7c11")
"""Namespace of the ids of orientations: a regulator's key names his orientation for ever."""

FetchOffer = Callable[[str], Offer | None]
"""The offer of an id, as the index has it now."""


@dataclass(frozen=True, slots=True)
class AskedBy:
    """Who asks, under which key, and when."""

    actor: Actor
    idempotency_key: str
    now: datetime


def ask_orientation(
    database: Database, by: AskedBy, request: OrientationRequest, fetch_offer: FetchOffer
) -> Orientation:
    """Keep an orientation; the same key and request answer the one that is kept.

    Raises ``AccessDenied``, ``IdempotencyKeyInvalid``, ``IdempotencyKeyReused``, ``OfferGone``,
    ``RulesBroken``, ``SlotFull``, ``SlotGone``.
    """
    choose_orienting_role(by.actor, request.kind)
    asked = AskedBy(by.actor, parse_key(by.idempotency_key), by.now)
    if (earlier := find_answered(database, asked, request)) is not None:
        return earlier
    offer = fetch_offer(request.offer)
    if offer is None:
        raise OfferGone
    if faults := find_broken_rules(AskedOrientation(request, offer, by.now)):
        raise RulesBroken(faults)
    return _keep(database, asked, request, offer)


def find_answered(
    database: Database, by: AskedBy, request: OrientationRequest
) -> Orientation | None:
    """What the key was answered before; raises ``IdempotencyKeyReused`` for another request."""
    with open_reading(database) as session:
        row = session.scalar(
            select(OrientationRow).where(
                OrientationRow.created_by == by.actor.id,
                OrientationRow.idempotency_key == by.idempotency_key,
            )
        )
        if row is None:
            return None
        if not _is_same(build_request(row), request):
            raise IdempotencyKeyReused
        return build_orientation(row)


def _is_same(kept: OrientationRequest, request: OrientationRequest) -> bool:
    """An occurrence has one name for ever, but its slot may have become another since."""
    if kept.kind is OrientationKind.SLOT and kept.slot and is_of_agenda(request.slot or ""):
        hour = parse_slot_occurrence(kept.slot).start
        if parse_slot_occurrence(request.slot or "").start == hour:
            request = replace(request, slot=kept.slot)
    return kept == request


def _keep(
    database: Database, by: AskedBy, request: OrientationRequest, offer: Offer
) -> Orientation:
    """The key is written first: of two at once with one key, the second waits and reads."""
    try:
        with open_transaction(database) as session:
            row = build_row(by, request, offer)
            session.add(row)
            session.flush()
            _follow(session, row, by)
            session.flush()
            return build_orientation(row)
    except IntegrityError:
        earlier = find_answered(database, by, request)
        if earlier is None:
            raise
        return earlier


def _follow(session: Session, row: OrientationRow, by: AskedBy) -> None:
    add_event(session, row, OrientationState.ASKED, by.actor, by.now)
    queue_count(session, row.person_key, by.now)
    if row.kind == OrientationKind.SLOT and row.slot:
        _take_agenda_seat(session, row.person_key, parse_slot_occurrence(row.slot), by.now)
    _require_present(session, row)


def _require_present(session: Session, row: OrientationRow) -> None:
    """An absence may be too new for the index: one declared at once sees the row, or is seen."""
    who = row.person_key.removeprefix(STRUCTURE)
    if any(is_during(absence, row) for absence in find_absences(session, who)):
        raise RulesBroken([("start", AWAY)])


def _take_agenda_seat(session: Session, rpps: str, key: OccurrenceKey, now: datetime) -> None:
    """The agenda is held from its projection on: it is read as it will be at the commit."""
    queue_taken_seat(session, rpps, now)
    occurrence = find_agenda_occurrence(session, rpps, key)
    if occurrence is None:
        raise SlotGone
    take_seat(session, rpps, key, occurrence.seats)


def build_row(by: AskedBy, request: OrientationRequest, offer: Offer) -> OrientationRow:
    """The row of a new orientation, with what is derived from the offer and the regulator."""
    recipient = derive_recipient(request.kind, offer)
    start = derive_start(request, offer)
    return OrientationRow(
        id=str(uuid.uuid5(IDS, f"{by.actor.id}|{by.idempotency_key}")),
        idempotency_key=by.idempotency_key,
        kind=request.kind,
        state=OrientationState.ASKED,
        offer=offer["id"],
        person_key=person_key(offer["id"], offer.get("rpps", "")),
        asked_day=derive_day(offer, by.now),
        slot=request.slot,
        start=start,
        timezone=offer["timezone"],
        expires_at=(start or by.now) + OUTCOME_DELAY,
        recipient_kind=recipient.kind,
        recipient=recipient.identifier,
        department=recipient.department,
        territory=recipient.territory,
        regulator_role=choose_orienting_role(by.actor, request.kind),
        regulator_territory=derive_regulator_territory(by.actor, offer),
        created_at=by.now,
        created_by=by.actor.id,
        updated_at=by.now,
        updated_by=by.actor.id,
        events=[],
    )
