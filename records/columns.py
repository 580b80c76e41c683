"""What every table shares: names of constraints, instants in UTC, who changed a row and when."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import DateTime, Dialect, MetaData, String, TypeDecorator
from sqlalchemy.orm import DeclarativeBase, Mapped, declared_attr, mapped_column

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}
"""Names of constraints, so that a migration can find each."""

AUTHOR = 100
"""Longest identifier of an author: a national identifier, or the name of a program."""


class UtcInstant(TypeDecorator[datetime]):
    """An aware instant, kept in UTC: SQLite has no zone, PostgreSQL has one."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """The instant in UTC; raises ``ValueError`` for a local time."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant needs its offset")
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """The instant in UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    """Every table of the records."""

    metadata = MetaData(naming_convention=NAMES)


class Authored:
    """Columns of a table that people change; the version is the optimistic lock of a row."""

    created_at: Mapped[datetime] = mapped_column(UtcInstant)
    created_by: Mapped[str] = mapped_column(String(AUTHOR))
    updated_at: Mapped[datetime] = mapped_column(UtcInstant)
    updated_by: Mapped[str] = mapped_column(String(AUTHOR))
    version: Mapped[int] = mapped_column(default=1)


class Declared(Authored):
    """Columns of what somebody declares of one subject."""

    written_at: Mapped[datetime] = mapped_column(UtcInstant, index=True)
    """When the row was written, which for a file is after it was said."""

    @declared_attr.directive
    def __mapper_args__(cls) -> dict[str, Any]:  # noqa: N805 (a class attribute)
        """An update of a row that somebody changed meanwhile fails."""
        return {"version_id_col": cls.version}
