"""Which build of an index read a change or a file: that index is not given it again."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    """Add the name of the index to messages and files."""
    for table in ("outbox", "imports"):
        op.add_column(table, sa.Column("read_by", sa.String(255)))
