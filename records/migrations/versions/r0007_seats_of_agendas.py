"""Seats taken are those of one professional's slot: nothing could take one before agendas."""

import sqlalchemy as sa
from alembic import op

from records.columns import UtcInstant

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Make the table again, with the professional in its key."""
    op.drop_table("occurrence_seats")
    op.create_table(
        "occurrence_seats",
        sa.Column("rpps", sa.String(11), nullable=False),
        sa.Column("slot", sa.String(16), nullable=False),
        sa.Column("start", UtcInstant(), nullable=False),
        sa.Column("taken", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("rpps", "slot", "start", name=op.f("pk_occurrence_seats")),
        sa.CheckConstraint("taken >= 0", name=op.f("ck_occurrence_seats_taken")),
    )
