"""Structures as the FINESS+ file writes them, its inconsistent coordinate fields included."""

import random
from datetime import date, datetime
from functools import cache
from typing import Any

from pyproj import Transformer

from simulation.places.places import REPETITION_LABELS, GeneratedPlace
from simulation.places.structures import GeneratedStructure
from simulation.slots.calendar import format_utc_instant

PROJECTIONS = {
    **dict.fromkeys(("971", "972", "977", "978"), "EPSG:5490"),
    "973": "EPSG:2972",
    "974": "EPSG:2975",
    "975": "EPSG:4467",
    "976": "EPSG:4471",
}
"""Projection of each territory overseas; Lambert 93 elsewhere."""
METROPOLE_PROJECTION = "EPSG:2154"
UNPROJECTED = frozenset({"986", "987", "988"})
"""Collectivities of the Pacific: written in degrees in both pairs."""

DEGREES_FIRST, METRES_FIRST = 0.55, 0.75
"""Bounds of a draw: degrees in X/Y and metres in the direction fields for 55 % of the sites,
the reverse for 20 %, nothing for the last quarter."""
FIRST_ADDRESS_ELSEWHERE = 0.03
"""Share of sites whose first address is not the one of the site (usage 03)."""
TWO_PHONES = 0.05
SCHEMA = "v1.0.0"


def build_file_head(now: datetime) -> bytes:
    """The head of the file, up to the list of legal entities."""
    return (
        f'{{"schemaVersion":"{SCHEMA}","generatedAt":"{format_utc_instant(now)}","gcc":[],"gco":[],"pmej":[\n'
    ).encode()


CLOSING = b"\n]}\n"


def build_entity(
    rng: random.Random, sites: list[GeneratedStructure], now: datetime
) -> dict[str, Any]:
    """One legal entity with its sites."""
    first = sites[0]
    return {
        "informationsGeneralesPMEJ": {
            "pmSmsseId": f"PM{first.place.legal_finess}",
            "dateCreation": first.opened.isoformat(),
            "denominationPm": first.title.short,
            "denominationLonguePmSmsse": first.title.text,
            "numFinessPm": first.place.legal_finess,
            "siren": first.place.siret[:9],
            "typePersonneMorale": "PMEJ",
        },
        "ege": [_site(rng, site, now.date()) for site in sites],
    }


def _site(rng: random.Random, site: GeneratedStructure, today: date) -> dict[str, Any]:
    place = site.place
    closing = {"dateFermeture": site.closed.isoformat()} if site.closed else {}
    return {
        "informationsGeneralesEGE": {
            "egeId": f"EGE{place.finess}",
            "numFinessEge": place.finess,
            "siret": place.siret,
            "nomEgeCourt": site.title.short,
            "nomEgeLong": site.title.text if site.title.has_long else "",
            "dateOuverture": site.opened.isoformat(),
            **closing,
        },
        "categorieentiteGeographiqueExercice": site.category.code,
        "etatObjet": "A" if site.open_on(today) else "I",
        "dateDerniereMaj": today.replace(day=1).isoformat(),
        "adresse": _addresses(rng, place),
        "contact": [_contact(rng, place)],
    }


def _addresses(rng: random.Random, place: GeneratedPlace) -> list[dict[str, Any]]:
    """The address of the site, sometimes after another one."""
    own = _address(place, "03") | {"coordonneesGeographique": _coordinates(rng, place)}
    if rng.random() < FIRST_ADDRESS_ELSEWHERE:
        return [_address(place, "02") | {"libelleVoie": "du Siège", "numeroVoie": "1"}, own]
    return [own]


def _address(place: GeneratedPlace, usage: str) -> dict[str, Any]:
    line = f"{place.postal_code} {place.city.upper()}"
    return {
        "usageAdresse": usage,
        "numeroVoie": f"{place.number_text} {REPETITION_LABELS[place.repetition]}".strip(),
        "typeVoie": place.street.code,
        "libelleVoie": place.street.name,
        "cogCommune": place.insee,
        "ligneAcheminement": line,
        "codePostal": place.postal_code,
    }


def _contact(rng: random.Random, place: GeneratedPlace) -> dict[str, Any]:
    numbers = place.phone
    if rng.random() < TWO_PHONES:
        numbers = f"{numbers} / {numbers[:-2]}99"
    return {"typeContact": {"roleContact": "01"}, "telecom": {"telephone": numbers}}


def _coordinates(rng: random.Random, place: GeneratedPlace) -> dict[str, str]:
    kind = rng.random()
    if kind >= METRES_FIRST:
        return {}
    place.located = True
    degrees = (f"{place.lon:.6f}", f"{place.lat:.6f}")
    metres = project_point(place)
    first, second = (degrees, metres) if kind < DEGREES_FIRST else (metres, degrees)
    return {
        "coordonneeX": first[0],
        "coordonneeY": first[1],
        "directionLongitude": second[0],
        "directionLatitude": second[1],
        "cleInInteropBAN": f"{place.insee}_{street_number(place):04d}_{place.number:05d}",
        "scoreBAN": "0.96",
    }


def street_number(place: GeneratedPlace) -> int:
    """An invented number of a street in its commune, the same for the same name."""
    return sum(map(ord, place.street.name)) % 9000 + 100


def project_point(place: GeneratedPlace) -> tuple[str, str]:
    """The place in metres, easting then northing, in the projection of its territory."""
    if place.department in UNPROJECTED:
        return f"{place.lon:.6f}", f"{place.lat:.6f}"
    code = PROJECTIONS.get(place.department, METROPOLE_PROJECTION)
    east, north = _transformer(code).transform(place.lon, place.lat)
    return f"{east:.1f}", f"{north:.1f}"


@cache
def _transformer(code: str) -> Transformer:
    return Transformer.from_crs("EPSG:4326", code, always_xy=True)
