"""The searches of a run: a fixed, seeded list, with the proportions of a regulator's day."""

import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from elasticsearch import Elasticsearch

from geography.gazetteer import Commune, load_gazetteer
from mappings.records import Kind
from search_engine.request.area import point_area
from search_engine.request.problems import PlaceOutsideFrance

Body = dict[str, Any]
"""A JSON body of ``POST /v1/search`` or ``POST /v1/suggest``."""

WORDS = {
    "médecin généraliste": 40,
    "MG": 6,
    "infirmier": 6,
    "chirurgien-dentiste": 6,
    "sage-femme": 5,
    "pédiatre": 5,
    "masseur-kinésithérapeute": 4,
    "cardiologue": 3,
    "ophtalmologue": 3,
    "dermatologue": 2,
    "gynécologue": 2,
    "psychiatre": 2,
    "ortho": 1,
    "pharmacie": 6,
    "laboratoire": 2,
    "centre de santé": 3,
    "maison de santé": 3,
    "SOS Médecins": 3,
    "maternité": 1,
}
"""Known words, by how often they are searched."""

NAMES_SHARE = 0.2
"""Share of the searches for a person or a structure by name."""

PLACES = {"point": 55, "circle": 10, "commune": 25, "department": 10}

FILTERS: tuple[tuple[Body, int], ...] = (
    ({}, 70),
    ({"treating_doctor": ""}, 8),
    ({"mode": "all"}, 5),
    ({"mode": "beyond"}, 3),
    ({"sort": "distance"}, 2),
    ({"sort": "earliest"}, 2),
    ({"consultation": ["AMB"], "horizon": ["0-4", "4-8"]}, 3),
    ({"consultation": ["VR"]}, 2),
    ({"slot_type": ["SNP", "CPTS"]}, 2),
    ({"participation": ["cpts"]}, 1),
    ({"sector": ["1"]}, 2),
)
"""Criteria beside the text and the place, by weight.

An empty doctor is replaced by one of the set.
"""

SIZES = {5: 70, 20: 30}
PAGES = {1: 90, 2: 10}
RADII_KM = {5.0: 1, 15.0: 2, 30.0: 1}

SCATTER_DEGREES = 0.02
"""Distance of a patient from the point of his commune: 2 km."""

TYPED = {3: 20, 4: 25, 5: 25, 7: 20, 10: 10}
"""Letters typed when a suggestion is requested."""


@dataclass(frozen=True, slots=True)
class SampledOffers:
    """Contents of the index that searches are drawn from."""

    departments: tuple[str, ...]
    people: tuple[Body, ...] = field(default=())
    structures: tuple[Body, ...] = field(default=())


def sample_offers(client: Elasticsearch, alias: str, seed: int) -> SampledOffers:
    """People, structures and every department of the index; the same index and seed, the same
    ones."""
    found = client.search(
        index=alias, size=0, aggs={"d": {"terms": {"field": "department", "size": 200}}}
    )
    held = sorted(bucket["key"] for bucket in found["aggregations"]["d"]["buckets"])
    return SampledOffers(
        departments=tuple(held),
        people=_sample_kind(client, alias, Kind.PROFESSIONAL, seed),
        structures=_sample_kind(client, alias, Kind.STRUCTURE, seed),
    )


def _sample_kind(client: Elasticsearch, alias: str, kind: Kind, seed: int) -> tuple[Body, ...]:
    random_score = {"seed": seed, "field": "fair_key"}
    query = {"bool": {"filter": [{"term": {"kind": kind.value}}, {"exists": {"field": "point"}}]}}
    found = client.search(
        index=alias,
        query={"function_score": {"query": query, "random_score": random_score}},
        sort=["_score", {"id": "asc"}],
        source={"includes": ["rpps", "family", "given", "title", "point"]},
        size=100,
    )
    return tuple(hit["_source"] for hit in found["hits"]["hits"])


def searches(sample: SampledOffers, count: int, seed: int) -> list[Body]:
    """The bodies of so many searches."""
    chance = random.Random(seed)  # noqa: S311 - a load, not a secret
    return [_search(sample, chance) for _ in range(count)]


def suggestions(sample: SampledOffers, count: int, seed: int) -> list[Body]:
    """The bodies of so many suggestions: first letters of words and of names, around a place."""
    chance = random.Random(seed)  # noqa: S311 - a load, not a secret
    return [_suggestion(sample, chance) for _ in range(count)]


def _search(sample: SampledOffers, chance: random.Random) -> Body:
    criteria = dict(chance.choices(*zip(*FILTERS, strict=True))[0])
    if "treating_doctor" in criteria:
        criteria["treating_doctor"] = _doctor(sample, chance)
    if chance.random() < NAMES_SHARE and sample.people:
        text, place = _pick_named_offer(sample, chance)
    else:
        text, place = _one(WORDS, chance), _place(chance.choice(sample.departments), chance)
    seed = chance.randrange(2**31)
    return {
        "what": text,
        **place,
        **criteria,
        "size": _one(SIZES, chance),
        "page": _one(PAGES, chance),
        "seed": seed,
    }


def _doctor(sample: SampledOffers, chance: random.Random) -> str:
    """The RPPS, as dispatch software sends it, or the name; "" when the set has no doctor."""
    known = [person for person in sample.people if "rpps" in person]
    if not known:
        return ""
    person = chance.choice(known)
    return str(person["rpps"]) if chance.random() < 0.5 else _full_name(person)  # noqa: PLR2004


def _pick_named_offer(sample: SampledOffers, chance: random.Random) -> tuple[str, Body]:
    """The name of a person or a structure, and a point near it."""
    structure = bool(sample.structures) and chance.random() < 0.25  # noqa: PLR2004
    offer = chance.choice(sample.structures if structure else sample.people)
    text = offer["title"] if structure else chance.choice((_full_name(offer), offer["family"]))
    point = offer["point"]
    return text, pick_nearby_point(point["lat"], point["lon"], chance)


def _full_name(person: Body) -> str:
    return f"{person.get('given', '')} {person.get('family', '')}".strip()


def _place(department: str, chance: random.Random) -> Body:
    kind = _one(PLACES, chance)
    if kind == "department":
        return {"department": department}
    commune = pick_commune(department, chance)
    if kind == "commune":
        return {"insee": commune.insee}
    patient = pick_nearby_point(commune.lat, commune.lon, chance)
    return patient if kind == "point" else {**patient, "radius_km": _one(RADII_KM, chance)}


def pick_commune(department: str, chance: random.Random) -> Commune:
    """As people live, and as communes are: one out of two by population."""
    communes = load_gazetteer().in_department(department)
    if chance.random() < 0.5:  # noqa: PLR2004
        return chance.choice(communes)
    return chance.choices(communes, [commune.population + 1 for commune in communes])[0]


def pick_nearby_point(lat: float, lon: float, chance: random.Random) -> Body:
    """A patient's point near another, on French ground; the point itself when there is none."""
    for _ in range(5):
        here = [
            round(degrees + chance.uniform(-SCATTER_DEGREES, SCATTER_DEGREES), 5)
            for degrees in (lat, lon)
        ]
        try:
            point_area(load_gazetteer(), here[0], here[1], None)
        except PlaceOutsideFrance:
            continue
        return {"lat": here[0], "lon": here[1]}
    return {"lat": lat, "lon": lon}


def _suggestion(sample: SampledOffers, chance: random.Random) -> Body:
    texts = [_one(WORDS, chance)]
    if sample.people:
        person = chance.choice(sample.people)
        texts += [person["family"], _full_name(person)]
    if sample.structures:
        texts.append(chance.choice(sample.structures)["title"])
    text = chance.choice(texts)[: _one(TYPED, chance)]
    place = _place(chance.choice(sample.departments), chance)
    place.pop("radius_km", None)
    return {"text": text, **(place if chance.random() < 0.8 else {})}  # noqa: PLR2004


def _one(weights: Mapping[Any, int], chance: random.Random) -> Any:
    return chance.choices(list(weights), list(weights.values()))[0]
