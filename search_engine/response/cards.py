"""The card of an offer, one function a block (design 10). Unknown is absent, never null."""

from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from mappings import codes
from mappings.booking import with_origin
from mappings.codes import Code
from mappings.records import Kind, Offer, StoredSlot
from search_engine.query.opening_hours import find_absence_end, opening_state
from search_engine.query.order.effort import EffortScale, covers_place
from search_engine.request.criteria import VISIBLE_TYPES, Role
from search_engine.request.window import SearchWindow, local_dates, parse_instant

Card = dict[str, Any]
Block = dict[str, Any]

INFORMED_ROLES = frozenset({Role.OSNP, Role.IOA})
"""Who reads the additional information meant for regulators (F104)."""

PLACE_FIELDS = {
    "name": "place_name",
    "lines": "lines",
    "postal_code": "postal_code",
    "city": "city",
    "insee": "insee",
    "department": "department",
    "precision": "precision",
    "timezone": "timezone",
}
"""Name on the card: name in the index."""

SOS_PLACE = frozenset({"postal_code", "city", "insee", "department", "timezone"})
"""Fields shown of the place of an SOS Médecins point: its commune, never its door (F097)."""

SLOT_FIELDS = {
    "slot": "id",
    "start": "start",
    "end": "end",
    "consultation": "consultation",
    "reasons": "reasons",
    "appointment": "appointment",
    "source": "source",
    "seats_max": "seats_max",
}
"""Key of a canonical slot: field of the stored one."""


class CardContext(NamedTuple):
    """The role, window, instant and booking origin with which a card is built."""

    role: Role
    window: SearchWindow
    now: datetime
    origin: str


def card(view: CardContext, offer: Offer, slots: list[StoredSlot], km: float | None = None) -> Card:
    """The card: ``slots`` are those that show, ``km`` given from a patient's point only (F103)."""
    blocks = {
        "id": offer["id"],
        "kind": offer["kind"],
        "structure_kind": offer.get("structure_kind"),
        "category": category(offer),
        "maternity_level": offer.get("maternity_level"),
        "emergency": offer.get("emergency"),
        "title": offer["title"],
        "association": offer.get("association"),
        "practitioner": practitioner(offer),
        "profession": profession(offer),
        "specialties": specialties(offer),
        "sector": offer.get("sector"),
        "optam": offer.get("optam"),
        "vitale": offer.get("vitale"),
        "place": place(offer),
        "distance_km": None if km is None else round(km, 3),
        "phones": offer.get("phones"),
        "open": opening_state(offer, view.now),
        "absent_until": find_absence_end(offer, view.now),
        "participation": participation(offer),
        "accepts_beyond": offer.get("accepts_beyond", False),
        "availability": availability(view, offer, slots),
        "additional_info": offer.get("additional_info") if view.role in INFORMED_ROLES else None,
        "sources": offer["sources"],
    }
    return omit_unknown(blocks)


VISIT_WORDS = {True: "se déplace dans la commune", False: "zone de visite inconnue"}
"""What a card says of home visits: whether the declared coverage holds the patient's commune."""


def home_visit(scale: EffortScale, offer: Offer) -> Block | None:
    """Whether the offer declares to visit the patient's commune; None unless visits are
    searched."""
    if scale.visited is None:
        return None
    covered = covers_place(scale.visited, offer)
    return {"covered": covered, "label": VISIT_WORDS[covered]}


def practitioner(offer: Offer) -> Block | None:
    """Who, for a professional."""
    if offer["kind"] != Kind.PROFESSIONAL:
        return None
    return omit_unknown({name: offer.get(name) for name in ("rpps", "family", "given")})


def profession(offer: Offer) -> Block | None:
    """Code and label of the profession; the code alone when the table does not hold it."""
    code = offer.get("profession")
    return None if code is None else code_block(code, codes.professions(), system=False)


def specialties(offer: Offer) -> list[Block] | None:
    """Codes, systems and labels of the specialities."""
    table = codes.specialties()
    return [code_block(code, table, system=True) for code in offer.get("specialties", [])] or None


def category(offer: Offer) -> Block | None:
    """Code and label of the FINESS category of a structure."""
    code = offer.get("category")
    return None if code is None else code_block(code, codes.structure_categories(), system=False)


def code_block(code: str, table: Mapping[str, Code], *, system: bool) -> Block:
    """Code, label and, if ``system``, its system; the code alone when the table lacks it."""
    found = table.get(code)
    if found is None:
        return {"code": code}
    block = {"code": code, "system": found.system, "label": found.label}
    return block if system else {"code": code, "label": found.label}


def place(offer: Offer) -> Block:
    """Where; only the commune for an SOS Médecins point (F097, W14)."""
    block = {name: offer.get(field) for name, field in PLACE_FIELDS.items()}
    if offer["kind"] == Kind.SOS_POINT:
        return omit_unknown({name: value for name, value in block.items() if name in SOS_PLACE})
    return omit_unknown({**block, **offer.get("point", {})})


def participation(offer: Offer) -> Block:
    """Part in the SAS, through what (F100), and the CPTS when it is through one."""
    if not offer.get("participant", False):
        return {"sas": False}
    finess = next(iter(offer.get("cpts", [])), None)
    cpts = omit_unknown({"finess": finess, "name": offer.get("cpts_name")}) if finess else None
    return omit_unknown({"sas": True, "via": offer.get("via"), "cpts": cpts})


def availability(view: CardContext, offer: Offer, slots: list[StoredSlot]) -> Block:
    """The slots by local date of the place (F075), every date of the window there (W15, W16)."""
    days: dict[str, list[Block]] = {day: [] for day in _dates(view.window, offer["timezone"])}
    for slot in slots:
        shown = slot_block(view, slot, offer["timezone"])
        days.setdefault(shown["start_local"][:10], []).append(shown)
    first = slots[0]["start"] if slots else None
    listed = [{"date": day, "slots": shown} for day, shown in sorted(days.items())]
    return omit_unknown({"next_start": first, "days": listed})


@lru_cache(maxsize=256)
def _dates(window: SearchWindow, zone: str) -> tuple[str, ...]:
    """The dates of the window as texts: the cards of a page share one or two zones."""
    return tuple(day.isoformat() for day in local_dates(window, zone))


@lru_cache(maxsize=4096)
def _local(instant: str, zone: str) -> str:
    """On the wall of the zone: the slots of three days start at the same few hundred instants."""
    return parse_instant(instant).astimezone(ZoneInfo(zone)).isoformat()


def slot_block(view: CardContext, slot: StoredSlot, zone: str) -> Block:
    """The slot with the keys of a canonical one, its local start, and its booking link."""
    visible = VISIBLE_TYPES[view.role]
    block: Block = {key: slot.get(field) for key, field in SLOT_FIELDS.items()}
    block["types"] = [kind for kind in slot["types"] if kind in visible]
    block["start_local"] = _local(slot["start"], zone)
    block["cpts"] = [{"finess": finess} for finess in slot.get("cpts", [])] or None
    block["seats_taken"] = seats_taken(slot)
    link = with_origin(slot["url"], view.origin) if "url" in slot else None
    if link is not None:
        block |= {"url": slot["url"], "url_with_origin": link}
    return omit_unknown(block)


def seats_taken(slot: StoredSlot) -> int | None:
    """Patients already sent, of a slot that counts its seats (F064)."""
    if "seats_max" not in slot or "seats_left" not in slot:
        return None
    return slot["seats_max"] - slot["seats_left"]


def omit_unknown(block: Block) -> Block:
    """The block without what is unknown; zero, false and empty lists are known."""
    return {key: value for key, value in block.items() if value is not None}
