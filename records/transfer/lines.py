"""One account and one orientation as a line of JSON, with all that their rows hold."""

from datetime import date
from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

from mappings.bounds import CODE, IDENTIFIER, LONGEST_ID, NAME
from records.accounts.tables import EMAIL
from records.columns import AUTHOR
from records.orientations.kinds import OrientationKind, OrientationState

Uuid = Annotated[str, StringConstraints(pattern=r"^[0-9a-f-]{36}$")]
Author = Annotated[str, StringConstraints(min_length=1, max_length=AUTHOR)]
ShortCode = Annotated[str, StringConstraints(min_length=1, max_length=20)]
Name = Annotated[str, StringConstraints(min_length=1, max_length=NAME.longest)]
LongId = Annotated[str, StringConstraints(min_length=1, max_length=LONGEST_ID)]
SlotId = Annotated[str, StringConstraints(min_length=1, max_length=IDENTIFIER.longest)]
Structure = Annotated[str, StringConstraints(pattern=r"^([0-9AB]{9}|[0-9]{14})$")]
Rpps = Annotated[str, StringConstraints(pattern=r"^[0-9]{11}$")]
AccountRoleName = Literal[
    "OSNP", "IOA", "ACCOUNT_MANAGER", "ADMINISTRATOR", "DELEGATE", "STRUCTURE_MANAGER"
]


class TransferLine(BaseModel):
    """What every line has: who made the row and changed it last."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: Uuid
    created_at: AwareDatetime
    created_by: Author
    updated_at: AwareDatetime
    updated_by: Author
    version: int = Field(ge=1)


class AccountTransfer(TransferLine):
    """One account."""

    national_id: Annotated[str, StringConstraints(max_length=CODE.longest)] | None
    email: Annotated[str, StringConstraints(max_length=EMAIL)] | None
    family: Name
    given: Name
    active: bool
    roles: list[AccountRoleName] = Field(min_length=1)
    territories: list[ShortCode]
    delegations: list[Rpps]
    structures: list[Structure]


class EventTransfer(BaseModel):
    """One step in the life of an orientation."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    state: OrientationState
    at: AwareDatetime
    by: Author


class OrientationTransfer(TransferLine):
    """One orientation."""

    idempotency_key: Uuid
    kind: OrientationKind
    state: OrientationState
    offer: LongId
    person_key: LongId
    asked_day: date
    slot: SlotId | None
    start: AwareDatetime | None
    timezone: Annotated[str, StringConstraints(min_length=1, max_length=64)]
    expires_at: AwareDatetime
    recipient_kind: ShortCode
    recipient: LongId
    department: ShortCode
    territory: ShortCode | None
    regulator_role: ShortCode
    regulator_territory: ShortCode | None
    events: list[EventTransfer] = Field(min_length=1)
