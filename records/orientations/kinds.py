"""Kinds and states of an orientation, and which state may follow which (F115 to F117)."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType


class OrientationKind(StrEnum):
    """What a regulator asks of an offer."""

    SLOT = "slot"
    """A seat of a slot of the SAS agenda."""
    BEYOND = "beyond"
    """An hour beyond the schedule (surnuméraire)."""
    REORIENTATION = "reorientation"
    """An hour at somebody who takes part in re-orientation, from an emergency department."""
    CARE_REQUEST = "care_request"
    """A request to a marketplace solution, without an hour."""
    BOOKING = "booking"
    """A slot of an editor, booked at its own address."""


ON_A_SLOT = frozenset({OrientationKind.SLOT, OrientationKind.BOOKING})
"""Kinds whose hour is that of a slot."""


class OrientationState(StrEnum):
    """Where an orientation is in its life."""

    ASKED = "asked"
    BOOKED = "booked"
    HONOURED = "honoured"
    NOT_HONOURED = "not_honoured"
    CANCELLED = "cancelled"
    EXPIRED = "expired"


OPEN = frozenset({OrientationState.ASKED, OrientationState.BOOKED})
"""States whose outcome is still to come."""
OUTCOMES = frozenset({OrientationState.HONOURED, OrientationState.NOT_HONOURED})
"""What is known once the hour has come."""

FOLLOWING: Mapping[OrientationState, frozenset[OrientationState]] = MappingProxyType(
    {
        OrientationState.ASKED: frozenset(OrientationState) - {OrientationState.ASKED},
        OrientationState.BOOKED: OUTCOMES | {OrientationState.CANCELLED, OrientationState.EXPIRED},
        OrientationState.HONOURED: frozenset(),
        OrientationState.NOT_HONOURED: frozenset(),
        OrientationState.CANCELLED: frozenset(),
        OrientationState.EXPIRED: OUTCOMES,
    }
)
"""States that may follow each; an outcome may come after its day."""
