"""An account as it is given and as it is kept, and what it must hold."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from geography.departments import departments
from mappings.bounds import CODE, NAME
from mappings.identifiers import as_finess, as_idnps, as_rpps, as_siret, compact
from mappings.roles import UserRole
from records.access import Actor, name_person
from records.accounts.errors import AccountClosed
from records.accounts.tables import EMAIL, AccountRow
from records.rules import Rule, list_broken_rules

ACCOUNT_ROLES = (
    UserRole.OSNP,
    UserRole.IOA,
    UserRole.ACCOUNT_MANAGER,
    UserRole.ADMINISTRATOR,
    UserRole.DELEGATE,
    UserRole.STRUCTURE_MANAGER,
)
"""Roles that an account may hold."""

WITHOUT_TERRITORY = frozenset(
    {UserRole.ADMINISTRATOR, UserRole.DELEGATE, UserRole.STRUCTURE_MANAGER}
)
"""Roles that need no territory."""

_MAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_NATIONAL = re.compile(r"[0-9A-Z/]{8,}")


@dataclass(frozen=True, slots=True)
class AccountValues:
    """What an account says of a person."""

    national_id: str | None
    email: str | None
    family: str
    given: str
    roles: frozenset[str]
    territories: frozenset[str]
    delegations: frozenset[str] = frozenset()
    """RPPS of the professionals for whom a delegate acts."""
    structures: frozenset[str] = frozenset()
    """FINESS, or SIRET of SOS associations, of a structure manager."""


@dataclass(frozen=True, slots=True)
class AccountChange:
    """What replaces the values of an account, by field, and whether it is open; None keeps it."""

    given: Mapping[str, Any]
    active: bool | None = None

    def apply(self, kept: AccountValues) -> AccountValues:
        """The values after the change, in one writing."""
        values = {name: getattr(kept, name) for name in AccountValues.__slots__}
        merged = {**values, **self.given}
        return normalize_values(**{name: value or "" for name, value in merged.items()})


@dataclass(frozen=True, slots=True)
class PersonAccount:
    """An account as it is kept."""

    id: str
    values: AccountValues
    active: bool
    version: int
    updated_at: datetime
    updated_by: str


def normalize_values(
    *,
    national_id: str = "",
    email: str = "",
    family: str = "",
    given: str = "",
    roles: Iterable[str] = (),
    territories: Iterable[str] = (),
    delegations: Iterable[str] = (),
    structures: Iterable[str] = (),
) -> AccountValues:
    """The values in one writing: ``8`` before a bare RPPS, addresses of mail in small letters."""
    return AccountValues(
        normalize_national_id(national_id) or None,
        email.strip().lower() or None,
        family.strip(),
        given.strip(),
        frozenset(role.strip().upper() for role in roles),
        frozenset(territory.strip().upper() for territory in territories),
        frozenset(as_rpps(rpps) or compact(rpps) for rpps in delegations),
        frozenset(map(compact, structures)),
    )


def normalize_national_id(text: str) -> str:
    """The identifier as Pro Santé Connect gives it: ``8`` and an RPPS, or another CPx."""
    rpps = as_rpps(text)
    return (rpps and as_idnps(rpps)) or compact(text)


def build_actor(account: PersonAccount) -> Actor:
    """Who acts with this account: by RPPS without prefix as a professional, else as identified."""
    values = account.values
    identity = name_person(values.national_id) if values.national_id else account.id
    roles = frozenset(map(UserRole, values.roles))
    return Actor(identity, roles, values.territories, values.delegations, values.structures)


def apply_account(signed_in: Actor, account: PersonAccount | None) -> Actor:
    """Somebody who signed in, with the roles and territories of his account if he has one.

    Roles that no account holds stay those of his sign-in. Raises ``AccountClosed``.
    """
    if account is None:
        return signed_in
    if not account.active:
        raise AccountClosed
    acts = build_actor(account)
    others = signed_in.roles - frozenset(ACCOUNT_ROLES)
    return replace(acts, id=signed_in.id, roles=others | acts.roles)


def build_account(row: AccountRow) -> PersonAccount:
    """The account of a row."""
    values = AccountValues(
        row.national_id,
        row.email,
        row.family,
        row.given,
        frozenset(one.role for one in row.roles),
        frozenset(one.territory for one in row.territories),
        frozenset(one.rpps for one in row.delegations),
        frozenset(one.structure for one in row.structures),
    )
    return PersonAccount(row.id, values, row.active, row.version, row.updated_at, row.updated_by)


def is_mail_wrong(values: AccountValues) -> bool:
    """No address of mail, or a longer one than mail knows."""
    mail = values.email
    return mail is not None and (len(mail) > EMAIL or not _MAIL.fullmatch(mail))


def is_national_id_wrong(values: AccountValues) -> bool:
    """Digits, capitals and slashes alone make a national identifier."""
    national = values.national_id
    return national is not None and (
        len(national) > CODE.longest or not _NATIONAL.fullmatch(national)
    )


def needs_territory(values: AccountValues) -> bool:
    """An administrator acts everywhere, a delegate and a structure manager on what they have."""
    return not values.roles <= WITHOUT_TERRITORY and not values.territories


def is_delegation_wrong(values: AccountValues) -> bool:
    """A delegate acts for somebody, nobody else does, and each is a professional."""
    delegates = UserRole.DELEGATE in values.roles
    known = all(as_rpps(rpps) == rpps for rpps in values.delegations)
    return delegates != bool(values.delegations) or not known


def is_structure_wrong(values: AccountValues) -> bool:
    """A structure manager has a structure, nobody else has one, and each has its identifier."""
    manages = UserRole.STRUCTURE_MANAGER in values.roles
    known = all(as_finess(one) == one or as_siret(one) == one for one in values.structures)
    return manages != bool(values.structures) or not known


def list_territories() -> frozenset[str]:
    """Every SAS territory."""
    return frozenset(one.territory for one in departments().values())


RULES: tuple[Rule[AccountValues], ...] = (
    Rule(
        "national_id",
        lambda values: not values.national_id and not values.email,
        "Donnez un identifiant national, ou à défaut une adresse de messagerie.",
    ),
    Rule(
        "national_id",
        is_national_id_wrong,
        "L'identifiant national a au moins 8 chiffres, majuscules ou barres : celui de la CPx.",
    ),
    Rule("email", is_mail_wrong, "Écrivez l'adresse de messagerie ainsi : prenom.nom@exemple.fr."),
    Rule(
        "family",
        lambda values: not 0 < len(values.family) <= NAME.longest,
        f"Donnez le nom, {NAME.longest} caractères au plus.",
    ),
    Rule(
        "given",
        lambda values: not 0 < len(values.given) <= NAME.longest,
        f"Donnez le prénom, {NAME.longest} caractères au plus.",
    ),
    Rule(
        "roles",
        lambda values: not values.roles or not values.roles <= frozenset(ACCOUNT_ROLES),
        f"Donnez au moins un rôle parmi {', '.join(ACCOUNT_ROLES)}.",
    ),
    Rule("territories", needs_territory, "Donnez au moins un territoire SAS, comme SAS-48."),
    Rule(
        "territories",
        lambda values: not values.territories <= list_territories(),
        "Un de ces territoires n'existe pas : SAS- et le code du département, comme SAS-2A.",
    ),
    Rule(
        "delegations",
        is_delegation_wrong,
        "Un délégataire (DELEGATE), et lui seul, agit pour des professionnels : leurs RPPS.",
    ),
    Rule(
        "structures",
        is_structure_wrong,
        "Un gestionnaire de structures (STRUCTURE_MANAGER), et lui seul, a des structures : "
        "leurs FINESS, ou le SIRET d'une association SOS.",
    ),
)


def find_broken_rules(values: AccountValues) -> list[tuple[str, str]]:
    """Field and sentence of each rule that the values break."""
    return list_broken_rules(RULES, values)
