"""The effort of an offer in plain arithmetic, from its stored data: apart from the engine's own.

effort = travel - credits + debits, in minutes (``docs/explanation/ranking.md``, ``relevance.md``).
What the order counts for a caller's own doctor or for orientations of the day is left out: no
patient here has either.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, time, timedelta
from math import floor
from types import MappingProxyType
from typing import NamedTuple
from zoneinfo import ZoneInfo

from geography.density import DensityClass
from geography.distance import distance_km
from geography.ground import Ground, is_beyond_water, measure_detour
from mappings.records import Kind, Offer, Precision, SlotType, StoredSlot, StructureKind
from search_engine.query.opening_hours import opening_state

BAND_MINUTES = 3
"""Efforts within one band are equal: drawn."""

MINUTES_PER_KM: Mapping[DensityClass, float] = MappingProxyType(
    {
        DensityClass.DENSE: 3.0,
        DensityClass.URBAN: 2.0,
        DensityClass.MIXED: 1.4,
        DensityClass.RURAL: 1.1,
    }
)
SEEN_WITHIN: tuple[tuple[int, int], ...] = ((1, 26), (2, 23), (4, 20), (12, 16), (24, 6), (48, 2))
"""(hours, credit), the soonest first."""
NEXT_DAY_HOURS = 24
"""At night the best row of what starts after the morning."""
TYPE_CREDIT: Mapping[str, int] = MappingProxyType(
    {SlotType.SNP: 4, SlotType.CPTS: 3, SlotType.PRO: 1}
)
TYPE_HOURS = 24
CERTAIN_CREDIT, PARTICIPANT_CREDIT, COMMUNE_ONLY_DEBIT = 3, 8, 2
EVENING, MORNING = time(20), time(8)


class EffortRows(NamedTuple):
    """The rows of one offer in minutes: ``travel`` and ``rough`` are paid, the others credited."""

    travel: float
    seen: int = 0
    slot_type: int = 0
    certain: int = 0
    participation: int = 0
    rough: int = 0

    @property
    def effort(self) -> float:
        """Their sum, unrounded."""
        credits = self.seen + self.slot_type + self.certain + self.participation
        return self.travel + self.rough - credits

    @property
    def band(self) -> int:
        """The band of the effort."""
        return floor(self.effort / BAND_MINUTES)


class PatientPoint(NamedTuple):
    """Where and when a patient calls, and the end of the window of his search."""

    lat: float
    lon: float
    now: datetime
    until: datetime
    density: DensityClass
    ground: Ground


class WeighedOffer(NamedTuple):
    """An offer as it counts for one patient.

    ``start`` is the first instant at which it can see somebody in person, None for never.
    ``across`` says that water lies between.
    """

    id: str
    person: str
    cpts: tuple[str, ...]
    km: float
    start: datetime | None
    rows: EffortRows
    across: bool


def weigh_offer(patient: PatientPoint, offer: Offer) -> WeighedOffer:
    """The rows of an offer: time, type and certainty are those of its one best slot."""
    km = distance_km(patient.lat, patient.lon, offer["point"]["lat"], offer["point"]["lon"])
    ground = Ground(offer.get("landmass", patient.ground.landmass), tuple(offer.get("zone", ())))
    detour = measure_detour(patient.ground, ground)
    slots = select_slots(patient, offer)
    starts = [parse_start(slot) for slot in slots]
    moments = [_weigh_slot(patient, offer, slot) for slot in slots]
    if is_open_without_appointment(patient, offer):
        starts.append(patient.now)
        moments.append((SEEN_WITHIN[0][1], 0, 0))
    seen, slot_type, certain = max(moments, key=sum, default=(0, 0, 0))
    rows = EffortRows(
        km * MINUTES_PER_KM[patient.density] + detour,
        seen,
        slot_type,
        certain,
        PARTICIPANT_CREDIT if takes_part(offer) else 0,
        COMMUNE_ONLY_DEBIT if offer.get("precision") == Precision.MUNICIPALITY else 0,
    )
    return WeighedOffer(
        offer["id"],
        offer.get("rpps", offer["id"]),
        tuple(offer.get("cpts", ())),
        km,
        min(starts, default=None),
        rows,
        is_beyond_water(patient.ground, ground),
    )


def select_slots(patient: PatientPoint, offer: Offer) -> list[StoredSlot]:
    """The free slots of the window in which a patient is seen in person."""
    return [slot for slot in offer.get("slots", ()) if _is_free(patient, slot)]


def _is_free(patient: PatientPoint, slot: StoredSlot) -> bool:
    remote_only = set(slot.get("consultation", ())) == {"VR"}
    free = slot.get("seats_left", 1) > 0 and bool(slot["types"]) and not remote_only
    return free and patient.now <= parse_start(slot) <= patient.until


def parse_start(slot: StoredSlot) -> datetime:
    """The first instant of a slot."""
    return datetime.fromisoformat(slot["start"])


def _weigh_slot(patient: PatientPoint, offer: Offer, slot: StoredSlot) -> tuple[int, int, int]:
    start = parse_start(slot)
    soon = start - patient.now <= timedelta(hours=TYPE_HOURS)
    kinds = max((TYPE_CREDIT.get(kind, 0) for kind in slot["types"]), default=0)
    bookable = "seats_left" in slot or "url" in slot
    seen = credit_start(patient.now, start, offer["timezone"])
    return seen, kinds if soon else 0, CERTAIN_CREDIT if bookable else 0


def credit_start(now: datetime, start: datetime, zone: str) -> int:
    """Credit of how soon a slot starts; at night what starts after 08:00 is for the next day."""
    morning = find_morning(now, zone)
    hours = (start - now) / timedelta(hours=1)
    if morning is not None and start > morning:
        hours = max(hours, NEXT_DAY_HOURS) if hours <= NEXT_DAY_HOURS else hours
    return next((credit for limit, credit in SEEN_WITHIN if hours <= limit), 0)


def find_morning(now: datetime, zone: str) -> datetime | None:
    """The 08:00 that ends the night of the place, None by day."""
    local = now.astimezone(ZoneInfo(zone))
    if MORNING <= local.time() < EVENING:
        return None
    day = local.date() + timedelta(days=1 if local.time() >= EVENING else 0)
    return datetime.combine(day, MORNING, ZoneInfo(zone))


def is_duty_place(offer: Offer) -> bool:
    """A place that sees whoever comes while it is open."""
    duty = offer.get("structure_kind") == StructureKind.UNSCHEDULED_CARE
    return duty or offer["kind"] == Kind.SOS_POINT


def is_open_without_appointment(patient: PatientPoint, offer: Offer) -> bool:
    """Whether a duty place is open at the instant of the call."""
    state = opening_state(offer, patient.now) if is_duty_place(offer) else None
    return state is not None and state["now"]


def takes_part(offer: Offer) -> bool:
    """Takes part in the SAS; duty places count as taking part."""
    return offer.get("participant", False) or is_duty_place(offer)


def is_away(patient: PatientPoint, offer: Offer) -> bool:
    """Absent for good, or over the whole window."""
    spans = ((one["gte"], one["lt"]) for one in offer.get("absences", ()))
    whole = any(
        datetime.fromisoformat(first) <= patient.now and patient.until < datetime.fromisoformat(end)
        for first, end in spans
    )
    return offer.get("always_absent", False) or whole


def weigh_visible(patient: PatientPoint, offers: Iterable[Offer]) -> list[WeighedOffer]:
    """The offers that can see the patient in person within the window and on his side of water."""
    weighed = (weigh_offer(patient, offer) for offer in offers if not is_away(patient, offer))
    return [one for one in weighed if one.start is not None and not one.across]
