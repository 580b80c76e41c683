"""Keys of programs, which were a file before."""

import sqlalchemy as sa
from alembic import op

from records.columns import UtcInstant

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "api_keys",
        sa.Column("id", sa.String(12), nullable=False),
        sa.Column("name", sa.String(60), nullable=False),
        sa.Column("roles", sa.JSON(), nullable=False),
        sa.Column("salt", sa.String(32), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("created_at", UtcInstant(), nullable=False),
        sa.Column("created_by", sa.String(100), nullable=False),
        sa.Column("revoked_at", UtcInstant()),
        sa.Column("revoked_by", sa.String(100)),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_keys")),
        sa.CheckConstraint("length(id) = 12", name=op.f("ck_api_keys_id")),
        sa.CheckConstraint(
            "length(salt) = 32 AND length(digest) = 64", name=op.f("ck_api_keys_digest")
        ),
        sa.CheckConstraint(
            "(revoked_at IS NULL) = (revoked_by IS NULL)", name=op.f("ck_api_keys_revoked")
        ),
    )
