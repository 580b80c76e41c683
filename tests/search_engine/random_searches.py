"""Random searches over the random offers, each in the engine's words and in the oracle's."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from random import Random
from typing import Any

from search_engine.request.area import Area, AreaKind
from search_engine.request.criteria import Criteria
from search_engine.request.interpretation import Interpretation
from search_engine.request.typed_line import LineRead
from search_engine.understanding.reading import PartKind, Reading, TextPart
from tests.search_engine.oracle.query import OracleQuery
from tests.search_engine.random_offers import CENTRES, CPTS, FAMILIES, GIVEN_NAMES, NOW, Centre

MEANINGS = (
    Interpretation("Médecine générale", specialties=("SM26", "SM53", "SM54")),
    Interpretation("Médecine générale", specialties=("SM54",)),
    Interpretation("Cardiologie", specialties=("SM04",)),
    Interpretation("Médecin", professions=("10",)),
    Interpretation("Médecin ou infirmier", professions=("10", "60")),
    Interpretation("Infirmier", professions=("60",), specialties=("SI01",)),
    Interpretation(
        "Pharmacie", structure_kinds=("pharmacy",), categories=("620",), structure_word=True
    ),
    Interpretation("Centre", categories=("124", "603"), structure_word=True),
    Interpretation("SOS", offer_kinds=("sos_point",), structure_word=True),
    Interpretation("CPTS", offer_kinds=("cpts", "solution"), structure_word=True),
    Interpretation(
        "Maternité", structure_kinds=("hospital",), structure_word=True, needs_maternity=True
    ),
    Interpretation("Maternité", needs_maternity=True),
    Interpretation("Urgence", specialties=("CAPA02",), categories=("355",), needs_emergency=True),
    Interpretation("Pédiatrie", specialties=("SM40",)),
    Interpretation("Gériatrie", specialties=("SM18",)),
    Interpretation("Rien"),
    Interpretation("Simon", professions=("50",), text="simon"),
)

COMMON = MEANINGS[:5]
"""Words that most offers answer."""

MODES = ("available", "available", "all", "beyond", "reorientation")
SORTS = ("best", "best", "best", "distance", "earliest")
ROLES = ("OSNP", "OSNP", "IOA", "OTHER")
AGES = ("baby", "child", "teen", "senior", "4", "15", "16", "40", "74", "75", "90")
MOMENTS = ("soon", "today", "this_afternoon", "tonight")
HORIZONS = ("0-4", "4-8", "8-12", "12-24", "24-48", "48-72")


@dataclass(frozen=True, slots=True)
class RandomSearch:
    """One search: what the engine is given, and the same for the oracle."""

    criteria: Criteria
    meaning: Interpretation
    area: Area
    now: datetime
    oracle_query: OracleQuery
    parts: tuple[TextPart, ...] = ()
    ignored: tuple[str, ...] = ()

    def read_line(self, criteria: Criteria) -> LineRead:
        """Stands for the reading of the text."""
        return LineRead(criteria.what, Reading(self.parts, (), self.ignored), self.meaning)

    async def resolve_area(self, criteria: Criteria, deps: Any) -> Area:
        """Stands for the resolution of the place."""
        return self.area


Resolver = Callable[[Criteria, Any], Awaitable[Area]]


def draw_search(random: Random, *, common: bool = False, **fixed: Any) -> RandomSearch:
    """A random search; ``fixed`` criteria win over those drawn. A ``common`` one finds many."""
    meaning = random.choice(COMMON) if common else _meaning(random)
    centre = random.choices(CENTRES, (4, 2, 4, 3, 1))[0]
    area = _area(random, centre)
    now = NOW + timedelta(
        minutes=random.choice((0, 0, 17, 500)), microseconds=random.choice((0, 5))
    )
    values = {**_values(random), **_grouping(random, centre), **fixed}
    criteria = Criteria(what=meaning.label, lat=area.lat, lon=area.lon, **values)
    query, parts = build_oracle_query(criteria, meaning, area, now), _parts(random)
    told = replace(tell_parts(query, parts), titled=random.random() < 0.3)
    ignored = ("Docteur",) if told.titled else ()
    return RandomSearch(criteria, meaning, area, now, told, parts, ignored)


def _parts(random: Random) -> tuple[TextPart, ...]:
    """What words tell beside the need: an age, and wishes: a moment, a short way, a woman."""
    drawn: list[TextPart] = []
    if random.random() < 0.5:
        drawn.append(TextPart(PartKind.AGE, "âge", random.choice(AGES)))
    if random.random() < 0.3:
        drawn.append(TextPart(PartKind.WHEN, "quand", random.choice(MOMENTS)))
    if random.random() < 0.15:
        drawn.append(TextPart(PartKind.NO_CAR, "sans voiture"))
    if random.random() < 0.2:
        drawn.append(TextPart(PartKind.GENDER, "qui", random.choice(("F", "M"))))
    return tuple(drawn)


def tell_parts(query: OracleQuery, parts: tuple[TextPart, ...]) -> OracleQuery:
    """The parts in the oracle's own words."""
    values = {part.kind: part.value for part in parts}
    return replace(
        query,
        age=values.get(PartKind.AGE),
        moment=values.get(PartKind.WHEN),
        without_car=PartKind.NO_CAR in values,
        gender={"F": "female", "M": "male"}.get(values.get(PartKind.GENDER, "")),
    )


def _meaning(random: Random) -> Interpretation:
    draw = random.random()
    if draw < 0.35:
        return random.choice(COMMON)
    if draw < 0.75:
        return random.choice(MEANINGS)
    words = [random.choice(FAMILIES)]
    if random.random() < 0.4:
        words.append(random.choice(GIVEN_NAMES))
    text = " ".join(_misspelt(random, word) for word in words).lower()
    text = text if random.random() < 0.8 else f"dr {text}"
    return Interpretation(text, text=text)


def _misspelt(random: Random, word: str) -> str:
    draw, place = random.random(), random.randrange(1, len(word) - 1)
    if draw < 0.5:
        return word
    if draw < 0.65:
        return word[: place + 1]
    if draw < 0.8:
        return word[:place] + word[place + 1] + word[place] + word[place + 2 :]
    return word[:place] + "x" + word[place + (draw > 0.9) :]


def _grouping(random: Random, centre: Centre) -> dict[str, Any]:
    """Mostly what is asked by default: the CPTS that cover the place group their members."""
    draw = random.random()
    if draw < 0.12:
        return {"group_cpts": False}
    if draw < 0.24:
        return {"cpts": random.choice(CPTS[centre.name]).finess}
    return {}


def _insee(random: Random, centre: Centre) -> str | None:
    """The commune of the place; in Paris the district, or the whole city."""
    if random.random() < 0.05:
        return None
    return "75056" if centre.name == "Paris" and random.random() < 0.2 else centre.insee


def _area(random: Random, centre: Centre) -> Area:
    kind = random.choice((AreaKind.POINT, AreaKind.POINT, AreaKind.COMMUNE, AreaKind.DEPARTMENT))
    moved = kind is AreaKind.POINT and random.random() < 0.7
    explicit = kind is not AreaKind.DEPARTMENT and random.random() < 0.3
    radius: float | None = random.uniform(0.5, 3) * centre.reference_km if explicit else None
    if not explicit and kind is not AreaKind.DEPARTMENT:
        radius = centre.reference_km
    return Area(
        kind=kind,
        label=centre.name,
        lat=centre.lat + (random.gauss(0, centre.spread / 2) if moved else 0.0),
        lon=centre.lon + (random.gauss(0, centre.spread / 2) if moved else 0.0),
        department=centre.department,
        zone=centre.zone,
        reference_km=centre.reference_km,
        step_km=centre.step_km,
        radius_km=radius,
        patient_point=kind is AreaKind.POINT,
        explicit_radius=explicit,
        insee=None if kind is AreaKind.DEPARTMENT else _insee(random, centre),
    )


def _values(random: Random) -> dict[str, Any]:
    values: dict[str, Any] = {
        "mode": random.choice(MODES),
        "sort": random.choice(SORTS),
        "role": random.choice(ROLES),
        "profile": random.choice(("regulation", "regulation", "published", "distance")),
        "seed": random.randrange(2**31),
        "size": random.choice((5, 20, 100)),
        "absent": random.random() < 0.1,
    }
    if random.random() < 0.15:
        values["window_hours"] = random.choice((0.5, 4, 24, 72))
    if random.random() < 0.15:
        values["deadline_h"] = random.choice((0.5, 4, 24))
    return {**values, **_filters(random)}


def _filters(random: Random) -> dict[str, Any]:
    choices: dict[str, tuple[str, ...]] = {
        "consultation": ("AMB", "HH", "VR"),
        "slot_type": ("PUBLIC", "PRO", "SNP", "CPTS"),
        "horizon": HORIZONS,
        "profession": ("10", "40", "60"),
        "specialty": ("SM54", "SM04", "CAPA02"),
        "kind": ("professional", "cpts", "msp", "pharmacy", "structure", "sos_point"),
        "sector": ("0", "1", "2", "3", "4"),
        "participation": ("own", "cpts", "msp", "sos"),
        "maternity_level": ("1", "2A"),
        "territory": ("SAS-48", "SAS-75", "SAS-14"),
    }
    chance = {"maternity_level": 0.02, "specialty": 0.03, "kind": 0.15}
    drawn: dict[str, Any] = {
        name: random.sample(values, random.choice((1, 2)))
        for name, values in choices.items()
        if random.random() < chance.get(name, 0.05)
    }
    return drawn if random.random() > 0.06 else {**drawn, "open_now": True}


def build_oracle_query(
    criteria: Criteria, meaning: Interpretation, area: Area, now: datetime, **known: Any
) -> OracleQuery:
    """The same search in the oracle's words; ``known``: what the criteria do not say."""
    filters = ("profession", "specialty", "kind", "sector", "participation", "maternity_level")
    mode = criteria.mode.value
    if (meaning.structure_word or meaning.text) and mode == "available":
        mode = "all"
    return OracleQuery(
        lat=area.lat,
        lon=area.lon,
        department=area.department,
        insee=area.insee,
        zone=area.zone,
        step_km=area.step_km,
        radius_km=area.radius_km,
        explicit=area.explicit_radius,
        measured=area.patient_point,
        mode=mode,
        sort=criteria.sort.value,
        profile=criteria.profile,
        role=criteria.role.value,
        now=now,
        hours=criteria.window_hours,
        seed=criteria.seed or 0,
        absent=criteria.absent,
        slot_type=frozenset(criteria.slot_type),
        consultation=frozenset(criteria.consultation),
        horizons=tuple((int(a), int(b)) for a, b in (h.split("-") for h in criteria.horizon)),
        open_now=criteria.open_now,
        group_cpts=criteria.group_cpts,
        cpts=criteria.cpts,
        deadline=criteria.deadline_h,
        size=criteria.size,
        filters={name: frozenset(getattr(criteria, name)) for name in (*filters, "territory")},
        meaning=meaning,
        **{"landmass": "reunion" if area.department == "974" else "mainland", **known},
    )
