"""The tables of orientations. No column holds a text or anything of a patient."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from mappings.bounds import IDENTIFIER, LONGEST_ID
from records.columns import AUTHOR, Authored, Base, UtcInstant
from records.orientations.kinds import OrientationKind, OrientationState

UUID = 36
"""Characters of a UUID."""
CODE = 20
"""Longest kind, state, role or territory."""
ZONE = 64
"""Longest name of a time zone."""


def write_choice(column: str, values: type[StrEnum]) -> str:
    """The condition that a column holds one of the values."""
    chosen = ", ".join(f"'{one}'" for one in values)
    return f"{column} IN ({chosen})"


class OrientationRow(Authored, Base):
    """One orientation; ``created_by`` is the regulator, ``created_at`` when it was asked."""

    __tablename__ = "orientations"
    __table_args__ = (
        UniqueConstraint("created_by", "idempotency_key"),
        CheckConstraint(write_choice("kind", OrientationKind), name="kind"),
        CheckConstraint(write_choice("state", OrientationState), name="state"),
        CheckConstraint("(kind = 'care_request') = (start IS NULL)", name="start"),
        CheckConstraint("kind NOT IN ('slot', 'booking') OR slot IS NOT NULL", name="slot"),
        CheckConstraint("kind NOT IN ('beyond', 'care_request') OR slot IS NULL", name="no_slot"),
        Index("ix_orientations_person_key", "person_key", "asked_day"),
        Index("ix_orientations_expires_at", "state", "expires_at"),
        Index("ix_orientations_territory", "territory", "created_at"),
        Index("ix_orientations_regulator_territory", "regulator_territory", "created_at"),
        Index("ix_orientations_recipient", "recipient", "created_at"),
    )

    id: Mapped[str] = mapped_column(String(UUID), primary_key=True)
    idempotency_key: Mapped[str] = mapped_column(String(UUID))
    kind: Mapped[str] = mapped_column(String(CODE))
    state: Mapped[str] = mapped_column(String(CODE))
    offer: Mapped[str] = mapped_column(String(LONGEST_ID))
    """Id of the offer that was chosen."""
    person_key: Mapped[str] = mapped_column(String(LONGEST_ID))
    """Whose orientations of a day are counted: the person or structure of that offer."""
    asked_day: Mapped[date] = mapped_column(Date)
    """Day at the place when it was asked."""
    slot: Mapped[str | None] = mapped_column(String(IDENTIFIER.longest))
    """Slot of the agenda or of the editor, as the index names it."""
    start: Mapped[datetime | None] = mapped_column(UtcInstant)
    timezone: Mapped[str] = mapped_column(String(ZONE))
    expires_at: Mapped[datetime] = mapped_column(UtcInstant)
    recipient_kind: Mapped[str] = mapped_column(String(CODE))
    recipient: Mapped[str] = mapped_column(String(LONGEST_ID))
    """RPPS, FINESS, SIRET, or the id of a solution."""
    department: Mapped[str] = mapped_column(String(CODE))
    territory: Mapped[str | None] = mapped_column(String(CODE))
    """SAS territory of the recipient."""
    regulator_role: Mapped[str] = mapped_column(String(CODE))
    regulator_territory: Mapped[str | None] = mapped_column(String(CODE))
    events: Mapped[list["OrientationEvent"]] = relationship(
        cascade="all, delete-orphan", lazy="selectin", order_by="OrientationEvent.position"
    )


class OrientationEvent(Base):
    """One step in the life of an orientation: the state it came to, when, by whom."""

    __tablename__ = "orientation_events"
    __table_args__ = (CheckConstraint(write_choice("state", OrientationState), name="state"),)

    orientation: Mapped[str] = mapped_column(
        ForeignKey("orientations.id", ondelete="CASCADE"), primary_key=True
    )
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    state: Mapped[str] = mapped_column(String(CODE))
    at: Mapped[datetime] = mapped_column(UtcInstant)
    by: Mapped[str] = mapped_column(String(AUTHOR))


class OccurrenceSeats(Base):
    """Seats taken on one occurrence of a slot of the agenda."""

    __tablename__ = "occurrence_seats"
    __table_args__ = (CheckConstraint("taken >= 0", name="taken"),)

    rpps: Mapped[str] = mapped_column(String(11), primary_key=True)
    slot: Mapped[str] = mapped_column(String(16), primary_key=True)
    start: Mapped[datetime] = mapped_column(UtcInstant, primary_key=True)
    taken: Mapped[int]
