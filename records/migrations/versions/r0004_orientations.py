"""Orientations, their life, seats taken of the agenda, periodic work; longer keys of messages."""

import sqlalchemy as sa
from alembic import op

from records.columns import UtcInstant

revision = "0004"
down_revision = "0002"

KINDS = "kind IN ('slot', 'beyond', 'reorientation', 'care_request', 'booking')"
STATES = "state IN ('asked', 'booked', 'honoured', 'not_honoured', 'cancelled', 'expired')"


def upgrade() -> None:
    """Create the tables; a message may be about an offer, whose id is long."""
    with op.batch_alter_table("outbox") as outbox:
        outbox.alter_column("key", type_=sa.String(512), existing_nullable=False)
    op.create_table(
        "orientations",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("idempotency_key", sa.String(36), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("offer", sa.String(512), nullable=False),
        sa.Column("person_key", sa.String(512), nullable=False),
        sa.Column("asked_day", sa.Date(), nullable=False),
        sa.Column("slot", sa.String(200)),
        sa.Column("start", UtcInstant()),
        sa.Column("timezone", sa.String(64), nullable=False),
        sa.Column("expires_at", UtcInstant(), nullable=False),
        sa.Column("recipient_kind", sa.String(20), nullable=False),
        sa.Column("recipient", sa.String(512), nullable=False),
        sa.Column("department", sa.String(20), nullable=False),
        sa.Column("territory", sa.String(20)),
        sa.Column("regulator_role", sa.String(20), nullable=False),
        sa.Column("regulator_territory", sa.String(20)),
        sa.Column("created_at", UtcInstant(), nullable=False),
        sa.Column("created_by", sa.String(100), nullable=False),
        sa.Column("updated_at", UtcInstant(), nullable=False),
        sa.Column("updated_by", sa.String(100), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_orientations")),
        sa.UniqueConstraint(
            "created_by", "idempotency_key", name=op.f("uq_orientations_created_by_idempotency_key")
        ),
        sa.CheckConstraint(KINDS, name=op.f("ck_orientations_kind")),
        sa.CheckConstraint(STATES, name=op.f("ck_orientations_state")),
        sa.CheckConstraint(
            "(kind = 'care_request') = (start IS NULL)", name=op.f("ck_orientations_start")
        ),
        sa.CheckConstraint(
            "kind NOT IN ('slot', 'booking') OR slot IS NOT NULL",
            name=op.f("ck_orientations_slot"),
        ),
        sa.CheckConstraint(
            "kind NOT IN ('beyond', 'care_request') OR slot IS NULL",
            name=op.f("ck_orientations_no_slot"),
        ),
    )
    for name, columns in {
        "person_key": ["person_key", "asked_day"],
        "expires_at": ["state", "expires_at"],
        "territory": ["territory", "created_at"],
        "regulator_territory": ["regulator_territory", "created_at"],
        "recipient": ["recipient", "created_at"],
    }.items():
        op.create_index(f"ix_orientations_{name}", "orientations", columns)
    op.create_table(
        "orientation_events",
        sa.Column("orientation", sa.String(36), nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("at", UtcInstant(), nullable=False),
        sa.Column("by", sa.String(100), nullable=False),
        sa.PrimaryKeyConstraint("orientation", "position", name=op.f("pk_orientation_events")),
        sa.ForeignKeyConstraint(
            ["orientation"],
            ["orientations.id"],
            name=op.f("fk_orientation_events_orientation_orientations"),
            ondelete="CASCADE",
        ),
        sa.CheckConstraint(STATES, name=op.f("ck_orientation_events_state")),
    )
    op.create_table(
        "occurrence_seats",
        sa.Column("slot", sa.String(200), nullable=False),
        sa.Column("start", UtcInstant(), nullable=False),
        sa.Column("taken", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("slot", "start", name=op.f("pk_occurrence_seats")),
        sa.CheckConstraint("taken >= 0", name=op.f("ck_occurrence_seats_taken")),
    )
    op.create_table(
        "periodic_work",
        sa.Column("name", sa.String(40), nullable=False),
        sa.Column("due_at", UtcInstant(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_periodic_work")),
    )
