"""The tables of events. No column can name a patient, a person or a place finer than a department.

Every text is one of our own words, the code of a department or a territory, or the name of an
editor.
"""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, Date, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from records.columns import Base, UtcInstant

WORD, EDITOR = 20, 64
"""Longest of our words and codes, longest name of an editor."""


class EventKind(StrEnum):
    """What happened."""

    SEARCH = "search"
    """The first page of a search."""
    LRM_SEARCH = "lrm_search"
    """The same, opened by a dispatch software."""
    ORIENTATION = "orientation"
    """A state that an orientation came to."""
    WITH_SLOT = "with_slot"
    """Professionals with a slot to come, counted once a day by department."""


class Described:
    """Columns of an event, one or many together."""

    kind: Mapped[str] = mapped_column(String(WORD))
    territory: Mapped[str | None] = mapped_column(String(WORD))
    department: Mapped[str | None] = mapped_column(String(WORD))
    editor: Mapped[str | None] = mapped_column(String(EDITOR))
    mode: Mapped[str | None] = mapped_column(String(WORD))
    """Mode of the search, or kind of the orientation."""
    role: Mapped[str | None] = mapped_column(String(WORD))
    outcome: Mapped[str | None] = mapped_column(String(WORD))
    amount: Mapped[int | None]
    """People found or counted."""
    duration_ms: Mapped[int | None]


class EventRow(Described, Base):
    """One event."""

    __tablename__ = "events"
    __table_args__ = (Index("ix_events_kind", "kind", "at"), Index("ix_events_at", "at"))

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    at: Mapped[datetime] = mapped_column(UtcInstant)


class EventMonth(Described, Base):
    """The events of a month that are alike, together: amounts and durations are their sums."""

    __tablename__ = "event_months"
    __table_args__ = (
        CheckConstraint("number > 0", name="number"),
        Index("ix_event_months_kind", "kind", "month"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    month: Mapped[date] = mapped_column(Date)
    """Its first day, in the zone of ``periods.ZONE``."""
    number: Mapped[int]
