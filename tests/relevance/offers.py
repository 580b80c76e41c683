"""The judged collection: invented people and places, their slots relative to a frozen now."""

from typing import Any

from mappings import codes
from tests.relevance.places import around
from tests.relevance.scenes import scenes
from tests.search_engine.sample_offers import Offer, doctor, slot, structure

PARIS = {"lat": 48.8566, "lon": 2.3522, "department": "75", "insee": "75104"}
LYON = {"lat": 45.7640, "lon": 4.8357, "department": "69", "insee": "69382"}
MENDE = {"lat": 44.5180, "lon": 3.5010, "department": "48", "insee": "48095"}
AJACCIO = {"lat": 41.9192, "lon": 8.7386, "department": "2A", "insee": "2A004"}
SAINT_DENIS = {"lat": -20.8789, "lon": 55.4481, "department": "974", "insee": "97411"}

NAMES = {
    "martin-jean": "MARTIN Jean",
    "martin-jeanne": "MARTIN Jeanne",
    "martinez": "MARTINEZ Luis",
    "marin": "MARIN Paule",
    "lefevre": "LEFÈVRE Zoé",
    "de-la-tour": "DE LA TOUR Hugues",
    "saint-andre": "SAINT-ANDRÉ Luce",
    "durand-morel": "DURAND-MOREL Inès",
    "journo": "JOURNO Abel",
    "boidin": "BOIDIN Noé",
    "dangelo": "D'ANGELO Rita",
    "thibault": "THIBAULT Remi",
    "nguyen": "N'GUYEN Linh",
    "le-goff": "LE GOFF Yann",
    "du-bois": "DU BOIS Aude",
    "oeuvrard": "ŒUVRARD Éric",
    "muller": "MÜLLER Hans",
    "obrien": "O’BRIEN Sean",
    "exupery": "DE SAINT-EXUPÉRY Guy",
}
"""Doctors of Lyon, by key."""

STRUCTURES = {
    "pharmacie": ("pharmacy", "620"),
    "laboratoire": ("laboratory", "611"),
    "msp": ("msp", "603"),
    "centre-sante": ("health_centre", "439"),
    "hopital-urgences": ("hospital", "355"),
    "hopital-sans": ("hospital", "355"),
    "hopital-maternite": ("hospital", "355"),
}
FLAGS: dict[str, dict[str, Any]] = {
    "hopital-urgences": {"emergency": True},
    "hopital-maternite": {"maternity_level": "2A"},
}


def collection_offers() -> list[Offer]:
    """Every offer of the collection."""
    town = [*specialists(), *professions(), *name_search_doctors(), *places()]
    return [*town, *tiers(), *elsewhere(), *scenes()]


def specialists() -> list[Offer]:
    """In Paris one doctor for each ordinal speciality, between 0.3 and 4 km."""
    held = [code for code in codes.specialties() if code.startswith("SM")]
    return [
        doctor(code, slots=[slot(30)], **around(PARIS, 0.3 + 0.03 * rank, specialties=[code]))
        for rank, code in enumerate(held)
    ]


def professions() -> list[Offer]:
    """In Paris one person for each profession that is not a doctor's."""
    held = [code for code in codes.professions() if code != "10"]
    return [
        doctor(
            f"prof-{code}",
            slots=[slot(30)],
            **around(PARIS, 0.31 + 0.03 * rank, profession=code, specialties=[]),
        )
        for rank, code in enumerate(held)
    ]


def name_search_doctors() -> list[Offer]:
    """In Lyon the doctors whose names are asked for, all with the same slot."""
    return [
        doctor(key, slots=[slot(30)], **around(LYON, 1 + 0.1 * rank), **name_fields(result))
        for rank, (key, result) in enumerate(NAMES.items())
    ]


def name_fields(full_name: str) -> dict[str, Any]:
    """The fields of a family name followed by one given name."""
    family, _, given = full_name.rpartition(" ")
    return {"names": [full_name], "family": family, "given": given, "title": f"Dr {given} {family}"}


def places() -> list[Offer]:
    """In Paris one structure of each kind, without slots."""
    return [
        structure(key, kind, category, **around(PARIS, 0.5 + 0.1 * rank), **FLAGS.get(key, {}))
        for rank, (key, (kind, category)) in enumerate(STRUCTURES.items())
    ]


def tiers() -> list[Offer]:
    """In Mende what the order is made of; the city radius of Lozère is 50 km."""
    snp = slot(30, types=["SNP"])
    absence = {"gte": "2026-06-15T00:00:00Z", "lt": "2026-06-25T00:00:00Z"}
    return [
        doctor("other-near", slots=[slot(30)], **around(MENDE, 1)),
        doctor("other-snp", slots=[snp], **around(MENDE, 4)),
        doctor("other-far", slots=[slot(30)], **around(MENDE, 20)),
        doctor("part-near", slots=[slot(30)], **around(MENDE, 10, participant=True)),
        doctor("part-far", slots=[slot(30)], **around(MENDE, 40, participant=True)),
        doctor("part-noslot", **around(MENDE, 0.5, participant=True, accepts_beyond=True)),
        doctor("other-noslot", **around(MENDE, 0.4)),
        doctor("absent", slots=[slot(30)], **around(MENDE, 0.3, absences=[absence])),
        doctor("always-absent", slots=[slot(30)], **around(MENDE, 0.2, always_absent=True)),
        doctor("past-window", slots=[slot(120)], **around(MENDE, 0.2)),
        doctor("too-far", slots=[slot(30)], **around(MENDE, 130)),
    ]


def elsewhere() -> list[Offer]:
    """Corsica, La Réunion, and a neighbour just across the border of Lozère."""
    border = {**MENDE, "department": "12", "insee": "12202"}
    return [
        *(doctor(f"ajaccio-{n}", slots=[slot(30)], **around(AJACCIO, n)) for n in range(1, 7)),
        *(doctor(f"reunion-{n}", slots=[slot(30)], **around(SAINT_DENIS, n)) for n in range(1, 7)),
        doctor("across-border", slots=[slot(30)], **around(border, 12, participant=True)),
    ]
