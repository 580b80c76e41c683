"""The table of the keys of programs."""

from datetime import datetime

from sqlalchemy import JSON, CheckConstraint, String
from sqlalchemy.orm import Mapped, mapped_column

from records.columns import AUTHOR, Base, UtcInstant
from records.keys.values import KEY_NAME


class ApiKeyRow(Base):
    """One key, by the identifier that is part of it; a revoked one stays, and opens nothing."""

    __tablename__ = "api_keys"
    __table_args__ = (
        CheckConstraint("length(id) = 12", name="id"),
        CheckConstraint("length(salt) = 32 AND length(digest) = 64", name="digest"),
        CheckConstraint("(revoked_at IS NULL) = (revoked_by IS NULL)", name="revoked"),
    )

    id: Mapped[str] = mapped_column(String(12), primary_key=True)
    name: Mapped[str] = mapped_column(String(KEY_NAME))
    roles: Mapped[list[str]] = mapped_column(JSON)
    salt: Mapped[str] = mapped_column(String(32))
    digest: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(UtcInstant)
    created_by: Mapped[str] = mapped_column(String(AUTHOR))
    revoked_at: Mapped[datetime | None] = mapped_column(UtcInstant)
    revoked_by: Mapped[str | None] = mapped_column(String(AUTHOR))
