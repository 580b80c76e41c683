"""Keys of creations, each with what it made."""

import sqlalchemy as sa
from alembic import op

from records.columns import UtcInstant

revision = "0011"
down_revision = "0007"


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "creation_keys",
        sa.Column("author", sa.String(100), nullable=False),
        sa.Column("key", sa.String(36), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("made", sa.String(512), nullable=False),
        sa.Column("at", UtcInstant(), nullable=False),
        sa.PrimaryKeyConstraint("author", "key", name=op.f("pk_creation_keys")),
    )
