"""Settings of professionals, the outbox, and the files that came in."""

import sqlalchemy as sa
from alembic import op

from records.columns import UtcInstant

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Create the first tables."""
    in_use = "NOT participation OR "
    op.create_table(
        "professional_settings",
        sa.Column("rpps", sa.String(11), nullable=False),
        sa.Column("participation", sa.Boolean(), nullable=False),
        sa.Column("via", sa.Integer()),
        sa.Column("finess", sa.String(9)),
        sa.Column("siret", sa.String(14)),
        sa.Column("has_software", sa.Boolean()),
        sa.Column("hours_available", sa.Boolean()),
        sa.Column("editor_disabled", sa.Boolean(), nullable=False),
        sa.Column("reorientation", sa.Boolean(), nullable=False),
        sa.Column("additional_info", sa.Text(), nullable=False),
        sa.Column("written_at", UtcInstant(), nullable=False),
        *_author_columns(),
        sa.PrimaryKeyConstraint("rpps", name=op.f("pk_professional_settings")),
        sa.CheckConstraint("length(rpps) = 11", name=op.f("ck_professional_settings_rpps")),
        sa.CheckConstraint("via BETWEEN 1 AND 4", name=op.f("ck_professional_settings_via")),
        sa.CheckConstraint(
            f"{in_use}via IS NOT NULL", name=op.f("ck_professional_settings_via_of_participant")
        ),
        sa.CheckConstraint(
            f"{in_use}via NOT IN (2, 3) OR finess IS NOT NULL",
            name=op.f("ck_professional_settings_finess_of_via"),
        ),
        sa.CheckConstraint(
            f"{in_use}via <> 4 OR siret IS NOT NULL",
            name=op.f("ck_professional_settings_siret_of_via"),
        ),
    )
    op.create_index("ix_professional_settings_finess", "professional_settings", ["finess", "via"])
    op.create_index(
        op.f("ix_professional_settings_written_at"), "professional_settings", ["written_at"]
    )
    op.create_table(
        "professional_locations",
        sa.Column("rpps", sa.String(11), nullable=False),
        sa.Column("idnst", sa.String(15), nullable=False),
        sa.PrimaryKeyConstraint("rpps", "idnst", name=op.f("pk_professional_locations")),
        sa.ForeignKeyConstraint(
            ["rpps"],
            ["professional_settings.rpps"],
            name=op.f("fk_professional_locations_rpps_professional_settings"),
            ondelete="CASCADE",
        ),
    )
    op.create_table(
        "outbox",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("key", sa.String(60), nullable=False),
        sa.Column("created_at", UtcInstant(), nullable=False),
        sa.Column("not_before", UtcInstant(), nullable=False),
        sa.Column("tries", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("last_error", sa.String(1000)),
        sa.Column("dead_at", UtcInstant()),
        sa.Column("lease_until", UtcInstant()),
        sa.Column("lease_owner", sa.String(100)),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
        sa.CheckConstraint("tries >= 0", name=op.f("ck_outbox_tries")),
    )
    op.create_index("ix_outbox_due", "outbox", ["dead_at", "not_before"])
    op.create_index("ix_outbox_order", "outbox", ["kind", "key", "id"])
    op.create_table(
        "imports",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("imported_at", UtcInstant(), nullable=False),
        sa.Column("imported_by", sa.String(100), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_imports")),
    )
    op.create_index(op.f("ix_imports_kind"), "imports", ["kind"])
    op.create_table(
        "projected_indices",
        sa.Column("alias", sa.String(200), nullable=False),
        sa.Column("index_name", sa.String(255), nullable=False),
        sa.PrimaryKeyConstraint("alias", name=op.f("pk_projected_indices")),
    )


def _author_columns() -> list[sa.Column[object]]:
    return [
        sa.Column("created_at", UtcInstant(), nullable=False),
        sa.Column("created_by", sa.String(100), nullable=False),
        sa.Column("updated_at", UtcInstant(), nullable=False),
        sa.Column("updated_by", sa.String(100), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
    ]
