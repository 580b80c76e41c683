"""The registry of dispatch software, which was a document of Elasticsearch before."""

import sqlalchemy as sa
from alembic import op

from records.columns import UtcInstant

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "dispatch_software",
        sa.Column("origin", sa.String(200), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("written_at", UtcInstant(), nullable=False),
        sa.Column("created_at", UtcInstant(), nullable=False),
        sa.Column("created_by", sa.String(100), nullable=False),
        sa.Column("updated_at", UtcInstant(), nullable=False),
        sa.Column("updated_by", sa.String(100), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("origin", name=op.f("pk_dispatch_software")),
        sa.CheckConstraint("length(origin) > 0", name=op.f("ck_dispatch_software_origin")),
    )
    op.create_index(op.f("ix_dispatch_software_written_at"), "dispatch_software", ["written_at"])
