"""Accounts of regulators and of those who manage them, as they are sent and answered."""

from typing import Annotated, Literal

from pydantic import Field

from api.schemas.cards import Shape
from api.schemas.declarations import DeclarationBody, Kept
from mappings.bounds import CODE, FEW, NAME, SOME
from mappings.formats import FinessText, RppsText, SiretText
from records.accounts.store import Outcome
from records.accounts.tables import EMAIL

AccountRoleName = Literal[
    "OSNP", "IOA", "ACCOUNT_MANAGER", "ADMINISTRATOR", "DELEGATE", "STRUCTURE_MANAGER"
]
Roles = Annotated[list[AccountRoleName], Field(max_length=FEW.most)]
TerritoryName = Annotated[str, Field(max_length=CODE.longest)]
Territories = Annotated[list[TerritoryName], Field(max_length=FEW.most)]
Delegations = Annotated[list[RppsText], Field(max_length=SOME.most)]
Structures = Annotated[list[FinessText | SiretText], Field(max_length=SOME.most)]
NationalId = Annotated[str, Field(max_length=CODE.longest)]
Email = Annotated[str, Field(max_length=EMAIL)]
PersonName = Annotated[str, Field(max_length=NAME.longest)]


class AccountBody(DeclarationBody):
    """A new account: by national identifier or, without one, by an address of mail."""

    national_id: NationalId | None = None
    """That of the CPx; a bare RPPS gets its prefix."""
    email: Email | None = None
    family: PersonName
    given: PersonName
    roles: Roles
    territories: Territories = Field(default_factory=list)
    """SAS territories, `SAS-48`; an administrator, a delegate, a structure manager need none."""
    delegations: Delegations = Field(default_factory=list)
    """RPPS of the professionals for whom a delegate acts."""
    structures: Structures = Field(default_factory=list)
    """FINESS, or SIRET of SOS associations, of a structure manager."""


class AccountChangeBody(DeclarationBody):
    """What changes of an account; a member left out stays as it is."""

    national_id: NationalId | None = None
    email: Email | None = None
    family: PersonName = ""
    given: PersonName = ""
    roles: Roles = Field(default_factory=list)
    territories: Territories = Field(default_factory=list)
    delegations: Delegations = Field(default_factory=list)
    structures: Structures = Field(default_factory=list)
    active: bool = True
    """False closes the account: it opens nothing any more."""


class KeptAccount(Kept):
    """An account as it is kept."""

    id: str
    """Technical UUID: what paths take, so that no address holds a person's number."""
    national_id: str | None = None
    email: str | None = None
    family: str
    given: str
    roles: list[AccountRoleName]
    territories: list[str]
    delegations: list[str]
    structures: list[str]
    active: bool


class AccountList(Shape):
    """Accounts that the caller sees, by name."""

    accounts: list[KeptAccount]
    next: str | None = None
    """What `after` takes for the following ones; absent at the end."""


class AccountLineReport(Shape):
    """What became of one line of a file."""

    line: int
    outcome: Outcome
    reason: str | None = None
    """In French, for a refused line."""


class AccountImport(Shape):
    """How many lines became what, and each of them."""

    created: int
    changed: int
    unchanged: int
    refused: int
    lines: list[AccountLineReport]
