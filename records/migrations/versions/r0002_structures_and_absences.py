"""Settings of structures, and absences."""

import sqlalchemy as sa
from alembic import op

from records.columns import UtcInstant

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Create the tables."""
    in_use = "NOT participation OR "
    op.create_table(
        "structure_settings",
        sa.Column("structure", sa.String(14), nullable=False),
        sa.Column("participation", sa.Boolean(), nullable=False),
        sa.Column("hours_available", sa.Boolean(), nullable=False),
        sa.Column("practitioner_count", sa.Integer(), nullable=False),
        sa.Column("hours", sa.JSON(), nullable=False),
        sa.Column("maternity_level", sa.String(2)),
        sa.Column("emergency", sa.Boolean(), nullable=False),
        sa.Column("additional_info", sa.Text(), nullable=False),
        *_list_declared_columns(),
        sa.PrimaryKeyConstraint("structure", name=op.f("pk_structure_settings")),
        sa.CheckConstraint(
            "length(structure) IN (9, 14)", name=op.f("ck_structure_settings_structure")
        ),
        sa.CheckConstraint(
            "practitioner_count >= 0", name=op.f("ck_structure_settings_practitioner_count")
        ),
        sa.CheckConstraint(
            f"{in_use}hours_available", name=op.f("ck_structure_settings_hours_of_participant")
        ),
        sa.CheckConstraint(
            f"{in_use}length(structure) = 14 OR practitioner_count > 0",
            name=op.f("ck_structure_settings_practitioners_of_participant"),
        ),
    )
    op.create_table(
        "absences",
        sa.Column("place", sa.String(30), nullable=False),
        sa.Column("who", sa.String(11), nullable=False),
        sa.Column("idnst", sa.String(15)),
        sa.Column("always", sa.Boolean(), nullable=False),
        *_list_declared_columns(),
        sa.PrimaryKeyConstraint("place", name=op.f("pk_absences")),
        sa.CheckConstraint("length(who) IN (9, 11)", name=op.f("ck_absences_who")),
    )
    op.create_index("ix_absences_who", "absences", ["who"])
    op.create_table(
        "absence_ranges",
        sa.Column("place", sa.String(30), nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("place", "position", name=op.f("pk_absence_ranges")),
        sa.ForeignKeyConstraint(
            ["place"],
            ["absences.place"],
            name=op.f("fk_absence_ranges_place_absences"),
            ondelete="CASCADE",
        ),
        sa.CheckConstraint("position BETWEEN 0 AND 2", name=op.f("ck_absence_ranges_position")),
        sa.CheckConstraint("first_day <= last_day", name=op.f("ck_absence_ranges_days")),
    )
    for table in ("structure_settings", "absences"):
        op.create_index(op.f(f"ix_{table}_written_at"), table, ["written_at"])


def _list_declared_columns() -> list[sa.Column[object]]:
    return [
        sa.Column("created_at", UtcInstant(), nullable=False),
        sa.Column("created_by", sa.String(100), nullable=False),
        sa.Column("updated_at", UtcInstant(), nullable=False),
        sa.Column("updated_by", sa.String(100), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("written_at", UtcInstant(), nullable=False),
    ]
