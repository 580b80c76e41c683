"""The treating doctor: all his places above the results, whatever the filters (F048 to F052).

Known by RPPS or by a name that one person only has around. Excluded below by RPPS alone, so
that homonyms stay and a failed look-up removes no one (W33).
"""

import re
from dataclasses import dataclass
from typing import Any

from mappings.identifiers import Rpps, as_rpps
from mappings.instants import utc_text
from mappings.records import Kind, Offer, Precision, StoredSlot
from search_engine.backend.bodies import Answer
from search_engine.backend.index import read_hits
from search_engine.query.availability import SlotRule, default_slot_rule, select_visible_slots
from search_engine.query.clauses import SOURCE, distance_order, own_codes, within
from search_engine.query.names.ways import name_queries
from search_engine.query.order.effort import NO_PRACTICE, Practice
from search_engine.query.plan import Plan
from search_engine.query.radius import FURTHEST
from search_engine.request.area import Area
from search_engine.request.criteria import Role
from search_engine.request.typed_line import write_name
from search_engine.request.window import SearchWindow
from search_engine.understanding.read_what import read_what
from search_engine.understanding.reading import PartKind

NOT_IDENTIFIED = {
    "code": "sas_pf_001",
    "message": "Le médecin traitant n'a pas été identifié : la recherche se poursuit sans lui.",
}
NOT_TRANSMITTED = {
    "code": "sas_pf_002",
    "message": "Le médecin traitant n'a pas été transmis : la recherche se poursuit sans lui.",
}
"""Warnings of a search without its treating doctor (F049, F050)."""

MAX_PLACES = 50
"""Places of one doctor, far above any real number."""

MAX_DOORS = 5
"""Doors at which colleagues are looked for: the nearest places of the doctor."""

PEOPLE = "people"

_RPPS_URN = re.compile(r"urn:oid:1\.2\.250\.1\.71\.4\.2\.1\|(8\d{11})", re.IGNORECASE)
_URN = re.compile(r"urn:", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class DoctorQuery:
    """The treating doctor as requested: an RPPS, a name, or neither when it cannot be read."""

    rpps: Rpps | None = None
    name: str | None = None


def read_doctor(text: str) -> DoctorQuery:
    """What the parameter holds: ``urn:oid:...|8<RPPS>``, an RPPS with or without its 8, a name.

    Only a text that begins as a URN is one: Journo and Boidin are names (F051, W31). Of a line that
    says more, ``Dr Martin, cardiologue``, the number or the name counts, read as in every search.
    """
    urn = _RPPS_URN.fullmatch(text.strip())
    if urn:
        return DoctorQuery(rpps=as_rpps(urn.group(1)))
    if _URN.match(text.strip()):
        return DoctorQuery()
    rpps = as_rpps(text)
    return DoctorQuery(rpps=rpps) if rpps else _read_line(text)


def _read_line(text: str) -> DoctorQuery:
    reading = read_what(text, place_given=True)
    numbers, names = reading.find_parts(PartKind.RPPS), reading.find_parts(PartKind.NAME)
    if numbers:
        return DoctorQuery(rpps=as_rpps(numbers[0].value))
    says_more = len(reading.parts) > len(names) or reading.unused
    inside = " ".join(write_name(text, part) for part in names)
    return DoctorQuery(name=inside if inside and says_more else text)


def people_body(name: str, area: Area) -> dict[str, Any]:
    """People around with every word of the name: two are enough to know it is not unique."""
    filters = [
        {"term": {"kind": Kind.PROFESSIONAL.value}},
        name_queries(name)["exact"],
        _around(area),
    ]
    people = {"terms": {"field": "rpps", "size": 2}}
    return {"query": {"bool": {"filter": filters}}, "size": 0, "aggs": {PEOPLE: people}}


def only_person(answer: dict[str, Any]) -> str | None:
    """The RPPS when one person only was found (F049), else None."""
    buckets = answer["aggregations"][PEOPLE]["buckets"]
    return str(buckets[0]["key"]) if len(buckets) == 1 else None


def places_body(rpps: str, area: Area) -> dict[str, Any]:
    """Every place of the doctor, the nearest first, without any filter of the search."""
    return {
        "query": {"bool": {"filter": [{"term": {"rpps": rpps}}]}},
        "sort": distance_order(area),
        "size": MAX_PLACES,
        "_source": SOURCE,
    }


def read_practice(role: Role, window: SearchWindow, answer: Answer) -> Practice:
    """Where the colleagues of a doctor are who cannot see his patient in person: absent, or without
    a slot at any of his places. None while he can."""
    offers = [hit["_source"] for hit in read_hits(answer)]
    rule = default_slot_rule(role, window)._replace(in_person=True)
    if any(_can_see(rule, window, offer) for offer in offers):
        return NO_PRACTICE
    exact = [one for one in offers if one.get("precision") == Precision.HOUSENUMBER]
    doors = [(one["point"]["lat"], one["point"]["lon"]) for one in exact if "point" in one]
    keys = frozenset(one["place_key"] for one in offers if "place_key" in one)
    return Practice(keys, tuple(dict.fromkeys(doors))[:MAX_DOORS])


def _can_see(rule: SlotRule, window: SearchWindow, offer: Offer) -> bool:
    slots = select_visible_slots(rule, offer.get("slots", []))
    return bool(slots) and not is_absent(offer, window)


def doctor_flags(
    plan: Plan, offer: Offer, slots: list[StoredSlot], km: float | None
) -> dict[str, bool]:
    """What the regulator must know of a pinned card before calling."""
    return {
        "without_slot": not slots,
        "out_of_area": not _in_area(plan.area, offer, km),
        "absent": is_absent(offer, plan.request.window),
    }


def doctor_slots(plan: Plan, offer: Offer) -> list[StoredSlot]:
    """The slots of a pinned card: role and window count, the filters of the search do not."""
    rule = default_slot_rule(plan.request.criteria.role, plan.request.window)
    return select_visible_slots(rule, offer.get("slots", []))


def is_absent(offer: Offer, window: SearchWindow) -> bool:
    """Absent for good, or over the whole window; the same words as the filter of the search."""
    start, end = utc_text(window.start), utc_text(window.end)
    away = any(span["gte"] <= start and end < span["lt"] for span in offer.get("absences", []))
    return offer.get("always_absent", False) or away


def _around(area: Area) -> dict[str, Any]:
    if area.radius_km is None:
        return {"term": {"department": area.department}}
    return within(area, (area.first_radius_km or area.radius_km) * FURTHEST)


def _in_area(area: Area, offer: Offer, km: float | None) -> bool:
    if area.radius_km is None:
        return offer.get("department") == area.department
    if offer.get("insee") in own_codes(area):
        return True
    return km is not None and km <= area.radius_km
