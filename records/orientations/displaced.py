"""Orientations on hours that their professional closes: kept, moved, or cancelled in the open.

A patient was sent there. So an hour is closed under him only by somebody who confirms it, and the
orientation is then cancelled in the same transaction: the regulator reads that, and by whom.
"""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from mappings.agenda.formats import AgendaFormat
from mappings.formats import Absence
from mappings.text.french_counts import format_count
from records.access import Actor
from records.agenda.agendas import lock_agenda
from records.agenda.occurrences import Occurrence, OccurrenceKey, find_occurrence
from records.agenda.rules import AgendaChange
from records.errors import RecordsError
from records.orientations.derivation import parse_slot_occurrence, rename_slot
from records.orientations.kinds import OPEN, OrientationKind
from records.orientations.life import cancel_row
from records.orientations.seats import move_seats
from records.orientations.tables import OrientationRow

STRUCTURE = "finess:"
"""Before the FINESS, the key of a structure whose orientations are counted."""
RECEIVED = frozenset(OrientationKind) - {OrientationKind.CARE_REQUEST, OrientationKind.BOOKING}
"""Kinds by which a patient comes to the professional at an hour that the SAS gave."""
LISTED = 10
"""Hours that a refusal names."""

HELD = (
    "{people} vers {hours} : {list}. Prévenez la régulation, puis confirmez : {orientations}, et "
    "la régulation le verra."
)


class OrientationsHeld(RecordsError):
    """Patients are sent to the hours that a change would close."""

    code = "orientations_held"

    def __init__(self, starts: Sequence[datetime]) -> None:
        """``starts``: the local hour of each orientation."""
        super().__init__(_describe_held(starts))
        self.starts = starts


def settle_agenda(session: Session, change: AgendaChange, actor: Actor, *, cancels: bool) -> None:
    """Move or cancel the orientations to come on hours that a change of an agenda takes away.

    After the agenda was written: no seat can be taken meanwhile. An hour that stays, at the same
    place and with the modes it had, keeps its orientations under whatever slot it is now. Raises
    ``OrientationsHeld`` for those to cancel unless ``cancels``.
    """
    left = [
        row
        for row in _select_coming(session, change.after.rpps, change.now, {OrientationKind.SLOT})
        if not _keep_hour(session, row, change)
    ]
    cancel_held(session, left, actor, change.now, cancels=cancels)


def settle_absence(
    session: Session, absence: Absence, actor: Actor, now: datetime, *, cancels: bool
) -> None:
    """Cancel the orientations to come during an absence; raises like ``settle_agenda``.

    A booking at an editor is between the patient and that editor.
    """
    who = absence.rpps or f"{STRUCTURE}{absence.finess}"
    lock_agenda(session, who)
    held = [row for row in _select_coming(session, who, now, RECEIVED) if is_during(absence, row)]
    cancel_held(session, held, actor, now, cancels=cancels)


def cancel_held(
    session: Session,
    rows: Sequence[OrientationRow],
    actor: Actor,
    now: datetime,
    *,
    cancels: bool,
) -> None:
    """Cancel orientations on closed hours; raises ``OrientationsHeld`` unless ``cancels``."""
    if rows and not cancels:
        raise OrientationsHeld(sorted(map(_find_local_start, rows)))
    for row in rows:
        cancel_row(session, row, actor, now)


def _select_coming(
    session: Session, person: str, now: datetime, kinds: Collection[OrientationKind]
) -> Sequence[OrientationRow]:
    query = select(OrientationRow).where(
        OrientationRow.person_key == person,
        OrientationRow.kind.in_(sorted(kinds)),
        OrientationRow.state.in_(sorted(OPEN)),
        OrientationRow.start >= now,
    )
    return session.scalars(query.order_by(OrientationRow.start).with_for_update()).all()


def _keep_hour(session: Session, row: OrientationRow, change: AgendaChange) -> bool:
    """False for an hour that the change takes away; one without a slot before is none of it."""
    key = parse_slot_occurrence(row.slot or "")
    former = _find_named(change.before, key)
    if former is None:
        return True
    heir = _find_heir(change.after, former)
    if heir is None:
        return False
    if heir.key != key:
        move_seats(session, row.person_key, key, heir.key)
        row.slot = rename_slot(row.slot or "", heir.key)
    return True


def _find_named(agenda: AgendaFormat, key: OccurrenceKey) -> Occurrence | None:
    named = (slot for slot in agenda.slots if slot.id == key.slot_id)
    return next(filter(None, (find_occurrence(slot, key.start) for slot in named)), None)


def _find_heir(agenda: AgendaFormat, former: Occurrence) -> Occurrence | None:
    """The same hour at the same place, with at least the modes it had."""
    modes = {*former.slot.consultation}
    found = (
        find_occurrence(slot, former.start)
        for slot in agenda.slots
        if slot.idnst == former.slot.idnst and modes <= {*slot.consultation}
    )
    return next(filter(None, found), None)


def is_during(absence: Absence, row: OrientationRow) -> bool:
    """True for an orientation whose patient comes during an absence, at its place."""
    if row.kind not in RECEIVED:
        return False
    if absence.idnst and not row.offer.endswith(f"@{absence.idnst}"):
        return False
    return absence.covers(_find_local_start(row).date())


def _find_local_start(row: OrientationRow) -> datetime:
    if row.start is None:
        raise AssertionError("an orientation on a slot has its hour")
    return row.start.astimezone(ZoneInfo(row.timezone))


def _describe_held(starts: Sequence[datetime]) -> str:
    is_one = len(starts) == 1
    people = format_count(len(starts), "patient")
    return HELD.format(
        people=f"{people} est orienté" if is_one else f"{people} sont orientés",
        hours="cette heure" if is_one else "ces heures",
        list=", ".join(_list_hours(starts)),
        orientations="l'orientation sera annulée" if is_one else "les orientations seront annulées",
    )


def _list_hours(starts: Sequence[datetime]) -> Iterable[str]:
    for start in starts[:LISTED]:
        yield f"le {start:%d/%m/%Y à %H:%M}"
    if len(starts) > LISTED:
        yield f"et {len(starts) - LISTED} de plus"
