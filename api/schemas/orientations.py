"""Orientations as they are sent and answered."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from api.schemas.cards import Shape
from api.schemas.declarations import DeclarationBody
from api.schemas.instants import InstantText
from mappings.bounds import IDENTIFIER, LONGEST_ID
from records.orientations.kinds import OrientationKind, OrientationState

GivenState = Literal["booked", "honoured", "not_honoured", "cancelled"]
"""States that somebody gives; ``asked`` is the first one, ``expired`` the worker's."""


class OrientationBody(DeclarationBody):
    """What a regulator asks; recipient, territory and regulator are never in it (W44, W45)."""

    kind: OrientationKind
    """`slot`: a seat of the SAS agenda; `beyond` and `reorientation`: an hour that is chosen;
    `care_request`: to a marketplace solution; `booking`: a slot of an editor."""
    offer: Annotated[str, Field(min_length=1, max_length=LONGEST_ID)]
    """Id of the offer, as a search gives it."""
    start: InstantText | None = None
    """For `beyond` and `reorientation`: by quarter of an hour, with its offset."""
    slot: Annotated[str, Field(min_length=1, max_length=IDENTIFIER.longest)] | None = None
    """For `slot` and `booking`: id of the slot, as a search gives it."""


class OrientationStateBody(DeclarationBody):
    """The state that an orientation came to."""

    state: GivenState


class OrientationRecipient(Shape):
    """Who receives the patient, derived from the offer."""

    kind: Literal["professional", "association", "structure", "cpts", "solution"]
    identifier: str
    """RPPS, SIRET, FINESS, or the id of a solution."""
    department: str
    territory: str | None = None


class OrientationStep(Shape):
    """A state that an orientation came to."""

    state: OrientationState
    at: datetime
    by: str
    """The person's national identifier, or the name of the program."""


class KeptOrientation(Shape):
    """An orientation with its life, oldest step first; `ETag` holds its version too."""

    id: str
    kind: OrientationKind
    state: OrientationState
    offer: str
    slot: str | None = None
    start: datetime | None = None
    timezone: str
    """IANA zone of the place."""
    recipient: OrientationRecipient
    regulator: str
    regulator_role: Literal["OSNP", "IOA"]
    regulator_territory: str | None = None
    version: int
    life: list[OrientationStep]


class OrientationList(Shape):
    """Orientations that the caller may read, the latest first."""

    orientations: list[KeptOrientation]
    next: str | None = None
    """What `after` takes for the following ones; absent at the end."""
