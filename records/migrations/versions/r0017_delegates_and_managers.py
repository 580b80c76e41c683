"""For whom a delegate's account acts, and which structures a manager's has."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"

ROLES = "'OSNP', 'IOA', 'ACCOUNT_MANAGER', 'ADMINISTRATOR', 'DELEGATE', 'STRUCTURE_MANAGER'"


def upgrade() -> None:
    """Create the tables; two roles more may be held."""
    name = op.f("ck_account_roles_role")
    with op.batch_alter_table("account_roles") as table:
        table.drop_constraint(name, type_="check")
        table.create_check_constraint(name, f"role IN ({ROLES})")
    op.create_table(
        "account_delegations",
        sa.Column("account", sa.String(36), nullable=False),
        sa.Column("rpps", sa.String(11), nullable=False),
        sa.PrimaryKeyConstraint("account", "rpps", name=op.f("pk_account_delegations")),
        _refer_to_account("account_delegations"),
        sa.CheckConstraint("length(rpps) = 11", name=op.f("ck_account_delegations_rpps")),
    )
    op.create_table(
        "account_structures",
        sa.Column("account", sa.String(36), nullable=False),
        sa.Column("structure", sa.String(14), nullable=False),
        sa.PrimaryKeyConstraint("account", "structure", name=op.f("pk_account_structures")),
        _refer_to_account("account_structures"),
        sa.CheckConstraint(
            "length(structure) IN (9, 14)", name=op.f("ck_account_structures_structure")
        ),
    )


def _refer_to_account(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["account"],
        ["accounts.id"],
        name=op.f(f"fk_{table}_account_accounts"),
        ondelete="CASCADE",
    )
