"""The tables. Constraints say what can never be true, whatever program writes."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Date, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from mappings.bounds import FREE_TEXT, LONGEST_ID
from mappings.formats import MAX_ABSENCES
from records.columns import Base, Declared, UtcInstant

IN_USE = "NOT participation OR "
INDEX_NAME = 255
"""Longest name of an index, by Elasticsearch."""


class ProfessionalSettings(Declared, Base):
    """Settings of one professional (F110), by RPPS without prefix."""

    __tablename__ = "professional_settings"
    __table_args__ = (
        CheckConstraint("length(rpps) = 11", name="rpps"),
        CheckConstraint("via BETWEEN 1 AND 4", name="via"),
        CheckConstraint(f"{IN_USE}via IS NOT NULL", name="via_of_participant"),
        CheckConstraint(f"{IN_USE}via NOT IN (2, 3) OR finess IS NOT NULL", name="finess_of_via"),
        CheckConstraint(f"{IN_USE}via <> 4 OR siret IS NOT NULL", name="siret_of_via"),
        Index("ix_professional_settings_finess", "finess", "via"),
    )

    rpps: Mapped[str] = mapped_column(String(11), primary_key=True)
    participation: Mapped[bool]
    via: Mapped[int | None]
    finess: Mapped[str | None] = mapped_column(String(9))
    siret: Mapped[str | None] = mapped_column(String(14))
    has_software: Mapped[bool | None]
    hours_available: Mapped[bool | None]
    editor_disabled: Mapped[bool] = mapped_column(default=False)
    reorientation: Mapped[bool] = mapped_column(default=False)
    additional_info: Mapped[str] = mapped_column(Text, default="")
    locations: Mapped[list["ProfessionalLocation"]] = relationship(
        cascade="all, delete-orphan", lazy="selectin", order_by="ProfessionalLocation.idnst"
    )


class ProfessionalLocation(Base):
    """A place attached to the CPTS of a professional, by IDNST."""

    __tablename__ = "professional_locations"

    rpps: Mapped[str] = mapped_column(
        ForeignKey("professional_settings.rpps", ondelete="CASCADE"), primary_key=True
    )
    idnst: Mapped[str] = mapped_column(String(15), primary_key=True)


class StructureDeclaration(Declared, Base):
    """Settings of a structure by FINESS, or of an SOS association by SIRET (F112)."""

    __tablename__ = "structure_settings"
    __table_args__ = (
        CheckConstraint("length(structure) IN (9, 14)", name="structure"),
        CheckConstraint("practitioner_count >= 0", name="practitioner_count"),
        CheckConstraint(f"{IN_USE}hours_available", name="hours_of_participant"),
        CheckConstraint(
            f"{IN_USE}length(structure) = 14 OR practitioner_count > 0",
            name="practitioners_of_participant",
        ),
    )

    structure: Mapped[str] = mapped_column(String(14), primary_key=True)
    participation: Mapped[bool]
    hours_available: Mapped[bool]
    practitioner_count: Mapped[int]
    hours: Mapped[dict[str, Any]] = mapped_column(JSON)
    maternity_level: Mapped[str | None] = mapped_column(String(2))
    emergency: Mapped[bool]
    additional_info: Mapped[str] = mapped_column(Text)


class AbsenceDeclaration(Declared, Base):
    """Absences of a professional, everywhere or at one place, or of a structure (F034 to F037)."""

    __tablename__ = "absences"
    __table_args__ = (
        CheckConstraint("length(who) IN (9, 11)", name="who"),
        Index("ix_absences_who", "who"),
    )

    place: Mapped[str] = mapped_column(String(30), primary_key=True)
    """RPPS or FINESS, ``@``, and the IDNST of the place if it is for one alone."""
    who: Mapped[str] = mapped_column(String(11))
    idnst: Mapped[str | None] = mapped_column(String(15))
    always: Mapped[bool]
    ranges: Mapped[list["AbsenceRange"]] = relationship(
        cascade="all, delete-orphan", lazy="selectin", order_by="AbsenceRange.position"
    )


class AbsenceRange(Base):
    """Whole days of absence, both included, in the zone of the place."""

    __tablename__ = "absence_ranges"
    __table_args__ = (
        CheckConstraint(f"position BETWEEN 0 AND {MAX_ABSENCES - 1}", name="position"),
        CheckConstraint("first_day <= last_day", name="days"),
    )

    place: Mapped[str] = mapped_column(
        ForeignKey("absences.place", ondelete="CASCADE"), primary_key=True
    )
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    first_day: Mapped[date] = mapped_column(Date)
    last_day: Mapped[date] = mapped_column(Date)


class OutboxMessage(Base):
    """Something that follows from a change and is still to be done."""

    __tablename__ = "outbox"
    __table_args__ = (
        CheckConstraint("tries >= 0", name="tries"),
        Index("ix_outbox_due", "dead_at", "not_before"),
        Index("ix_outbox_order", "kind", "key", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    kind: Mapped[str] = mapped_column(String(40))
    key: Mapped[str] = mapped_column(String(LONGEST_ID))
    created_at: Mapped[datetime] = mapped_column(UtcInstant)
    not_before: Mapped[datetime] = mapped_column(UtcInstant)
    tries: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    last_error: Mapped[str | None] = mapped_column(String(FREE_TEXT.longest))
    dead_at: Mapped[datetime | None] = mapped_column(UtcInstant)
    lease_until: Mapped[datetime | None] = mapped_column(UtcInstant)
    lease_owner: Mapped[str | None] = mapped_column(String(100))
    read_by: Mapped[str | None] = mapped_column(String(INDEX_NAME))
    """The newest index whose build read the records after this change: it needs no message."""


class Import(Base):
    """One file that came into the records: its content is known by its digest."""

    __tablename__ = "imports"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    kind: Mapped[str] = mapped_column(String(40), index=True)
    digest: Mapped[str] = mapped_column(String(64))
    rows: Mapped[int]
    imported_at: Mapped[datetime] = mapped_column(UtcInstant)
    imported_by: Mapped[str] = mapped_column(String(100))
    read_by: Mapped[str | None] = mapped_column(String(INDEX_NAME))
    """The newest index whose build read what this file brought."""


class ProjectedIndex(Base):
    """The index that the worker met last behind an alias: another one gets what it lacks."""

    __tablename__ = "projected_indices"

    alias: Mapped[str] = mapped_column(String(200), primary_key=True)
    index_name: Mapped[str] = mapped_column(String(INDEX_NAME))


class PeriodicWork(Base):
    """Work that one of the workers does again and again, and when it is due next."""

    __tablename__ = "periodic_work"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    due_at: Mapped[datetime] = mapped_column(UtcInstant)
