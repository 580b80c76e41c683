"""The tables of accounts."""

from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, declared_attr, mapped_column, relationship

from mappings.bounds import CODE, NAME
from records.columns import Authored, Base

UUID = 36
"""Characters of a UUID."""
EMAIL = 254
"""Longest address of mail (RFC 5321)."""


class AccountRow(Authored, Base):
    """One person: by national identifier, or by this technical UUID and an address of mail."""

    __tablename__ = "accounts"
    __table_args__ = (
        UniqueConstraint("national_id"),
        UniqueConstraint("email"),
        CheckConstraint("national_id IS NOT NULL OR email IS NOT NULL", name="identity"),
    )

    id: Mapped[str] = mapped_column(String(UUID), primary_key=True)
    national_id: Mapped[str | None] = mapped_column(String(CODE.longest))
    email: Mapped[str | None] = mapped_column(String(EMAIL))
    family: Mapped[str] = mapped_column(String(NAME.longest))
    given: Mapped[str] = mapped_column(String(NAME.longest))
    active: Mapped[bool]
    roles: Mapped[list["AccountRole"]] = relationship(
        cascade="all, delete-orphan", lazy="selectin", order_by="AccountRole.role"
    )
    territories: Mapped[list["AccountTerritory"]] = relationship(
        cascade="all, delete-orphan", lazy="selectin", order_by="AccountTerritory.territory"
    )
    delegations: Mapped[list["AccountDelegation"]] = relationship(
        cascade="all, delete-orphan", lazy="selectin", order_by="AccountDelegation.rpps"
    )
    structures: Mapped[list["AccountStructure"]] = relationship(
        cascade="all, delete-orphan", lazy="selectin", order_by="AccountStructure.structure"
    )

    @declared_attr.directive
    def __mapper_args__(cls) -> dict[str, Any]:  # noqa: N805 (a class attribute)
        """An update of a row that somebody changed meanwhile fails."""
        return {"version_id_col": cls.version}


class AccountRole(Base):
    """A role that an account holds."""

    __tablename__ = "account_roles"
    __table_args__ = (
        CheckConstraint(
            "role IN ('OSNP', 'IOA', 'ACCOUNT_MANAGER', 'ADMINISTRATOR', 'DELEGATE', "
            "'STRUCTURE_MANAGER')",
            name="role",
        ),
    )

    account: Mapped[str] = mapped_column(
        ForeignKey("accounts.id", ondelete="CASCADE"), primary_key=True
    )
    role: Mapped[str] = mapped_column(String(20), primary_key=True)


class AccountTerritory(Base):
    """A SAS territory of an account."""

    __tablename__ = "account_territories"

    account: Mapped[str] = mapped_column(
        ForeignKey("accounts.id", ondelete="CASCADE"), primary_key=True
    )
    territory: Mapped[str] = mapped_column(String(20), primary_key=True, index=True)


class AccountDelegation(Base):
    """A professional for whom a delegate's account acts, by RPPS."""

    __tablename__ = "account_delegations"
    __table_args__ = (CheckConstraint("length(rpps) = 11", name="rpps"),)

    account: Mapped[str] = mapped_column(
        ForeignKey("accounts.id", ondelete="CASCADE"), primary_key=True
    )
    rpps: Mapped[str] = mapped_column(String(11), primary_key=True)


class AccountStructure(Base):
    """A structure that a manager's account has, by FINESS or SIRET."""

    __tablename__ = "account_structures"
    __table_args__ = (CheckConstraint("length(structure) IN (9, 14)", name="structure"),)

    account: Mapped[str] = mapped_column(
        ForeignKey("accounts.id", ondelete="CASCADE"), primary_key=True
    )
    structure: Mapped[str] = mapped_column(String(14), primary_key=True)
