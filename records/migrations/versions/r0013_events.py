"""Events without persons, and those of a month together."""

import sqlalchemy as sa
from alembic import op

from records.columns import UtcInstant

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    """Create both tables."""
    op.create_table(
        "events",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("at", UtcInstant(), nullable=False),
        *_describe_columns(),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_events")),
    )
    op.create_index("ix_events_kind", "events", ["kind", "at"])
    op.create_index("ix_events_at", "events", ["at"])
    op.create_table(
        "event_months",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        *_describe_columns(),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event_months")),
        sa.CheckConstraint("number > 0", name=op.f("ck_event_months_number")),
    )
    op.create_index("ix_event_months_kind", "event_months", ["kind", "month"])


def _describe_columns() -> list[sa.Column[object]]:
    return [
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("territory", sa.String(20)),
        sa.Column("department", sa.String(20)),
        sa.Column("editor", sa.String(64)),
        sa.Column("mode", sa.String(20)),
        sa.Column("role", sa.String(20)),
        sa.Column("outcome", sa.String(20)),
        sa.Column("amount", sa.Integer()),
        sa.Column("duration_ms", sa.Integer()),
    ]
