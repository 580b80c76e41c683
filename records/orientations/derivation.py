"""What the service derives from the offer and the regulator, and nobody writes (W44, W45, F119)."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from mappings.instants import parse_instant
from mappings.records import Kind, Offer, StoredSlot
from records.access import Actor
from records.agenda.occurrences import OccurrenceKey, format_occurrence_id, parse_occurrence_id
from records.orientations.kinds import ON_A_SLOT, OrientationKind
from records.orientations.values import OrientationRequest, Recipient

RECIPIENTS = (
    (Kind.PROFESSIONAL, "rpps", "professional"),
    (Kind.SOS_POINT, "siret", "association"),
    (Kind.STRUCTURE, "finess", "structure"),
    (Kind.CPTS, "finess", "cpts"),
    (Kind.SOLUTION, "id", "solution"),
)
"""Kind of offer, the field that names its recipient, and the kind of recipient."""


def derive_recipient(kind: OrientationKind, offer: Offer) -> Recipient:
    """Who receives the patient; beyond availability, the CPTS of a professional who has one (F117).

    The territory is that of the offer, whatever the regulator's.
    """
    cpts = offer.get("cpts", [])
    if kind is OrientationKind.BEYOND and offer["kind"] == Kind.PROFESSIONAL and cpts:
        return Recipient("cpts", cpts[0], offer["department"], offer.get("territory"))
    field, name = next((field, name) for held, field, name in RECIPIENTS if held == offer["kind"])
    identifier = str(offer.get(field) or offer["id"])
    return Recipient(name, identifier, offer["department"], offer.get("territory"))


def derive_regulator_territory(actor: Actor, offer: Offer) -> str | None:
    """The regulator's own territory: that of the offer when it is his, else his first one."""
    if offer.get("territory") in actor.territories:
        return offer["territory"]
    return min(actor.territories, default=None)


def derive_start(request: OrientationRequest, offer: Offer) -> datetime | None:
    """The instant of the orientation; that of its slot when it has one."""
    if request.kind not in ON_A_SLOT:
        return request.start and request.start.astimezone(UTC)
    slot = find_shown_slot(request, offer)
    return parse_instant(slot["start"]) if slot else None


def find_shown_slot(request: OrientationRequest, offer: Offer) -> StoredSlot | None:
    """The slot that was chosen, if it shows: of the SAS agenda, or with an editor's address."""
    of_agenda = request.kind is OrientationKind.SLOT
    return next(
        (
            slot
            for slot in offer.get("slots", ())
            if slot["id"] == request.slot
            and slot["types"]
            and (is_of_agenda(slot["id"]) if of_agenda else "url" in slot)
        ),
        None,
    )


def is_of_agenda(slot_id: str) -> bool:
    """True for an occurrence of the SAS agenda; no slot of an editor has such an id."""
    try:
        return bool(parse_slot_occurrence(slot_id))
    except ValueError:
        return False


def parse_slot_occurrence(slot_id: str) -> OccurrenceKey:
    """The occurrence that a slot of the index shows; raises ``ValueError``."""
    return parse_occurrence_id(slot_id.partition(":")[2])


def derive_day(offer: Offer, now: datetime) -> date:
    """The day that it is at the place."""
    return now.astimezone(ZoneInfo(offer["timezone"])).date()


def rename_slot(slot_id: str, key: OccurrenceKey) -> str:
    """A slot of the index under the name of another occurrence, of the same source."""
    return f"{slot_id.partition(':')[0]}:{format_occurrence_id(key)}"
