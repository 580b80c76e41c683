"""Absences of professionals and structures (F034 to F037): at most three, or without an end."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from mappings.formats import Absence, DayRange
from records.access import RPPS_LENGTH, Actor, require_absence_access
from records.database import Database, open_reading
from records.errors import RulesBroken
from records.kinds import (
    Message,
    RecordChange,
    RecordKind,
    StoredRecord,
    change_record,
    read_record,
)
from records.orientations.displaced import settle_absence
from records.tables import AbsenceDeclaration, AbsenceRange

PROJECT_ABSENCES = "project_absences"
"""Kind of the message that brings absences to offers; its key is the RPPS or the FINESS."""

ENDED = "Ces jours sont passés : {days}. Retirez-les."


def identify_absence(absence: Absence) -> str:
    """Whose absence it is, and at which place if it is for one alone."""
    return f"{absence.who}@{absence.idnst or ''}"


def _fill(row: AbsenceDeclaration, absence: Absence) -> None:
    row.place, row.who = identify_absence(absence), absence.who
    row.idnst, row.always = absence.idnst, absence.always
    kept = {one.position: one for one in row.ranges}
    row.ranges = [
        _place_days(kept.get(position) or AbsenceRange(position=position), days)
        for position, days in enumerate(absence.ranges)
    ]


def _place_days(row: AbsenceRange, days: DayRange) -> AbsenceRange:
    row.first_day, row.last_day = days.start, days.end
    return row


def _build(row: AbsenceDeclaration) -> Absence:
    ranges = [
        DayRange.model_construct(None, start=one.first_day, end=one.last_day) for one in row.ranges
    ]
    return Absence.model_construct(
        None, **name_absent(row.who), idnst=row.idnst, always=row.always, ranges=ranges
    )


def name_absent(who: str) -> dict[str, Any]:
    """The identifier of who is absent under its name in the exchanged format."""
    return {"rpps" if len(who) == RPPS_LENGTH else "finess": who}


def _follow(row: AbsenceDeclaration) -> Iterable[Message]:
    yield Message(PROJECT_ABSENCES, row.who)


ABSENCES = RecordKind(
    "absences",
    AbsenceDeclaration,
    identify_absence,
    _fill,
    _build,
    _follow,
    "Aucune absence n'est enregistrée pour {key}.",
)


def read_absence(
    database: Database, actor: Actor, who: str, idnst: str | None = None
) -> StoredRecord[Absence]:
    """The absences of somebody, everywhere or at a place; raises ``AccessDenied``,
    ``RecordMissing``."""
    require_absence_access(actor, who)
    return read_record(database, ABSENCES, f"{who}@{idnst or ''}")


def list_absences(database: Database, who: str) -> list[Absence]:
    """All absences of somebody, everywhere and at places; access is the caller's to check."""
    with open_reading(database) as session:
        return find_absences(session, who)


def find_absences(session: Session, who: str) -> list[Absence]:
    """The same, as a transaction sees them."""
    rows = session.scalars(select(AbsenceDeclaration).where(AbsenceDeclaration.who == who))
    return [*map(_build, rows)]


def is_absent(absences: Iterable[Absence], idnst: str, day: date) -> bool:
    """True where one of these absences covers a day at a place."""
    return any(one.covers(day) for one in absences if one.idnst in (None, idnst))


def change_absence(
    database: Database,
    actor: Actor,
    absence: Absence,
    *,
    version: int | None,
    now: datetime,
    cancels: bool = False,
) -> StoredRecord[Absence]:
    """Replace absences; none at all withdraws them. Offers and slots follow through the outbox.

    ``cancels``: orientations during them are cancelled with it. Raises ``AccessDenied``,
    ``OrientationsHeld``, ``RulesBroken`` for days that are over everywhere, ``StaleVersion``.
    """
    require_absence_access(actor, absence.who)
    if over := _list_ended(absence, now.date()):
        raise RulesBroken([("ranges", ENDED.format(days=", ".join(over)))])

    def settle(session: Session) -> None:
        settle_absence(session, absence, actor, now, cancels=cancels)

    change = RecordChange(actor, absence, version, now, now)
    return change_record(database, ABSENCES, change, settle)


def _list_ended(absence: Absence, today: date) -> list[str]:
    """Days that were over yesterday: a zone is at most a day behind UTC."""
    return [
        f"{days.start:%d/%m/%Y} au {days.end:%d/%m/%Y}"
        for days in absence.ranges
        if (today - days.end).days > 1
    ]
