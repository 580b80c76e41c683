"""FINESS+, the current form: one JSON object of half a gigabyte, streamed entity by entity.

Legal entities (``pmej``) hold their sites (``ege``). Keys are read leniently: the published file
and its published schema do not always agree. Source: docs/reference/sources/finess.md.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO

import ijson
import orjson

from indexers.quality.quarantine import Layout, Quarantine
from indexers.quality.reasons import Reason
from indexers.sources.finess.fields import SiteBuilder, build_structure_address, street_type
from indexers.sources.finess.legacy import build_coordinates
from indexers.sources.finess.structure import Coordinates, Structure, StructureAddress
from indexers.sources.reading import repairs
from indexers.sources.reading.errors import CutFileError
from indexers.sources.reading.lines import open_bytes, translate_unpack_errors
from indexers.sources.reading.text import clean_value

SITE_ADDRESS = "03"
LEGAL_ENTITY_ADDRESS = "02"
"""Uses of an address (TRE_R377): a site has up to 150 addresses, its own is not always first."""

MAIN_CONTACT = "01"
INACTIVE = "I"

KNOWN_KEYS: Mapping[str, tuple[str, ...]] = {
    "pmej": (
        "informationsGeneralesPMEJ",
        "adresse",
        "contact",
        "engagement",
        "evenement",
        "ege",
        "etatObjet",
        "dateDerniereMaj",
    ),
    "informationsGeneralesPMEJ": (
        "pmSmsseId",
        "codeApe",
        "complementAdressePmSmsse",
        "dateCreation",
        "dateFermeture",
        "denominationLonguePmSmsse",
        "denominationPm",
        "numFinessPm",
        "fonctionPublique",
        "categorieentiteGeographiqueExercice",
        "siren",
        "statutJuridique",
        "typeGroupeGco",
        "typePersonneMorale",
    ),
    "ege": (
        "informationsGeneralesEGE",
        "categorieentiteGeographiqueExercice",
        "modefixationtarifaire",
        "typeBudget",
        "adresse",
        "contact",
        "engagement",
        "evenement",
        "roleEge",
        "etatObjet",
        "dateDerniereMaj",
    ),
    "informationsGeneralesEGE": (
        "egeId",
        "complementDenominationEg",
        "dateFermeture",
        "dateOuverture",
        "datePremiereAutorisation",
        "nomEgeCourt",
        "nomEgeLong",
        "numeroEducationNationale",
        "numeroReferenceExterne",
        "numFinessEge",
        "espic",
        "siret",
    ),
    "adresse": (
        "usageAdresse",
        "numeroVoie",
        "typeVoie",
        "libelleVoie",
        "complementVoie",
        "complementPointGeographique",
        "lieuDit",
        "cogCommune",
        "ligneAcheminement",
        "ligneUne",
        "ligneDeux",
        "ligneTrois",
        "ligneQuatre",
        "ligneCinq",
        "ligneSix",
        "codePostal",
        "coordonneesGeographique",
    ),
    "coordonneesGeographique": (
        "coordonneeX",
        "coordonneeY",
        "directionLatitude",
        "directionLongitude",
        "cleInInteropBAN",
        "scoreBAN",
    ),
    "contact": ("typeContact", "telecom"),
    "typeContact": ("roleContact",),
    "telecom": ("telephone", "telecopie", "courriel"),
}
"""Keys of each object, as published in September 2026."""

Json = Mapping[str, Any]

LAYOUT = Layout(".json", '{"pmej": [\n', ",\n", "\n]}\n")
"""A file of a few entities, each on one line."""


def read_plus(path: Path, quarantine: Quarantine) -> Iterator[Structure]:
    """Every site of a FINESS+ file, active or not, one legal entity in memory at a time.

    Raises ``CutFileError`` when the JSON stops early: half a register must not pass for one.
    """
    sites = SiteBuilder("finess-plus", quarantine)
    quarantine.layout = LAYOUT
    ege_ids: set[str] = set()
    rank = 0
    for entity in _entities(path):
        known = _keep_known_keys(entity, "pmej", quarantine)
        legal = _keep_known_keys(
            known.get("informationsGeneralesPMEJ"), "informationsGeneralesPMEJ", quarantine
        )
        for ege in _objects(known.get("ege")):
            rank += 1
            quarantine.read += 1
            site = _keep_known_keys(ege, "ege", quarantine)
            _check_ege_id(rank, site, ege_ids, quarantine)
            raw = partial(_serialize_single_site, entity, ege)
            structure = _structure(rank, site, _text(legal, "numFinessPm"), sites, raw)
            if structure is not None:
                yield structure


def plus_date(path: Path) -> date | None:
    """The day of ``generatedAt``, which comes before the entities; None when it does not."""
    with _open_json(path) as handle:
        for prefix, event, value in ijson.parse(handle):
            if prefix == "generatedAt" and event == "string":
                day = repairs.day(value)
                return date.fromisoformat(day) if day else None
            if prefix == "pmej":
                return None
    return None


def _entities(path: Path) -> Iterator[Any]:
    with _open_json(path) as handle:
        yield from ijson.items(handle, "pmej.item")


@contextmanager
def _open_json(path: Path) -> Iterator[BinaryIO]:
    """The open file, its JSON errors with their remedy; a cut and a fault read the same."""
    with open_bytes(path) as handle, translate_unpack_errors(path):
        try:
            yield handle
        except ijson.JSONError as error:
            raise CutFileError(
                f"{path.name} is cut or is not JSON to its end; download it again"
            ) from error


def _objects(value: object) -> Iterator[Json]:
    """The objects of a list, or the only one where the file gives no list."""
    items = value if isinstance(value, list) else [value]
    return (item for item in items if isinstance(item, dict))


def _keep_known_keys(value: object, kind: str, quarantine: Quarantine) -> Json:
    """An object under its usual keys: case does not matter, unknown keys are counted."""
    if not isinstance(value, dict):
        return {}
    usual = _CANONICAL_KEYS[kind]
    found: dict[str, Any] = {}
    for key, content in value.items():
        name = usual.get(key.lower())
        if name is None:
            quarantine.unknown[f"{kind}.{key}"] += 1
        else:
            found[name] = content
    return found


_CANONICAL_KEYS = {
    kind: {name.lower(): name for name in names} for kind, names in KNOWN_KEYS.items()
}


def _text(source: Json, key: str) -> str:
    """A value as clean text; numbers too, ``""`` for anything absent or composed."""
    value = source.get(key)
    if value is None or isinstance(value, (dict, list, bool)):
        return ""
    return clean_value(str(value))


def _check_ege_id(rank: int, site: Json, seen: set[str], quarantine: Quarantine) -> None:
    general = site.get("informationsGeneralesEGE")
    ege_id = _text(general, "egeId") if isinstance(general, dict) else ""
    if ege_id and ege_id in seen:
        quarantine.warn(rank, Reason.EGE_ID_DUPLICATE, ege_id)
    seen.add(ege_id)


def _serialize_single_site(entity: Json, ege: Json) -> str:
    """An entity with one site only, as JSON: all that a correction needs."""
    facts = {key: value for key, value in entity.items() if key.lower() not in {"ege", "adresse"}}
    return orjson.dumps({**facts, "ege": [ege]}, default=str).decode()


def _structure(
    rank: int, site: Json, legal_finess: str, site_builder: SiteBuilder, raw: Callable[[], str]
) -> Structure | None:
    general = _keep_known_keys(
        site.get("informationsGeneralesEGE"), "informationsGeneralesEGE", site_builder.quarantine
    )
    place = _keep_known_keys(_own_address(site), "adresse", site_builder.quarantine)
    point = _keep_known_keys(
        place.get("coordonneesGeographique"), "coordonneesGeographique", site_builder.quarantine
    )
    phones, email = _contacts(site, site_builder.quarantine)
    texts = {
        "finess": _text(general, "numFinessEge"),
        "legal_finess": legal_finess,
        "name": _text(general, "nomEgeLong") or _text(general, "nomEgeCourt"),
        "category": _text(site, "categorieentiteGeographiqueExercice"),
        "siret": _text(general, "siret"),
        "opened": _text(general, "dateOuverture"),
        "closed": _text(general, "dateFermeture"),
        "updated": _text(site, "dateDerniereMaj"),
        "email": email,
        "ban_key": _text(point, "cleInInteropBAN"),
    }
    structure = site_builder.build_structure(rank, texts, _address(place), phones, raw)
    if structure is not None:
        _set_state(structure, _text(site, "etatObjet"), _coordinates(point))
    return structure


def _set_state(structure: Structure, state: str, coordinates: list[Coordinates]) -> None:
    if state == INACTIVE:
        structure["inactive"] = True
    if coordinates:
        structure["coordinates"] = coordinates


def _own_address(site: Json) -> Json:
    """The address of the site itself, else its first one that is not the legal entity's."""
    addresses = list(_objects(site.get("adresse")))
    by_use = {_text(a, "usageAdresse"): a for a in reversed(addresses)}
    if SITE_ADDRESS in by_use:
        return by_use[SITE_ADDRESS]
    others = (a for a in addresses if _text(a, "usageAdresse") != LEGAL_ENTITY_ADDRESS)
    return next(others, next(iter(addresses), {}))


def _address(place: Json) -> StructureAddress:
    postal_code = repairs.postal_code(_text(place, "codePostal"))
    street = f"{street_type(_text(place, 'typeVoie'))} {_text(place, 'libelleVoie')}".strip()
    parts = (_text(place, "numeroVoie"), _text(place, "complementVoie"), street)
    complement = (_text(place, "complementPointGeographique"), _text(place, "lieuDit"))
    insee = repairs.RENUMBERED.get(postal_code) or repairs.insee(_text(place, "cogCommune"))
    return build_structure_address(
        line=_text(place, "ligneQuatre") or " ".join(filter(None, parts)),
        complement=", ".join(filter(None, complement)),
        postal_code=postal_code,
        city=_text(place, "ligneAcheminement"),
        insee=insee,
    )


def _coordinates(point: Json) -> list[Coordinates]:
    """Both pairs as published: which holds degrees changes from site to site, a known fault."""
    pairs = (
        ("coordonneeX", "coordonneeY", "coordonnee"),
        ("directionLongitude", "directionLatitude", "direction"),
    )
    texts = ((_text(point, x), _text(point, y), fields) for x, y, fields in pairs)
    return [build_coordinates(x, y, fields) for x, y, fields in texts if x and y]


def _contacts(site: Json, quarantine: Quarantine) -> tuple[tuple[str, ...], str]:
    """Phone texts and e-mail of the main contact, else of all of them."""
    contacts = [_keep_known_keys(c, "contact", quarantine) for c in _objects(site.get("contact"))]
    main = [c for c in contacts if _role(c, quarantine) == MAIN_CONTACT]
    telecoms = [_keep_known_keys(c.get("telecom"), "telecom", quarantine) for c in main or contacts]
    return tuple(_non_empty_texts(telecoms, "telephone")), next(
        iter(_non_empty_texts(telecoms, "courriel")), ""
    )


def _role(contact: Json, quarantine: Quarantine) -> str:
    return _text(
        _keep_known_keys(contact.get("typeContact"), "typeContact", quarantine), "roleContact"
    )


def _non_empty_texts(objects: Iterable[Json], key: str) -> list[str]:
    return [text for item in objects if (text := _text(item, key))]
