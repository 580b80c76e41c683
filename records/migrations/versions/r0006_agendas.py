"""The SAS agenda."""

import sqlalchemy as sa
from alembic import op

from records.columns import UtcInstant

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "agendas",
        sa.Column("rpps", sa.String(11), nullable=False),
        sa.Column("created_at", UtcInstant(), nullable=False),
        sa.Column("created_by", sa.String(100), nullable=False),
        sa.Column("updated_at", UtcInstant(), nullable=False),
        sa.Column("updated_by", sa.String(100), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("written_at", UtcInstant(), nullable=False),
        sa.PrimaryKeyConstraint("rpps", name=op.f("pk_agendas")),
        sa.CheckConstraint("length(rpps) = 11", name=op.f("ck_agendas_rpps")),
    )
    op.create_index(op.f("ix_agendas_written_at"), "agendas", ["written_at"])
    op.create_table(
        "agenda_slots",
        sa.Column("rpps", sa.String(11), nullable=False),
        sa.Column("id", sa.String(16), nullable=False),
        sa.Column("idnst", sa.String(15), nullable=False),
        sa.Column("timezone", sa.String(40), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("weekdays", sa.String(27), nullable=False),
        sa.Column("until", sa.Date()),
        sa.Column("start_time", sa.String(5), nullable=False),
        sa.Column("end_time", sa.String(5), nullable=False),
        sa.Column("seats", sa.Integer()),
        sa.Column("consultation", sa.String(9), nullable=False),
        sa.Column("types", sa.String(20), nullable=False),
        sa.PrimaryKeyConstraint("rpps", "id", name=op.f("pk_agenda_slots")),
        sa.ForeignKeyConstraint(
            ["rpps"],
            ["agendas.rpps"],
            name=op.f("fk_agenda_slots_rpps_agendas"),
            ondelete="CASCADE",
        ),
        sa.CheckConstraint("start_time < end_time", name=op.f("ck_agenda_slots_times")),
        sa.CheckConstraint(
            "until IS NULL OR (until >= day AND weekdays <> '')",
            name=op.f("ck_agenda_slots_until"),
        ),
        sa.CheckConstraint("seats IS NULL OR seats > 0", name=op.f("ck_agenda_slots_seats")),
        sa.CheckConstraint("consultation <> ''", name=op.f("ck_agenda_slots_consultation")),
        sa.CheckConstraint("types <> ''", name=op.f("ck_agenda_slots_types")),
    )
    op.create_index("ix_agenda_slots_timezone", "agenda_slots", ["timezone", "rpps"])
    op.create_table(
        "agenda_exceptions",
        sa.Column("rpps", sa.String(11), nullable=False),
        sa.Column("slot_id", sa.String(16), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("rpps", "slot_id", "day", name=op.f("pk_agenda_exceptions")),
        sa.ForeignKeyConstraint(
            ["rpps", "slot_id"],
            ["agenda_slots.rpps", "agenda_slots.id"],
            name=op.f("fk_agenda_exceptions_rpps_slot_id_agenda_slots"),
            ondelete="CASCADE",
        ),
    )
    op.create_table(
        "agenda_windows",
        sa.Column("timezone", sa.String(40), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("timezone", name=op.f("pk_agenda_windows")),
    )
