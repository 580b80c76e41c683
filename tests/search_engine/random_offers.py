"""Random offers around contrasted centres, the same for the same seed; invented people only."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any, cast

from geography.departments import METROPOLE_ZONE
from mappings.codes import find_specialty_group
from mappings.hours import open_minutes
from mappings.records import Offer, StoredSlot
from slots.stored import overlap_instants

NOW = datetime(2026, 3, 27, 14, 20, 7, tzinfo=UTC)
"""A Friday; metropolitan France changes to summer time inside the window of this search."""

LONG_SHARE = 0.3
"""Share of offers that may have slots longer than the narrowest horizon."""


@dataclass(frozen=True, slots=True)
class Centre:
    """Where offers are drawn: the spread is in degrees, the radii in kilometres."""

    name: str
    department: str
    insee: str
    lat: float
    lon: float
    zone: str
    reference_km: float
    step_km: float
    spread: float
    offers: int


CENTRES = (
    Centre("Paris", "75", "75104", 48.8566, 2.3522, "Europe/Paris", 5, 3, 0.05, 1100),
    Centre("Mende", "48", "48095", 44.5181, 3.5, "Europe/Paris", 50, 25, 0.5, 250),
    Centre("Villers-sur-Mer", "14", "14754", 49.3211, 0.0, "Europe/Paris", 20, 10, 0.2, 650),
    Centre("Saint-Denis", "974", "97411", -20.8823, 55.4504, "Indian/Reunion", 10, 5, 0.15, 500),
    Centre("Petite-Île", "974", "97405", -21.355, 55.565, "Indian/Reunion", 10, 5, 0.3, 12),
)


@dataclass(frozen=True, slots=True)
class RandomCpts:
    """A CPTS around a centre; without a seat it covers all the same."""

    finess: str
    covers: tuple[str, ...]
    seated: bool = True


CPTS = {
    "Paris": (
        RandomCpts("750000001", ("75056",)),
        RandomCpts("750000002", ("75103", "75104")),
        RandomCpts("750000003", ("75105",)),
    ),
    "Mende": (RandomCpts("480000001", ("48095", "48081")), RandomCpts("480000002", ("48081",))),
    "Villers-sur-Mer": (
        RandomCpts("140000001", ("14754",)),
        RandomCpts("140000002", ("14220", "14754"), seated=False),
        RandomCpts("140000003", ("14220",)),
    ),
    "Saint-Denis": (RandomCpts("974000001", ("97411",)), RandomCpts("974000002", ("97405",))),
    "Petite-Île": (RandomCpts("974000002", ("97405",)), RandomCpts("974000003", ("97416",))),
}
"""By centre. The first covers it; the whole city in Paris, where the area is a district."""

UNKNOWN_CPTS = "999999999"
"""Declared by offers, and known of no document."""

FAMILIES = (
    *("MARTIN", "MARTINEZ", "MARTY", "DURAND", "DURANT", "DUPONT", "DUPOND", "BERNARD"),
    *("JOURNO", "BOIDIN", "LEROY", "LEROUX", "MOREAU", "SIMON", "SIMONET", "ROUSSEAU"),
)
GIVEN_NAMES = (
    "Anne",
    "Annie",
    "Jean",
    "Jeanne",
    "Paul",
    "Paula",
    "Marie",
    "Louis",
    "Louise",
    "Claire",
)

DOCTOR, DENTIST, MIDWIFE, NURSE = "10", "40", "50", "60"
PROFESSIONS = ((DOCTOR, 6), (DENTIST, 1), (MIDWIFE, 1), (NURSE, 2))
SPECIALTIES = {
    DOCTOR: ("SM26", "SM53", "SM54", "SM54", "SM04", "SM80", "SM40", "SM18", "CAPA02", "DSM220"),
    DENTIST: ("SCD01",),
    MIDWIFE: (),
    NURSE: ("SI01",),
}
STRUCTURES = (
    ("health_centre", "124"),
    ("msp", "603"),
    ("pharmacy", "620"),
    ("unscheduled_care", "617"),
    ("hospital", "355"),
    ("laboratory", "611"),
)
PRECISIONS = ("housenumber", "housenumber", "street", "locality", "municipality", None)
TYPES = ("PUBLIC", "PRO", "SNP", "CPTS")
EDITORS = ("editor-a", "editor-b", "sas-agenda")
LONG_WALK_IN = 20
"""Minutes up to which a slot without a link says that it is a walk-in; others say nothing."""

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
DAYS: tuple[list[list[str]], ...] = (
    *([["08:00", "12:00"], ["14:00", "18:30"]], [["09:00", "15:20"]], [["15:20", "19:00"]]),
    *([["00:00", "24:00"]], [["00:00", "02:00"], ["20:00", "24:00"]], [["18:00", "23:59"]], []),
    *([["20:00", "02:00"]], [["22:00", "16:00"]], [["00:00", "00:00"]], [["15:20", "15:19"]]),
)
"""Hours of a day; some open or close at the very minute of a search."""


def utc(moment: datetime) -> str:
    """The instant as the index writes it."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def random_offers(seed: int = 2026) -> list[Offer]:
    """Every offer of every centre, their CPTS, and the few that ordinary searches do not show."""
    random = Random(seed)
    offers = [offer for centre in CENTRES for offer in _around(random, centre)]
    offers += [_cpts(random, cpts, centre) for cpts, centre in _seats().items()]
    return offers + [unreachable_offer(random, number) for number in range(30)]


def draw_zone(random: Random, centre: Centre) -> str:
    """The zone of a place: the métropole has one, overseas some keep that of another island."""
    strays = random.random() >= 0.95 and centre.zone != METROPOLE_ZONE
    return "America/Cayenne" if strays else centre.zone


def _seats() -> dict[RandomCpts, Centre]:
    """Every CPTS once, beside the last centre that it is listed for."""
    return {cpts: centre for centre in CENTRES for cpts in CPTS[centre.name]}


def _around(random: Random, centre: Centre) -> Iterator[Offer]:
    rpps = f"1{random.randrange(10**10):010d}"
    for number in range(centre.offers):
        if random.random() > 0.35:
            rpps = f"1{random.randrange(10**10):010d}"
        draw = random.random()
        base = _place(random, centre, f"{centre.insee}-{number}")
        if draw < 0.8:
            yield _member(random, _professional(random, base, rpps), centre, 0.33)
        elif draw < 0.97:
            yield _member(random, _structure(random, base), centre, 0.05)
        else:
            yield _sos(random, base)


def _member(random: Random, offer: Offer, centre: Centre, share: float) -> Offer:
    """The offer, in one CPTS of its centre for that share of them."""
    if random.random() < share:
        offer["cpts"] = [random.choice(CPTS[centre.name]).finess]
        offer["cpts_name"] = f"CPTS {offer['cpts'][0]}"
    elif random.random() < 0.02:
        offer["cpts"] = [UNKNOWN_CPTS]
    return offer


def _cpts(random: Random, cpts: RandomCpts, centre: Centre) -> Offer:
    """The document of a CPTS, which declares itself as every one does."""
    name = f"CPTS {random.choice(FAMILIES)} {centre.name}"
    offer = {
        **_place(random, centre, cpts.finess),
        "id": f"cpts:{cpts.finess}",
        "kind": "cpts",
        "title": name,
        "names": [name],
        "finess": cpts.finess,
        "cpts": [cpts.finess],
        "cpts_name": name,
        "covers_insee": list(cpts.covers),
    }
    if not cpts.seated:
        del offer["point"]
    return cast("Offer", offer)


def _place(random: Random, centre: Centre, key: str) -> dict[str, Any]:
    precision = random.choice(PRECISIONS)
    at_centre = random.random() < 0.02
    point = {
        "lat": centre.lat + (0.0 if at_centre else random.gauss(0, centre.spread)),
        "lon": centre.lon + (0.0 if at_centre else random.gauss(0, centre.spread)),
    }
    return {
        "place_key": key,
        "timezone": draw_zone(random, centre),
        "department": centre.department if random.random() < 0.95 else "99",
        "territory": f"SAS-{centre.department}" if random.random() < 0.9 else "SAS-99",
        "insee": centre.insee,
        "city": centre.name,
        "postal_code": "00000",
        "lines": [f"{random.randrange(1, 200)} rue des Essais"],
        "point": point,
        "fair_key": random.randrange(2**31),
        "sources": {"identity": {"source": "test", "date": "2026-03-01"}},
        **({} if precision is None else {"precision": precision}),
        **_landmass(random, centre),
        **_settings(random),
        **_absences(random),
        **_hours(random),
        "slots": _slots(random, key),
    }


def _landmass(random: Random, centre: Centre) -> dict[str, Any]:
    """Mostly unknown; of those known, a few across the water."""
    own = "reunion" if centre.department == "974" else "mainland"
    known = random.random() < 0.25
    return {"landmass": random.choice((own, own, own, "ouessant"))} if known else {}


def _settings(random: Random) -> dict[str, Any]:
    settings: dict[str, Any] = {"accepts_beyond": random.random() < 0.3}
    if random.random() < 0.5:
        settings["participant"] = random.random() < 0.6
    if settings.get("participant"):
        settings["via"] = random.sample(["own", "cpts", "msp", "sos"], random.choice((1, 1, 2)))
    if random.random() < 0.2:
        settings["reorientation"] = True
    if random.random() < 0.4:
        day = random.choice(("2026-03-26", "2026-03-27", "2026-03-27", "2026-03-28"))
        settings["orientations_today"] = {"day": day, "count": random.randrange(9)}
    return settings


def _hours(random: Random) -> dict[str, Any]:
    if random.random() < 0.5:
        return {}
    hours = {day: random.choice(DAYS) for day in WEEKDAYS}
    return {"hours": hours, "open_minutes": open_minutes(hours)}


def _absences(random: Random) -> dict[str, Any]:
    draw = random.random()
    if draw < 0.02:
        return {"always_absent": True}
    if draw > 0.15:
        return {}
    start = NOW - timedelta(days=random.randrange(0, 4), hours=random.randrange(0, 24))
    end = start + timedelta(days=random.randrange(1, 8))
    return {"absences": [{"gte": utc(start), "lt": utc(end)}]}


def _slots(random: Random, key: str) -> list[StoredSlot]:
    count = random.choice((0, 0, 0, 1, 1, 2, 3, 6))
    lengths = (15, 20, 30, 300, 900) if random.random() < LONG_SHARE else (15, 20, 30, 240)
    return [_slot(random, f"{key}-{number}", random.choice(lengths)) for number in range(count)]


def _slot(random: Random, key: str, minutes: int) -> StoredSlot:
    start = NOW + timedelta(minutes=random.randrange(-6 * 60, 80 * 60))
    start = start.replace(second=0) if random.random() < 0.9 else start
    end = start + timedelta(minutes=minutes)
    declared = random.sample(TYPES, random.choice((1, 1, 2, 3)))
    shown = declared if random.random() < 0.85 else declared[1:]
    slot: dict[str, Any] = {
        "id": key,
        "start": utc(start),
        "end": utc(end),
        "overlap_instants": overlap_instants(utc(start), utc(end)),
        "types": shown,
        "declared_types": declared,
        "source": random.choice(EDITORS),
        "received_at": utc(NOW),
    }
    if random.random() < 0.8:
        slot["consultation"] = random.sample(["AMB", "HH", "VR"], random.choice((1, 1, 2)))
    if random.random() < 0.3:
        slot["seats_max"] = random.randrange(1, 5)
        slot["seats_left"] = random.randrange(0, slot["seats_max"] + 1)
    if random.random() < 0.7:
        slot |= {"url": f"https://rdv.example/{key}?a=1", "appointment": "ROUTINE"}
    elif minutes <= LONG_WALK_IN:
        slot["appointment"] = "WALKIN"
    return cast("StoredSlot", slot)


def _professional(random: Random, base: dict[str, Any], rpps: str) -> Offer:
    family, given = random.choice(FAMILIES), random.choice(GIVEN_NAMES)
    codes, weights = [code for code, _ in PROFESSIONS], [weight for _, weight in PROFESSIONS]
    (profession,) = random.choices(codes, weights)
    pool = SPECIALTIES[profession]
    specialties = random.sample(pool, min(len(pool), random.choice((0, 1, 1, 2))))
    offer = {
        **base,
        "id": f"rpps:{rpps}@{base['place_key']}",
        "kind": "professional",
        "title": f"Dr {given} {family}",
        "names": [f"{family} {given}"],
        "rpps": rpps,
        "family": family,
        "given": given,
        "profession": profession,
        "sector": random.choice("01234"),
        **_coverage(base),
    }
    if random.random() < 0.8:
        offer["gender"] = random.choice(("female", "male"))
    if specialties:
        borne = list(dict.fromkeys(specialties))
        groups = {group: None for group in map(find_specialty_group, borne) if group is not None}
        offer |= {"specialties": borne, **({"specialty_groups": list(groups)} if groups else {})}
    return cast("Offer", offer)


def _coverage(base: dict[str, Any]) -> dict[str, list[str]]:
    """One professional of eight says where he visits: his commune, or his department."""
    turn = base["fair_key"] % 16
    if turn > 1:
        return {}
    return (
        {"covers_departments": [base["department"]]} if turn else {"covers_insee": [base["insee"]]}
    )


def _structure(random: Random, base: dict[str, Any]) -> Offer:
    kind, category = random.choice(STRUCTURES)
    offer = {
        **base,
        "id": f"finess:{base['place_key']}",
        "kind": "structure",
        "structure_kind": kind,
        "category": category,
        "title": f"{kind} {random.choice(FAMILIES)}",
        "names": [f"Structure {random.choice(FAMILIES)} {base['city']}"],
    }
    if kind == "hospital":
        offer["emergency"] = random.random() < 0.5
        if random.random() < 0.5:
            offer["maternity_level"] = random.choice(("1", "2A", "2B", "3"))
    return cast("Offer", offer)


def _sos(random: Random, base: dict[str, Any]) -> Offer:
    named = {"kind": "sos_point", "title": "SOS Médecins", "names": ["SOS Médecins"]}
    offer = {**base, **named, "id": f"sos:{base['place_key']}", "association": "SOS Médecins"}
    return cast("Offer", offer)


def unreachable_offer(random: Random, number: int) -> Offer:
    """An offer out of every ordinary result: without a point, a CPTS, or a solution.

    CPTS and solution bear the codes of a professional, and cover the centre: neither its codes
    nor its communes may bring one in.
    """
    centre = random.choice(CENTRES)
    offer = dict(_professional(random, _place(random, centre, f"hidden-{number}"), "19999999999"))
    if number % 3 == 0:
        del offer["point"]
    elif number % 3 == 1:
        offer |= {"id": f"cpts:{number:09d}", "kind": "cpts", "finess": f"{number:09d}"}
    else:
        member = {"covers_insee": [centre.insee], "cpts": [CPTS[centre.name][0].finess]}
        offer |= {"id": f"solution:{number}", "kind": "solution", **member}
    return cast("Offer", offer)
