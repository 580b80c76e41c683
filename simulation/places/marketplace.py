"""Marketplace solutions of a department, and the dispatch softwares allowed to link to us."""

import random
from collections.abc import Iterator
from typing import Any

from simulation.people.numbers import draw_phone, international
from simulation.places.territory import GeneratedTerritory

CITY_RADIUS_KM = 15.0

LRM = (
    {"origin": "1.2.250.1.999.1", "name": "Régulation Alpha"},
    {"origin": "1.2.250.1.999.2", "name": "Régulation Bêta"},
    {"origin": "1.2.250.1.999.3", "name": "Régulation Gamma", "active": False},
)
"""Assignment authorities of invented dispatch softwares; the last one is switched off."""


def solutions(rng: random.Random, where: GeneratedTerritory) -> Iterator[dict[str, Any]]:
    """The solutions of one department in the format ``solutions``."""
    here = where.department.lower()
    yield {
        "key": f"teleconsultation-{here}",
        "editor": "telesoins",
        "name": f"Télésoins – médecine générale ({where.name})",
        "link": f"https://telesoins.example/sas/{here}",
        "professions": ["10"],
        "specialties": ["SM26", "SM53", "SM54"],
        "departments": [where.department],
        "consultation": ["VR"],
    }
    yield {
        "key": f"dentaire-{here}",
        "editor": "urgencedent",
        "name": f"Permanence dentaire ({where.name})",
        "link": f"https://urgencedent.example/{here}",
        "professions": ["40"],
        "departments": [where.department],
        "consultation": ["AMB"],
        "phone": international(draw_phone(rng, where.department)),
    }
    yield from _local(rng, where)
    yield {
        "key": f"ancienne-{here}",
        "editor": "telesoins",
        "name": "Offre retirée",
        "link": f"https://telesoins.example/retire/{here}",
        "professions": ["10"],
        "departments": [where.department],
        "enabled": False,
    }


def _local(rng: random.Random, where: GeneratedTerritory) -> Iterator[dict[str, Any]]:
    """Those that cover a circle or a few communes only."""
    here, main = where.department.lower(), where.by_population()[0].commune
    yield {
        "key": f"visites-{here}",
        "editor": "medic-a-dom",
        "name": f"Visites à domicile – {main.name}",
        "link": f"https://medic-a-dom.example/{here}",
        "professions": ["10", "60"],
        "circle": {"lat": main.lat, "lon": main.lon, "km": CITY_RADIUS_KM},
        "consultation": ["HH"],
        "phone": international(draw_phone(rng, where.department)),
    }
    yield {
        "key": f"kine-garde-{here}",
        "editor": "kine-garde",
        "name": f"Kinésithérapie respiratoire de garde – {main.name}",
        "link": f"https://kine-garde.example/{here}",
        "professions": ["70"],
        "communes": [t.commune.insee for t in where.by_population()[:8]],
        "consultation": ["AMB", "HH"],
    }


def dispatch_softwares() -> Iterator[dict[str, Any]]:
    """The LRM registry in the format ``lrm``."""
    yield from LRM
