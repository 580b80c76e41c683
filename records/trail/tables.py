"""The tables of what happened to the index of offers. ``prefix`` is that of the service's indices,
empty without one."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, Date, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from records.columns import Base, UtcInstant

PREFIX, INDEX = 200, 255
"""Longest prefix and longest name of an index."""


class AuditLine(Base):
    """One event of an index: lines are added, none is changed."""

    __tablename__ = "audit_lines"
    __table_args__ = (Index("ix_audit_lines_newest", "prefix", "at", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    prefix: Mapped[str] = mapped_column(String(PREFIX))
    at: Mapped[datetime] = mapped_column(UtcInstant)
    event: Mapped[str] = mapped_column(String(40))
    index_name: Mapped[str] = mapped_column(String(INDEX))
    actor: Mapped[str] = mapped_column(String(300))
    """``user@host``."""
    details: Mapped[dict[str, Any]] = mapped_column(JSON)


class LastSourceLoad(Base):
    """The last completed load of one source."""

    __tablename__ = "last_loads"

    prefix: Mapped[str] = mapped_column(String(PREFIX), primary_key=True)
    source: Mapped[str] = mapped_column(String(200), primary_key=True)
    file: Mapped[str] = mapped_column(Text)
    edition: Mapped[date | None] = mapped_column(Date)
    rows: Mapped[int] = mapped_column(BigInteger)
    bytes: Mapped[int] = mapped_column(BigInteger)
    sha256: Mapped[str] = mapped_column(String(64))
    loaded_at: Mapped[datetime] = mapped_column(UtcInstant)


class CorrectedRow(Base):
    """The corrected row of a damaged one, by the SHA-256 of source and damage."""

    __tablename__ = "corrected_rows"

    prefix: Mapped[str] = mapped_column(String(PREFIX), primary_key=True)
    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    source: Mapped[str] = mapped_column(String(200))
    raw: Mapped[str] = mapped_column(Text)
    corrected: Mapped[str] = mapped_column(Text)
    corrected_at: Mapped[datetime] = mapped_column(UtcInstant)
