"""The situations of the doctrine: who can see a patient, and in which order they are to come.

Each is judged three times: by the arithmetic of the product, by the oracle, on a real index.
"""

from datetime import datetime, timedelta
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from mappings.instants import utc_text
from search_engine.request.area import Area
from search_engine.request.interpretation import Interpretation
from slots.stored import overlap_instants
from tests.search_engine.sample_offers import KM, Offer, area, doctor

PARIS = "Europe/Paris"
DAY = datetime(2026, 6, 16, tzinfo=ZoneInfo(PARIS))
"""A Tuesday of summer."""


class SituationPlace(NamedTuple):
    """Where the patient is; the department is that of the offers too."""

    lat: float
    lon: float
    department: str


PLACES = {
    "dense": SituationPlace(48.8566, 2.3522, "75"),
    "urban": SituationPlace(48.1113, -1.6800, "35"),
    "mixed": SituationPlace(44.5181, 3.5, "48"),
    "rural": SituationPlace(49.3211, 0.0, "14"),
    "island": SituationPlace(48.456, -5.096, "29"),
}
MINUTES_PER_KM = {"dense": 3.0, "urban": 2.0, "mixed": 1.4, "rural": 1.1, "island": 1.1}


class SituationCase(NamedTuple):
    """One who can see the patient: kilometres, start (day and clock, or open now), what else is
    known, effort in minutes."""

    name: str
    km: float
    start: str | None
    known: dict[str, Any]
    effort: float


class Situation(NamedTuple):
    """Where and when the patient calls, and the cases in order; those of one list are one band.

    ``criteria``: what the regulator gives beside the need. ``left_out``: who is around, and is not
    to be listed.
    """

    where: str
    now: str
    in_order: list[list[SituationCase]]
    criteria: dict[str, Any] = {}
    left_out: list[SituationCase] = []


SNP, CPTS = {"types": ["SNP"]}, {"types": ["CPTS"]}
PARTICIPANT = {"participant": True}
KEPT = {**SNP, **PARTICIPANT}
"""A participant's slot kept for regulators."""

OPEN = {
    "hours": {day: [["00:00", "24:00"]] for day in ("mon", "tue", "wed", "thu", "fri")},
    "open_minutes": [{"gte": 0, "lt": 7200}],
}
DUTY = {
    "kind": "structure",
    "structure_kind": "unscheduled_care",
    "category": "617",
    "specialties": [],
    **OPEN,
}

OWN_DOCTOR, PRACTICE = "10000000007", "practice-of-the-treating-doctor"

NEED = Interpretation(
    "Médecine générale", specialties=("SM54",), categories=("617",), offer_kinds=("sos_point",)
)
"""General practitioners, and the places of duty that see anybody."""

SITUATIONS = {
    "a dense town at 14:00": Situation(
        "dense",
        "0 14:00",
        [
            [SituationCase("snp-in-90-min", 2.5, "0 15:30", KEPT, -30.5)],
            [SituationCase("other-in-40-min", 0.3, "0 14:40", {}, -28.1)],
            [SituationCase("other-in-20-min", 0.8, "0 14:20", {}, -26.6)],
            [
                SituationCase("participant-later", 3.8, "0 17:30", PARTICIPANT, -19.6),
                SituationCase("snp-tomorrow", 0.5, "1 09:00", KEPT, -19.5),
            ],
        ],
    ),
    "the country at 10:00": Situation(
        "rural",
        "0 10:00",
        [
            [SituationCase("other-at-16", 2, "0 16:00", {}, -16.8)],
            [
                SituationCase("participant-at-11-30", 18, "0 11:30", PARTICIPANT, -14.2),
                SituationCase("snp-at-11", 25, "0 11:00", KEPT, -13.5),
            ],
            [SituationCase("cpts-tomorrow", 9, "1 09:00", {**CPTS, **PARTICIPANT}, -10.1)],
        ],
    ),
    "a town at 22:00": Situation(
        "urban",
        "0 22:00",
        [
            [
                SituationCase("sos", 9, "0 22:40", {**SNP, "kind": "sos_point"}, -23.0),
                SituationCase("duty-house", 6, None, DUTY, -22.0),
            ],
            [SituationCase("snp-at-8-15", 1, "1 08:15", KEPT, -19.0)],
            [SituationCase("participant-at-8-30", 0.6, "1 08:30", PARTICIPANT, -15.8)],
        ],
        {"mode": "all"},
    ),
    "the treating doctor is absent": Situation(
        "mixed",
        "0 11:00",
        [
            [SituationCase("snp", 7, "0 13:30", KEPT, -25.2)],
            [SituationCase("colleague", 0.3, "0 17:00", {"place_key": PRACTICE}, -22.6)],
            [SituationCase("participant", 4, "1 09:00", PARTICIPANT, -11.4)],
        ],
        {"treating_doctor": OWN_DOCTOR},
    ),
    "one same hour": Situation(
        "urban",
        "0 10:00",
        [
            [
                SituationCase("participant-at-4-km", 4, "0 13:00", PARTICIPANT, -23.0),
                SituationCase("other", 0.5, "0 13:00", {}, -22.0),
            ],
            [SituationCase("participant-at-5-km-5", 5.5, "0 13:00", PARTICIPANT, -20.0)],
        ],
    ),
    "one remote in an hour, one at the office tomorrow": Situation(
        "rural",
        "0 10:00",
        [[SituationCase("office", 5, "1 09:00", {}, -3.5)]],
        left_out=[SituationCase("remote", 39, "0 11:00", {"consultation": ["VR"]}, 0)],
    ),
    "an island at 18:00": Situation(
        "island",
        "0 18:00",
        [
            [SituationCase("island", 1, "1 10:00", {"landmass": "ouessant"}, -7.9)],
            [SituationCase("mainland", 22, "0 19:00", {**KEPT, "landmass": "mainland"}, -16.8)],
        ],
    ),
    "a deadline of four hours at 17:00": Situation(
        "mixed",
        "0 17:00",
        [
            [SituationCase("snp-a-quarter-late", 1, "0 21:15", KEPT, -29.6)],
            [SituationCase("other-in-time", 28, "0 20:30", {}, 16.2)],
            [SituationCase("snp-twenty-minutes-late", 1, "0 21:20", KEPT, -29.6)],
        ],
        {"deadline_h": 4},
    ),
}


def clock(text: str) -> datetime:
    """``"1 08:15"``: tomorrow at a quarter past eight, in Paris."""
    day, _, hour = text.partition(" ")
    hours, _, minutes = hour.partition(":")
    return DAY + timedelta(days=int(day), hours=int(hours), minutes=int(minutes))


OF_SLOTS = ("types", "consultation")
"""What is known of a case that is of its slot."""


def read_slot_fields(case: SituationCase) -> dict[str, Any]:
    """Types, public unless said, and the consultation if any."""
    fields = {name: case.known[name] for name in OF_SLOTS if name in case.known}
    return {"types": ["PUBLIC"], **fields}


def make_slot(start: str, types: list[str], **fields: Any) -> dict[str, Any]:
    """A slot of 20 minutes that is booked online."""
    first, last = clock(start), clock(start) + timedelta(minutes=20)
    span = {"start": utc_text(first), "end": utc_text(last)}
    return {
        "id": start,
        **span,
        "overlap_instants": overlap_instants(span["start"], span["end"]),
        "types": types,
        "declared_types": types,
        "appointment": "ROUTINE",
        "source": "editor-a",
        "received_at": span["start"],
        **fields,
    }


def make_offers(situation: Situation) -> list[Offer]:
    """The offers of a situation, the treating doctor's among them, who is away without a slot."""
    place = PLACES[situation.where]
    cases = [case for cases in situation.in_order for case in cases]
    offers = [make_offer(place, case) for case in [*cases, *situation.left_out]]
    if "treating_doctor" in situation.criteria:
        own = {"rpps": OWN_DOCTOR, "place_key": PRACTICE, "always_absent": True}
        offers.append(make_offer(place, SituationCase("own", 0.3, None, own, 0)))
    return offers


def make_offer(place: SituationPlace, case: SituationCase) -> Offer:
    """One of them, so many kilometres north of the patient."""
    known = {name: value for name, value in case.known.items() if name not in OF_SLOTS}
    slots = [make_slot(case.start, **read_slot_fields(case))] if case.start else []
    point = {"lat": place.lat + case.km * KM, "lon": place.lon}
    return doctor(
        case.name,
        case.km,
        slots,
        **{"department": place.department, "point": point, "insee": "00000", **known},
    )


def find_place(situation: Situation) -> Area:
    """Around the patient's own address, as far as anybody of the situation is."""
    place = PLACES[situation.where]
    return area(lat=place.lat, lon=place.lon, department=place.department, radius_km=40.0)
