"""Accounts, their roles and territories."""

import sqlalchemy as sa
from alembic import op

from records.columns import UtcInstant

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "accounts",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("national_id", sa.String(64)),
        sa.Column("email", sa.String(254)),
        sa.Column("family", sa.String(200), nullable=False),
        sa.Column("given", sa.String(200), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("created_at", UtcInstant(), nullable=False),
        sa.Column("created_by", sa.String(100), nullable=False),
        sa.Column("updated_at", UtcInstant(), nullable=False),
        sa.Column("updated_by", sa.String(100), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_accounts")),
        sa.UniqueConstraint("national_id", name=op.f("uq_accounts_national_id")),
        sa.UniqueConstraint("email", name=op.f("uq_accounts_email")),
        sa.CheckConstraint(
            "national_id IS NOT NULL OR email IS NOT NULL", name=op.f("ck_accounts_identity")
        ),
    )
    op.create_table(
        "account_roles",
        sa.Column("account", sa.String(36), nullable=False),
        sa.Column("role", sa.String(20), nullable=False),
        sa.PrimaryKeyConstraint("account", "role", name=op.f("pk_account_roles")),
        _refer_to_account("account_roles"),
        sa.CheckConstraint(
            "role IN ('OSNP', 'IOA', 'ACCOUNT_MANAGER', 'ADMINISTRATOR')",
            name=op.f("ck_account_roles_role"),
        ),
    )
    op.create_table(
        "account_territories",
        sa.Column("account", sa.String(36), nullable=False),
        sa.Column("territory", sa.String(20), nullable=False),
        sa.PrimaryKeyConstraint("account", "territory", name=op.f("pk_account_territories")),
        _refer_to_account("account_territories"),
    )
    op.create_index(op.f("ix_account_territories_territory"), "account_territories", ["territory"])


def _refer_to_account(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["account"],
        ["accounts.id"],
        name=op.f(f"fk_{table}_account_accounts"),
        ondelete="CASCADE",
    )
