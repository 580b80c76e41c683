"""A patient's effort to be seen by an offer, in minutes: pure sums over the table of a profile.

effort = travel - credits + debits. Elasticsearch counts the same (``scoring``, ``script``); here
it is counted for the words of a card and for judging. The rules in plain words:
``docs/explanation/ranking.md``.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, time, timedelta
from math import floor
from types import MappingProxyType
from typing import NamedTuple
from zoneinfo import ZoneInfo

from geography.ground import Ground, measure_detour
from geography.landmass import MAINLAND
from mappings.instants import utc_text
from mappings.records import Appointment, Kind, Offer, Precision, StoredSlot, StructureKind
from search_engine.query.opening_hours import opening_state
from search_engine.query.order.asked import count_orientations
from search_engine.query.order.distances import offer_distance_km
from search_engine.request.profiles import Profile
from search_engine.request.wishes import NO_WISHES, Wishes

EVENING, MORNING = time(20), time(8)
"""The night, on the clock of the place: what starts after the morning is for tomorrow."""

DUTY_KINDS = (StructureKind.UNSCHEDULED_CARE,)
"""Structures that take patients without an appointment while open, and count as taking part in the
SAS, as every point of SOS Médecins: duty houses and places of unscheduled care."""


MAINLAND_GROUND = Ground(MAINLAND)

DOOR_KM = 0.015
"""Two places so near are one practice: one building, geocoded by its number in the street."""


class Practice(NamedTuple):
    """Where colleagues of the treating doctor are: his place keys, his doors as (lat, lon)."""

    keys: frozenset[str] = frozenset()
    doors: tuple[tuple[float, float], ...] = ()


NO_PRACTICE = Practice()


class VisitedPlace(NamedTuple):
    """Where a patient waits for a home visit: INSEE codes of his commune, and his department."""

    communes: frozenset[str]
    department: str


class EffortPart(NamedTuple):
    """One row of the table as it counts for an offer: minutes, negative when credited.

    ``detail``: the hours of the row of ``seen_within`` that counts, the type of the slot, the
    gender wished, or how the patient travels.
    """

    name: str
    minutes: float
    detail: str = ""


class Effort(NamedTuple):
    """The effort and its parts, unrounded."""

    parts: tuple[EffortPart, ...] = ()

    @property
    def minutes(self) -> float:
        """The sum, travel first: the credits and debits are whole."""
        return sum(part.minutes for part in self.parts)

    def find_band(self, width: int) -> int:
        """The band of ``width`` minutes that holds the effort."""
        return floor(self.minutes / width)


class EffortScale(NamedTuple):
    """What one search counts with.

    ``start``: its instant. ``seen_limits``: (latest start as UTC text, credit, hours), the soonest
    first. ``types``: credits of the types that the caller sees, for starts up to ``type_limit``.
    ``minutes_per_km``: 0 where no distance counts. ``home``: INSEE codes in which no travel counts.
    ``absorbs``: structures that can absorb a patient are credited. ``practice``: of the treating
    doctor who is absent or full. ``ground``: of the patient. ``walk_in``: places of duty that are
    open count as seen now, as the filters on slots let them. ``visited``: of a search for home
    visits. ``zones``: as in ``SlotRule``.
    """

    profile: Profile
    start: datetime
    seen_limits: tuple[tuple[str, int, int], ...]
    types: Mapping[str, int]
    type_limit: str
    minutes_per_km: float
    home: frozenset[str] = frozenset()
    absorbs: bool = False
    practice: Practice = NO_PRACTICE
    ground: Ground = MAINLAND_GROUND
    walk_in: bool = True
    visited: VisitedPlace | None = None
    wishes: Wishes = NO_WISHES
    zones: tuple[str, ...] = ()

    @property
    def moment_end(self) -> str | None:
        """The last start that is not later than wished, as UTC text; None where none is."""
        end = self.wishes.moment_end
        return utc_text(end) if end is not None and self.profile.moment.debit else None

    @property
    def imprecise_debit(self) -> int:
        """Minutes that an offer loses whose distance cannot be trusted; 0 where none counts."""
        return self.profile.commune_only.debit if self.minutes_per_km else 0

    @property
    def moment_debit(self) -> int:
        """Minutes that an offer loses which is later than wished; 0 without a wish."""
        return self.profile.moment.debit if self.wishes.moment_end is not None else 0


def build_effort_scale(
    profile: Profile,
    start: datetime,
    zone: str,
    minutes_per_km: float,
    *,
    visible: Sequence[str],
    home: frozenset[str] = frozenset(),
    absorbs: bool = False,
    practice: Practice = NO_PRACTICE,
    ground: Ground = MAINLAND_GROUND,
    walk_in: bool = True,
    visited: VisitedPlace | None = None,
    wishes: Wishes = NO_WISHES,
    zones: tuple[str, ...] = (),
) -> EffortScale:
    """The scale of a search at ``start`` (aware) in ``zone``; ``visible``: types that show."""
    credits = {str(kind): credit for kind, credit in profile.slot_type.credits.items() if credit}
    return EffortScale(
        profile,
        start,
        tuple(build_seen_limits(profile, start, zone)),
        MappingProxyType({kind: credits[kind] for kind in visible if kind in credits}),
        utc_text(start + timedelta(hours=profile.slot_type.within_hours)),
        minutes_per_km,
        home,
        absorbs,
        practice,
        ground,
        walk_in,
        visited,
        wishes,
        zones,
    )


def build_seen_limits(
    profile: Profile, start: datetime, zone: str
) -> Iterator[tuple[str, int, int]]:
    """(latest start, credit, hours) of each row, the soonest first.

    Between 20:00 and 08:00 of the place no row better than that of the night reaches beyond 08:00.
    """
    rows, morning = profile.seen_within, find_next_morning(start, zone)
    night_credit = rows.credits.get(rows.night_hours or 0, 0)
    for hours, credit in sorted(rows.credits.items()):
        latest = start + timedelta(hours=hours)
        if rows.night_hours is not None and morning is not None and credit > night_credit:
            latest = min(latest, morning)
        if credit:
            yield utc_text(latest), credit, hours


def find_next_morning(moment: datetime, zone: str) -> datetime | None:
    """08:00 of the place after a moment of the night, None by day."""
    local = moment.astimezone(ZoneInfo(zone))
    if MORNING <= local.time() < EVENING:
        return None
    day = local.date() + timedelta(days=local.time() >= EVENING)
    return datetime.combine(day, MORNING, ZoneInfo(zone)).astimezone(moment.tzinfo)


def measure_effort(
    scale: EffortScale,
    offer: Offer,
    slots: Sequence[StoredSlot],
    km: float | None,
) -> Effort:
    """The effort to be seen by an offer ``km`` away (None: not counted) with those visible
    slots."""
    parts = [
        *_travel(scale, offer, km),
        *_best_moment(scale, offer, slots),
        *_offer_parts(scale, offer),
    ]
    return Effort(tuple(part for part in parts if part.minutes or part.name == TRAVEL))


TRAVEL, DETOUR, WITHOUT_CAR = "travel", "detour", "without_car"
SEEN, OPEN_NOW, SLOT_TYPE, CERTAIN = "seen", "open_now", "slot_type", "certain"
LATE, GENDER = "late", "gender"
PARTICIPATION, PRACTICE, ABSORBS = "participation", "practice", "absorbs"
ASKED, COMMUNE_ONLY = "asked", "commune_only"


def read_ground(offer: Offer) -> Ground:
    """The landmass and zones of an offer; where they are not known, nothing lies between."""
    return Ground(offer.get("landmass", MAINLAND), tuple(offer.get("zone", ())))


def is_duty_place(offer: Offer) -> bool:
    """A duty house, a place of unscheduled care or a point of SOS Médecins."""
    return offer["kind"] == Kind.SOS_POINT or offer.get("structure_kind") in DUTY_KINDS


def takes_part(offer: Offer) -> bool:
    """Takes part in the SAS, or is a place of duty, which does by what it is."""
    return offer.get("participant", False) or is_duty_place(offer)


def is_open_duty(offer: Offer, moment: datetime) -> bool:
    """A place of duty that is open, where no appointment is needed."""
    state = opening_state(offer, moment) if is_duty_place(offer) else None
    return state is not None and state["now"]


def shares_practice(practice: Practice, offer: Offer) -> bool:
    """In one of the places, or at one of the doors."""
    if offer.get("place_key") in practice.keys:
        return True
    found = (offer_distance_km(offer, lat, lon) for lat, lon in practice.doors)
    return any(km is not None and km <= DOOR_KM for km in found)


def covers_place(place: VisitedPlace | None, offer: Offer) -> bool:
    """The declared coverage of an offer holds the place of a home visit."""
    if place is None:
        return False
    communes = place.communes.intersection(offer.get("covers_insee", ()))
    return bool(communes) or place.department in offer.get("covers_departments", ())


def is_certain(slot: StoredSlot) -> bool:
    """Booked online, or a seat of the agenda: walk-in and telephone promise nothing."""
    return slot.get("appointment") == Appointment.ROUTINE or "seats_left" in slot


def _travel(scale: EffortScale, offer: Offer, km: float | None) -> Iterator[EffortPart]:
    if km is None or not scale.minutes_per_km:
        return
    at_home = offer.get("insee") in scale.home or covers_place(scale.visited, offer)
    doubled = scale.wishes.without_car and scale.profile.travel.without_car > 1
    way = WITHOUT_CAR if doubled else ""
    yield EffortPart(TRAVEL, 0.0 if at_home else scale.minutes_per_km * km, way)
    if not at_home:
        yield EffortPart(DETOUR, measure_detour(scale.ground, read_ground(offer)))


def _best_moment(
    scale: EffortScale, offer: Offer, slots: Sequence[StoredSlot]
) -> Sequence[EffortPart]:
    """The parts of the one slot that adds up to most, or of a duty place that is open; an offer
    without either is later than any moment wished."""
    none = [EffortPart(LATE, scale.moment_debit)]
    best = max((_slot_parts(scale, slot) for slot in slots), key=_sum_credit, default=none)
    opened = scale.profile.open_now.credit if scale.walk_in else 0
    if opened and opened > _sum_credit(best) and is_open_duty(offer, scale.start):
        return [EffortPart(OPEN_NOW, -opened)]
    return best


def _slot_parts(scale: EffortScale, slot: StoredSlot) -> list[EffortPart]:
    rows = (row for row in scale.seen_limits if slot["start"] <= row[0])
    _, seen, hours = next(rows, ("", 0, 0))
    kept = slot["types"] if slot["start"] <= scale.type_limit else []
    typed, kind = max(((scale.types.get(kind, 0), kind) for kind in kept), default=(0, ""))
    late = slot["start"] > (scale.moment_end or slot["start"])
    return [
        EffortPart(SEEN, -seen, str(hours)),
        EffortPart(SLOT_TYPE, -typed, kind),
        EffortPart(CERTAIN, -scale.profile.certain.credit if is_certain(slot) else 0),
        EffortPart(LATE, scale.moment_debit if late else 0),
    ]


def _sum_credit(parts: Sequence[EffortPart]) -> float:
    return -sum(part.minutes for part in parts)


def _offer_parts(scale: EffortScale, offer: Offer) -> Iterator[EffortPart]:
    table = scale.profile
    if takes_part(offer):
        yield EffortPart(PARTICIPATION, -table.participation.credit)
    if shares_practice(scale.practice, offer):
        yield EffortPart(PRACTICE, -table.practice.credit)
    if scale.wishes.gender is not None and offer.get("gender") == scale.wishes.gender:
        yield EffortPart(GENDER, -table.gender.credit, scale.wishes.gender.value)
    if scale.absorbs and offer.get("structure_kind") in table.absorbs.kinds:
        yield EffortPart(ABSORBS, -table.absorbs.credit)
    if offer.get("precision") == Precision.MUNICIPALITY:
        yield EffortPart(COMMUNE_ONLY, scale.imprecise_debit)
    asked = count_orientations(offer, scale.start)
    yield EffortPart(ASKED, table.asked.debit * min(asked, table.asked.most))
