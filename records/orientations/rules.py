"""Rules of a new orientation, one row each (F115 to F117)."""

from dataclasses import dataclass
from datetime import datetime

from mappings.bounds import INSTANTS
from mappings.instants import parse_instant
from mappings.records import Kind, Offer
from records.orientations.derivation import derive_start, find_shown_slot
from records.orientations.kinds import ON_A_SLOT, OrientationKind
from records.orientations.values import OrientationRequest
from records.rules import Rule, list_broken_rules

QUARTER = 15
"""Minutes between two hours that can be asked."""
AWAY = "Une absence est déclarée à cette heure : choisissez-en une autre."
AT_AN_HOUR = frozenset({OrientationKind.BEYOND, OrientationKind.REORIENTATION})
"""Kinds whose hour the regulator chooses."""


@dataclass(frozen=True, slots=True)
class AskedOrientation:
    """A request, the offer as it is in the index, and now."""

    request: OrientationRequest
    offer: Offer
    now: datetime

    @property
    def kind(self) -> OrientationKind:
        """The kind that was asked."""
        return self.request.kind

    @property
    def start(self) -> datetime | None:
        """The instant of the orientation."""
        return derive_start(self.request, self.offer)


def is_to_the_wrong_offer(asked: AskedOrientation) -> bool:
    """A solution takes requests and nothing else does."""
    is_request = asked.kind is OrientationKind.CARE_REQUEST
    return is_request != (asked.offer["kind"] == Kind.SOLUTION)


def is_off_the_quarter(asked: AskedOrientation) -> bool:
    """The hour is chosen by quarters."""
    start = asked.start
    return (
        asked.kind in AT_AN_HOUR
        and start is not None
        and (start.minute % QUARTER, start.second, start.microsecond) != (0, 0, 0)
    )


def is_in_the_past(asked: AskedOrientation) -> bool:
    """The instant is over, or of no year of the service."""
    start = asked.start
    return start is not None and (start < asked.now or not INSTANTS.holds(start))


def is_absent(asked: AskedOrientation) -> bool:
    """The professional or the structure announced an absence at that hour."""
    start, offer = asked.start, asked.offer
    if asked.kind not in AT_AN_HOUR or start is None:
        return False
    return offer.get("always_absent", False) or any(
        parse_instant(away["gte"]) <= start < parse_instant(away["lt"])
        for away in offer.get("absences", ())
    )


RULES: tuple[Rule[AskedOrientation], ...] = (
    Rule(
        "kind",
        is_to_the_wrong_offer,
        "Une demande de prise en charge va à une solution de la place de marché, et toute autre "
        "orientation à un professionnel ou à une structure.",
    ),
    Rule(
        "offer",
        lambda asked: (
            asked.kind is OrientationKind.BEYOND and not asked.offer.get("accepts_beyond", False)
        ),
        "Cette offre n'accepte pas de patient en surnuméraire.",
    ),
    Rule(
        "offer",
        lambda asked: (
            asked.kind is OrientationKind.REORIENTATION
            and not asked.offer.get("reorientation", False)
        ),
        "Cette offre ne participe pas à la réorientation.",
    ),
    Rule(
        "start",
        lambda asked: asked.kind in AT_AN_HOUR and asked.request.start is None,
        "Donnez le jour et l'heure de l'orientation.",
    ),
    Rule(
        "start",
        lambda asked: asked.kind not in AT_AN_HOUR and asked.request.start is not None,
        "L'heure ne se donne pas pour cette orientation : c'est celle du créneau.",
    ),
    Rule("start", is_off_the_quarter, "Choisissez une heure au quart d'heure : 14:00, 14:15."),
    Rule("start", is_in_the_past, "Cette heure est passée : choisissez-en une à venir."),
    Rule("start", is_absent, AWAY),
    Rule(
        "slot",
        lambda asked: asked.kind not in ON_A_SLOT and asked.request.slot is not None,
        "Cette orientation ne prend pas de créneau.",
    ),
    Rule(
        "slot",
        lambda asked: (
            asked.kind in ON_A_SLOT and find_shown_slot(asked.request, asked.offer) is None
        ),
        "Ce créneau n'est plus proposé : choisissez-en un autre.",
    ),
)


def find_broken_rules(asked: AskedOrientation) -> list[tuple[str, str]]:
    """Field and sentence of each rule that the request breaks."""
    return list_broken_rules(RULES, asked)
