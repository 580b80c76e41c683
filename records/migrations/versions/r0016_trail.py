"""Audit trail, last loads and corrected rows, which were indices of Elasticsearch before."""

import sqlalchemy as sa
from alembic import op

from records.columns import UtcInstant

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "audit_lines",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("prefix", sa.String(200), nullable=False),
        sa.Column("at", UtcInstant(), nullable=False),
        sa.Column("event", sa.String(40), nullable=False),
        sa.Column("index_name", sa.String(255), nullable=False),
        sa.Column("actor", sa.String(300), nullable=False),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_lines")),
    )
    op.create_index("ix_audit_lines_newest", "audit_lines", ["prefix", "at", "id"])
    op.create_table(
        "last_loads",
        sa.Column("prefix", sa.String(200), nullable=False),
        sa.Column("source", sa.String(200), nullable=False),
        sa.Column("file", sa.Text(), nullable=False),
        sa.Column("edition", sa.Date()),
        sa.Column("rows", sa.BigInteger(), nullable=False),
        sa.Column("bytes", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("loaded_at", UtcInstant(), nullable=False),
        sa.PrimaryKeyConstraint("prefix", "source", name=op.f("pk_last_loads")),
    )
    op.create_table(
        "corrected_rows",
        sa.Column("prefix", sa.String(200), nullable=False),
        sa.Column("key", sa.String(64), nullable=False),
        sa.Column("source", sa.String(200), nullable=False),
        sa.Column("raw", sa.Text(), nullable=False),
        sa.Column("corrected", sa.Text(), nullable=False),
        sa.Column("corrected_at", UtcInstant(), nullable=False),
        sa.PrimaryKeyConstraint("prefix", "key", name=op.f("pk_corrected_rows")),
    )
