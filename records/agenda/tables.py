"""The tables of the SAS agenda: a rule is a row, whatever the years it holds for."""

from datetime import date

from sqlalchemy import CheckConstraint, Date, ForeignKey, ForeignKeyConstraint, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from records.columns import Base, Declared

SLOT_ID, ZONE = 16, 40
"""Longest id of a slot, longest name of a zone."""


class ProfessionalAgenda(Declared, Base):
    """The agenda of one professional; its version is the lock of all its slots together.

    Two slots that overlap could not be told apart from two that do not, were each locked alone.
    """

    __tablename__ = "agendas"
    __table_args__ = (CheckConstraint("length(rpps) = 11", name="rpps"),)

    rpps: Mapped[str] = mapped_column(String(11), primary_key=True)
    slots: Mapped[list["AgendaSlot"]] = relationship(
        cascade="all, delete-orphan", lazy="selectin", order_by="AgendaSlot.id"
    )


class AgendaSlot(Base):
    """A slot, once on a day or weekly from it on, in the local time of its place."""

    __tablename__ = "agenda_slots"
    __table_args__ = (
        CheckConstraint("start_time < end_time", name="times"),
        CheckConstraint("until IS NULL OR (until >= day AND weekdays <> '')", name="until"),
        CheckConstraint("seats IS NULL OR seats > 0", name="seats"),
        CheckConstraint("consultation <> ''", name="consultation"),
        CheckConstraint("types <> ''", name="types"),
        Index("ix_agenda_slots_timezone", "timezone", "rpps"),
    )

    rpps: Mapped[str] = mapped_column(
        ForeignKey("agendas.rpps", ondelete="CASCADE"), primary_key=True
    )
    id: Mapped[str] = mapped_column(String(SLOT_ID), primary_key=True)
    idnst: Mapped[str] = mapped_column(String(15))
    timezone: Mapped[str] = mapped_column(String(ZONE))
    day: Mapped[date] = mapped_column(Date)
    weekdays: Mapped[str] = mapped_column(String(27))
    """Names of days with commas between; empty: once."""
    until: Mapped[date | None] = mapped_column(Date)
    start_time: Mapped[str] = mapped_column(String(5))
    end_time: Mapped[str] = mapped_column(String(5))
    seats: Mapped[int | None]
    consultation: Mapped[str] = mapped_column(String(9))
    types: Mapped[str] = mapped_column(String(20))
    exceptions: Mapped[list["AgendaException"]] = relationship(
        cascade="all, delete-orphan", lazy="selectin", order_by="AgendaException.day"
    )


class AgendaException(Base):
    """A day on which a slot does not take place."""

    __tablename__ = "agenda_exceptions"
    __table_args__ = (
        ForeignKeyConstraint(
            ["rpps", "slot_id"], ["agenda_slots.rpps", "agenda_slots.id"], ondelete="CASCADE"
        ),
    )

    rpps: Mapped[str] = mapped_column(String(11), primary_key=True)
    slot_id: Mapped[str] = mapped_column(String(SLOT_ID), primary_key=True)
    day: Mapped[date] = mapped_column(Date, primary_key=True)


class AgendaWindow(Base):
    """The day for which the agendas of a zone were last projected."""

    __tablename__ = "agenda_windows"

    timezone: Mapped[str] = mapped_column(String(ZONE), primary_key=True)
    day: Mapped[date] = mapped_column(Date)
