"""An orientation as it is asked and as it is kept."""

from dataclasses import dataclass
from datetime import datetime

from records.orientations.kinds import ON_A_SLOT, OrientationKind, OrientationState
from records.orientations.tables import OrientationEvent, OrientationRow


@dataclass(frozen=True, slots=True)
class OrientationRequest:
    """All that a regulator says: the rest is derived from the offer and the session (W44).

    ``slot`` is the identifier of a slot of the agenda or of an editor. Raises ``ValueError`` for
    an hour without offset.
    """

    kind: OrientationKind
    offer: str
    start: datetime | None = None
    slot: str | None = None

    def __post_init__(self) -> None:
        if self.start is not None and self.start.tzinfo is None:
            raise ValueError("an instant needs its offset")


@dataclass(frozen=True, slots=True)
class LifeEvent:
    """A state that an orientation came to, when and by whom."""

    state: OrientationState
    at: datetime
    by: str


@dataclass(frozen=True, slots=True)
class Recipient:
    """Who receives the patient: RPPS, FINESS, SIRET or a solution, and where he is."""

    kind: str
    identifier: str
    department: str
    territory: str | None


@dataclass(frozen=True, slots=True)
class Orientation:
    """An orientation with its life, oldest event first. Instants in UTC, zone of the place."""

    id: str
    request: OrientationRequest
    state: OrientationState
    start: datetime | None
    timezone: str
    recipient: Recipient
    regulator: str
    regulator_role: str
    regulator_territory: str | None
    life: tuple[LifeEvent, ...]

    @property
    def asked_at(self) -> datetime:
        """When it was asked."""
        return self.life[0].at

    @property
    def version(self) -> int:
        """What a change names: one more at each step of its life."""
        return len(self.life)


def build_orientation(row: OrientationRow) -> Orientation:
    """The orientation of a row."""
    return Orientation(
        id=row.id,
        request=build_request(row),
        state=OrientationState(row.state),
        start=row.start,
        timezone=row.timezone,
        recipient=Recipient(row.recipient_kind, row.recipient, row.department, row.territory),
        regulator=row.created_by,
        regulator_role=row.regulator_role,
        regulator_territory=row.regulator_territory,
        life=tuple(map(_build_event, row.events)),
    )


def build_request(row: OrientationRow) -> OrientationRequest:
    """What was asked; an hour that is that of a slot is not asked."""
    kind = OrientationKind(row.kind)
    start = None if kind in ON_A_SLOT else row.start
    return OrientationRequest(kind, row.offer, start, row.slot)


def _build_event(row: OrientationEvent) -> LifeEvent:
    return LifeEvent(OrientationState(row.state), row.at, row.by)
