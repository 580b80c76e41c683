"""The right answer to a search, as plain Python over all offers.

Written apart from the queries: nothing of the query builders, of the ranking table or of the
slot rule is imported. What a search means is taken from the design, what a coordinate and a
seed become in Elasticsearch from its own source.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from math import asin, cos, floor, radians, sin, sqrt
from typing import Any
from zoneinfo import ZoneInfo

from tests.search.chance import chance
from tests.search.spelling import near, words

EARTH_KM = 6371.0087714

TYPES_BY_ROLE = {
    "OSNP": {"PUBLIC", "PRO", "SNP", "CPTS"},
    "IOA": {"PUBLIC", "PRO"},
    "OTHER": {"PUBLIC"},
}
TYPE_CREDIT = {"SNP": 0.10, "CPTS": 0.07, "PRO": 0.03, "PUBLIC": 0.0}
GROUPS = [
    {"SM26", "SM53", "SM54"},
    {"SM04", "SM73", "SM79", "SM80", "SM81"},
    {"SM59", "DSM220", "DEC14", "CAPA02"},
]
SHOWN = {"professional", "structure", "sos_point"}
PARTICLES = {"de", "du", "des", "d"}


@dataclass(frozen=True, slots=True)
class Asked:
    """A search in the oracle's own words; distances in kilometres."""

    lat: float
    lon: float
    department: str
    zone: str
    reference_km: float
    step_km: float
    radius_km: float | None
    explicit: bool
    measured: bool
    mode: str
    sort: str
    profile: str
    role: str
    now: datetime
    hours: float | None
    seed: int
    absent: bool
    slot_type: frozenset[str]
    consultation: frozenset[str]
    horizons: tuple[tuple[int, int], ...]
    filters: dict[str, frozenset[str]]
    meaning: Any
    without_rpps: str | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """One expected offer, with the keys it is sorted by."""

    id: str
    score: float
    inside: tuple[float | str, ...]


@dataclass(frozen=True, slots=True)
class Expected:
    """The whole expected result, and the circle it was found in."""

    found: list[Found]
    radius_km: float | None
    enlarged: bool
    fuzzy: bool


# Time --------------------------------------------------------------------------------------


def text(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def start_of(asked: Asked) -> datetime:
    fraction = asked.now.microsecond
    return asked.now.replace(microsecond=0) + timedelta(seconds=1 if fraction else 0)


def day_end(asked: Asked, days: int) -> datetime:
    local = start_of(asked).astimezone(ZoneInfo(asked.zone)).date() + timedelta(days=days)
    last = datetime(local.year, local.month, local.day, 23, 59, 59, tzinfo=ZoneInfo(asked.zone))
    return last.astimezone(UTC)


def window(asked: Asked) -> tuple[str, str]:
    return known_window(asked.now, asked.zone, asked.hours)


@cache
def known_window(now: datetime, zone: str, hours: float | None) -> tuple[str, str]:
    start = now + timedelta(microseconds=-now.microsecond % 1_000_000)
    if hours is not None:
        return text(start), text(start + timedelta(hours=hours))
    local = start.astimezone(ZoneInfo(zone)).date() + timedelta(days=2)
    last = datetime(local.year, local.month, local.day, 23, 59, 59, tzinfo=ZoneInfo(zone))
    return text(start), text(last)


# Slots -------------------------------------------------------------------------------------


def good_slots(asked: Asked, offer: dict[str, Any]) -> list[dict[str, Any]]:
    first, last = window(asked)
    wanted = TYPES_BY_ROLE[asked.role] & (asked.slot_type or TYPES_BY_ROLE[asked.role])
    good = []
    for slot in offer.get("slots", []):
        if not first <= slot["start"] <= last:
            continue
        if not wanted & set(slot["types"]) or slot.get("seats_left") == 0:
            continue
        if asked.consultation and not asked.consultation & set(slot.get("consultation", [])):
            continue
        if asked.horizons and not any(overlaps(asked, slot, *span) for span in asked.horizons):
            continue
        good.append(slot)
    return good


def overlaps(asked: Asked, slot: dict[str, Any], after: int, before: int) -> bool:
    start = start_of(asked)
    begins = slot["start"] < text(start + timedelta(hours=before))
    return begins and slot["end"] > text(start + timedelta(hours=after))


# Place -------------------------------------------------------------------------------------


def kilometres(asked: Asked, offer: dict[str, Any]) -> float:
    point = offer["point"]
    lat = floor(point["lat"] * 2**32 / 180) * 180 / 2**32
    lon = floor(point["lon"] * 2**32 / 360) * 360 / 2**32
    a = sin(radians(lat - asked.lat) / 2) ** 2
    b = sin(radians(lon - asked.lon) / 2) ** 2
    return 2 * EARTH_KM * asin(sqrt(a + b * cos(radians(lat)) * cos(radians(asked.lat))))


# Who answers -------------------------------------------------------------------------------


def with_pairs(codes: Sequence[str]) -> set[str]:
    wanted = set(codes)
    for group in GROUPS:
        if group & wanted:
            wanted |= group
    return wanted


def passes_filters(asked: Asked, offer: dict[str, Any]) -> bool:
    for name, values in asked.filters.items():
        if not values:
            continue
        if name == "specialty":
            if not with_pairs(sorted(values)) & set(offer.get("specialties", [])):
                return False
        elif name == "kind":
            if not values & {offer["kind"], offer.get("structure_kind")}:
                return False
        elif name == "participation":
            if not (offer.get("participant") and values & set(offer.get("via", []))):
                return False
        elif offer.get(name) not in values:
            return False
    return True


def may_answer(asked: Asked, offer: dict[str, Any]) -> bool:
    named = asked.meaning.text or "cpts" in asked.meaning.offer_kinds
    if offer["kind"] not in SHOWN | ({"cpts"} if named else set()) or "point" not in offer:
        return False
    if asked.without_rpps is not None and offer.get("rpps") == asked.without_rpps:
        return False
    if asked.mode == "beyond" and not offer.get("accepts_beyond"):
        return False
    if asked.mode == "reorientation" and not offer.get("reorientation"):
        return False
    if not asked.absent and is_away(asked, offer):
        return False
    return passes_filters(asked, offer) and passes_words(asked, offer)


def is_away(asked: Asked, offer: dict[str, Any]) -> bool:
    first, last = window(asked)
    ranges = offer.get("absences", [])
    return offer.get("always_absent", False) or any(
        span["gte"] <= first and last < span["lt"] for span in ranges
    )


def passes_words(asked: Asked, offer: dict[str, Any]) -> bool:
    meaning = asked.meaning
    if meaning.needs_maternity and "maternity_level" not in offer:
        return False
    hospital = offer.get("structure_kind") == "hospital"
    return not (meaning.needs_emergency and hospital and not offer.get("emergency"))


def has_code(asked: Asked, offer: dict[str, Any]) -> bool:
    meaning = asked.meaning
    if is_condition_only(meaning):
        return True
    specialties = with_pairs(meaning.specialties)
    if offer.get("profession") in meaning.professions:
        return True
    if specialties & set(offer.get("specialties", [])):
        return True
    of_profession = offer.get("profession") in meaning.bypass_professions
    if specialties & GROUPS[0] and offer.get("participant") and of_profession:
        return True
    return (
        offer.get("structure_kind") in meaning.structure_kinds
        or offer.get("category") in meaning.categories
        or offer["kind"] in meaning.offer_kinds
    )


def is_condition_only(meaning: Any) -> bool:
    """A word that is a condition and names nobody: everybody who meets it answers."""
    named = (meaning.professions, meaning.specialties, meaning.structure_kinds)
    others = (meaning.categories, meaning.offer_kinds, meaning.text)
    return (meaning.needs_maternity or meaning.needs_emergency) and not any((*named, *others))


# Names -------------------------------------------------------------------------------------


def name_way(asked: Asked, offer: dict[str, Any]) -> str | None:
    """The best way the name answers, near spellings included."""
    if not asked.meaning.text:
        return None
    wanted = [word for word in words(asked.meaning.text) if word not in PARTICLES]
    held = [word for name in offer["names"] for word in words(name)]
    if not wanted:
        return None
    if all(word in held for word in wanted):
        return "exact"
    if all(any(other.startswith(word) for other in held) for word in wanted):
        return "prefix"
    if all(any(near(word, other) for other in held) for word in wanted):
        return "fuzzy"
    return None


# The order ---------------------------------------------------------------------------------


def credit_of_slots(asked: Asked, slots: list[dict[str, Any]]) -> float:
    visible = TYPES_BY_ROLE[asked.role]
    soon, today = text(start_of(asked) + timedelta(hours=4)), text(day_end(asked, 0))
    best = 0.0
    for slot in slots:
        credit = max((TYPE_CREDIT[kind] for kind in slot["types"] if kind in visible), default=0.0)
        if slot["start"] <= soon:
            credit += 0.06
        elif slot["start"] <= today:
            credit += 0.03
        best = max(best, credit)
    return best


def credits(asked: Asked, offer: dict[str, Any], slots: list[dict[str, Any]]) -> float:
    if asked.profile == "distance":
        return 0.0
    total = credit_of_slots(asked, slots)
    absorbs = {"msp", "health_centre", "unscheduled_care"}
    if asked.mode == "beyond" and offer.get("structure_kind") in absorbs:
        total += 0.03
    if offer.get("precision") in {"housenumber", "street", "locality"}:
        total += 0.02
    return total


def closeness_by_quarter(km: float, first: float, radius: float) -> float:
    if km <= first:
        inner, outer = 0.0, first
    else:
        inner, outer = first, radius
    width = (outer - inner) / 4
    outside = sum(km > inner + width * step for step in range(1, 4))
    return 1 - outside / 4


def in_tier(
    asked: Asked, offer: dict[str, Any], slots: list[dict[str, Any]], circle: "Circle", index: str
) -> float:
    km, radius = kilometres(asked, offer), circle.radius
    if asked.measured and radius is not None:
        share = min(1.0, asked.reference_km / radius)
        return max(0.0, 1 - km / radius) + credits(asked, offer, slots) * share
    fair = 0.005 * chance(asked.seed, offer["fair_key"], index)
    closeness = 0.0
    if radius is not None:
        closeness = closeness_by_quarter(km, circle.first or radius, radius)
    return closeness + credits(asked, offer, slots) + fair


@dataclass(frozen=True, slots=True)
class Circle:
    """``first`` is set when the radius was enlarged."""

    radius: float | None
    first: float | None = None


def inside(asked: Asked, offer: dict[str, Any], circle: Circle) -> bool:
    if circle.radius is None:
        return bool(offer["department"] == asked.department)
    if abs(offer["point"]["lat"] - asked.lat) * 111 > circle.radius:
        return False
    return kilometres(asked, offer) <= circle.radius


def candidates(
    asked: Asked, offers: Sequence[dict[str, Any]], circle: Circle, ways: set[str]
) -> list[dict[str, Any]]:
    """Offers that answer within the circle, by a known word or by one of the ways of a name."""
    kept = []
    for offer in offers:
        if "point" not in offer or not inside(asked, offer, circle):
            continue
        if not may_answer(asked, offer):
            continue
        if not (has_code(asked, offer) or name_way(asked, offer) in ways):
            continue
        chosen = asked.slot_type or asked.consultation or asked.horizons
        if (asked.mode != "available" and not chosen) or good_slots(asked, offer):
            kept.append(offer)
    return kept


def enough(asked: Asked, kept: list[dict[str, Any]]) -> bool:
    structures = asked.meaning.structure_word
    if asked.mode in {"available", "all"} and not (asked.mode == "all" and structures):
        kept = [offer for offer in kept if good_slots(asked, offer)]
    return len(kept) >= 5


def circle_of(asked: Asked, offers: Sequence[dict[str, Any]]) -> Circle:
    first = asked.radius_km
    if first is None or asked.explicit:
        return Circle(first)
    if enough(asked, candidates(asked, offers, Circle(first), {"exact", "prefix"})):
        return Circle(first)
    radius = first
    while radius < 2 * first:
        radius = min(radius + asked.step_km, 2 * first)
        if enough(asked, candidates(asked, offers, Circle(radius, first), {"exact", "prefix"})):
            break
    return Circle(radius, first)


def expected(asked: Asked, offers: Sequence[dict[str, Any]], index: str) -> Expected:
    """The whole result, in order."""
    circle = circle_of(asked, offers)
    ways = {"exact", "prefix"}
    kept = candidates(asked, offers, circle, ways)
    fuzzy = bool(asked.meaning.text) and not any(
        name_way(asked, offer) == "exact" for offer in kept
    )
    if fuzzy:
        kept = candidates(asked, offers, circle, ways | {"fuzzy"})
    found = [placed(asked, offer, circle, index, fuzzy=fuzzy) for offer in kept]
    found.sort(key=lambda one: (-one.score, *one.inside, one.id))
    return Expected(found, circle.radius, circle.first is not None, fuzzy)


def placed(
    asked: Asked, offer: dict[str, Any], circle: Circle, index: str, *, fuzzy: bool
) -> Found:
    slots = good_slots(asked, offer)
    way = name_way(asked, offer)
    score = {"exact": 48.0, "prefix": 32.0, "fuzzy": 16.0 if fuzzy else 0.0, None: 0.0}[way]
    score += 8.0 if slots else 0.0
    if circle.first is not None and kilometres(asked, offer) <= circle.first:
        score += 4.0
    if asked.mode in {"available", "all"} and offer.get("participant"):
        score += 2.0
    if asked.sort == "best":
        return Found(offer["id"], score + in_tier(asked, offer, slots, circle, index), ())
    km = kilometres(asked, offer)
    if asked.sort == "distance":
        return Found(offer["id"], score, (km,))
    earliest = min((slot["start"] for slot in slots), default="9999")
    equals = km if asked.measured and circle.radius is not None else float(offer["fair_key"])
    return Found(offer["id"], score, (earliest, equals))
