"""The window of slots moves at midnight of each zone: agendas there are projected once more.

The day that a zone was queued for is kept, so that a worker that was stopped makes up for it.
"""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from records.agenda.agendas import PROJECT_AGENDA
from records.agenda.tables import AgendaSlot, AgendaWindow
from records.outbox import add_message


def queue_moved_windows(session: Session, now: datetime) -> int:
    """Queue the agendas of the zones where a day has begun since; returns the messages added."""
    zones = session.scalars(select(AgendaSlot.timezone).distinct().order_by(AgendaSlot.timezone))
    return sum(_queue_zone(session, zone, now) for zone in zones.all())


def set_windows(session: Session, built_at: datetime) -> None:
    """Note the day of each zone at a build: its index has the windows of that day."""
    zones = session.scalars(select(AgendaSlot.timezone).distinct())
    for zone in zones.all():
        session.merge(AgendaWindow(timezone=zone, day=built_at.astimezone(ZoneInfo(zone)).date()))


def _queue_zone(session: Session, zone: str, now: datetime) -> int:
    if not _move_window(session, zone, now.astimezone(ZoneInfo(zone)).date()):
        return 0
    in_zone = select(AgendaSlot.rpps).where(AgendaSlot.timezone == zone).distinct()
    found = session.scalars(in_zone.order_by(AgendaSlot.rpps)).all()
    for rpps in found:
        add_message(session, PROJECT_AGENDA, rpps, now)
    return len(found)


def _move_window(session: Session, zone: str, today: date) -> bool:
    """True when a day has begun in a zone since its agendas were queued last."""
    window = session.get(AgendaWindow, zone)
    if window is not None and window.day >= today:
        return False
    session.merge(AgendaWindow(timezone=zone, day=today))
    return True
