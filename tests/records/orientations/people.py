"""Regulators, offers and orientations of the tests."""

import uuid
from datetime import datetime, timedelta
from typing import Any, cast

from mappings.instants import utc_text
from mappings.records import Offer
from mappings.roles import UserRole
from records.access import OPERATOR, Actor
from records.database import Database
from records.orientations.ask import AskedBy, ask_orientation
from records.orientations.kinds import OrientationKind
from records.orientations.values import Orientation, OrientationRequest
from tests.records.samples import ANNE, BRUNO, NOW

CPTS, SIRET = "480000041", "77567227233016"
HERE, THERE = "SAS-48", "SAS-30"


def build_actor(name: str, *roles: UserRole, territories: tuple[str, ...] = (HERE,)) -> Actor:
    """Somebody with an account."""
    return Actor(name, frozenset(roles), frozenset(territories))


CLAIRE = build_actor("810100000411", UserRole.OSNP)
DENIS = build_actor("810100000429", UserRole.OSNP, territories=(THERE,))
IRIS = build_actor("810100000437", UserRole.IOA)
MANAGER = build_actor("810100000445", UserRole.ACCOUNT_MANAGER)
FAR_MANAGER = build_actor("810100000452", UserRole.ACCOUNT_MANAGER, territories=(THERE,))
DOCTOR, OTHER_DOCTOR = Actor(ANNE), Actor(BRUNO)
PEOPLE = {
    "osnp": CLAIRE,
    "other_osnp": DENIS,
    "ioa": IRIS,
    "manager": MANAGER,
    "far_manager": FAR_MANAGER,
    "doctor": DOCTOR,
    "other_doctor": OTHER_DOCTOR,
    "operator": OPERATOR,
    "nobody": Actor("810100000460", frozenset({UserRole.OTHER})),
}

TOMORROW = NOW + timedelta(days=1)
SLOT_ID = "creneau-1"


def build_offer(rpps: str = ANNE, **fields: Any) -> Offer:
    """A professional of Mende who accepts patients beyond the schedule, with an editor's slot."""
    slot = {
        "id": SLOT_ID,
        "start": utc_text(TOMORROW),
        "types": ["SNP"],
        "url": "https://rdv.example/1",
    }
    offer = {
        "id": f"rpps:{rpps}@3480000000001",
        "kind": "professional",
        "rpps": rpps,
        "timezone": "Europe/Paris",
        "department": "48",
        "territory": HERE,
        "accepts_beyond": True,
        "reorientation": True,
        "slots": [slot],
        **fields,
    }
    return cast("Offer", offer)


def build_solution() -> Offer:
    """A marketplace solution."""
    solution = {
        "id": "solution:medadom:48",
        "kind": "solution",
        "timezone": "Europe/Paris",
        "department": "48",
    }
    return cast("Offer", solution)


def ask(
    database: Database,
    actor: Actor = CLAIRE,
    offer: Offer | None = None,
    *,
    kind: OrientationKind = OrientationKind.BEYOND,
    key: str | None = None,
    now: datetime = NOW,
    **values: Any,
) -> Orientation:
    """An orientation beyond availability for tomorrow, unless told otherwise."""
    chosen = offer or build_offer()
    at_an_hour = kind in (OrientationKind.BEYOND, OrientationKind.REORIENTATION)
    asked = {"start": TOMORROW, **values} if at_an_hour else values
    request = OrientationRequest(kind, chosen["id"], **asked)
    by = AskedBy(actor, key or str(uuid.uuid4()), now)
    return ask_orientation(database, by, request, lambda _: chosen)
