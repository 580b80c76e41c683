"""FINESS+, the current form: one JSON object of half a gigabyte, streamed entity by entity.

Legal entities (``pmej``) hold their sites (``ege``). Keys are read leniently: the published file
and its published schema do not always agree. Source: docs/reference/sources/finess.md.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

import orjson

from indexers.quality.quarantine import Layout, Quarantine
from indexers.quality.reasons import Reason
from indexers.sources.columns import FINESS_PLUS
from indexers.sources.finess.fields import SiteBuilder, build_structure_address, street_type
from indexers.sources.finess.legacy import build_coordinates
from indexers.sources.finess.structure import Coordinates, Structure, StructureAddress
from indexers.sources.reading import repairs
from indexers.sources.reading.errors import CutFileError
from indexers.sources.reading.json_items import JsonCutError, JsonItem, read_head, read_items
from indexers.sources.reading.lines import open_bytes, translate_unpack_errors
from mappings.bounds import SITES, ListBound, TextBound
from mappings.text.cleaning import clean_value, decode_line

SITE_ADDRESS = "03"
LEGAL_ENTITY_ADDRESS = "02"
"""Uses of an address (TRE_R377): a site has up to 150 addresses, its own is not always first."""

MAIN_CONTACT = "01"
INACTIVE = "I"
ENTITIES = "pmej"
_GENERAL = "informationsGeneralesPMEJ"

Json = Mapping[str, Any]

LAYOUT = Layout(".json", '{"pmej": [\n', ",\n", "\n]}\n")
"""A file of a few entities, each on one line."""


class _Row(NamedTuple):
    """One site as published: its rank in the file from 1, and its legal entity."""

    rank: int
    ege: Json
    entity: Json
    legal_finess: str
    excess: str
    """What of the entity itself is beyond its bound; ``""`` for nothing."""

    def raw(self) -> str:
        """The entity with this site only, as JSON: all that a correction needs."""
        others = {"ege", "adresse"}
        facts = {key: value for key, value in self.entity.items() if key.lower() not in others}
        return _serialize({**facts, "ege": [self.ege]})


def read_plus(path: Path, quarantine: Quarantine) -> Iterator[Structure]:
    """Every site of a FINESS+ file, active or not, one legal entity in memory at a time.

    Raises ``CutFileError`` when the JSON stops early: half a register must not pass for one.
    """
    sites = SiteBuilder("finess-plus", quarantine)
    quarantine.layout = LAYOUT
    ege_ids: set[str] = set()
    for row in _rows(path, quarantine):
        quarantine.read += 1
        if excess := row.excess or find_json_excess(row.ege, "ege"):
            quarantine.reject(row.rank, Reason.OUT_OF_BOUNDS, row.raw(), excess)
            continue
        site = _keep_known_keys(row.ege, "ege", quarantine)
        _check_ege_id(row.rank, site, ege_ids, quarantine)
        structure = _structure(row.rank, site, row.legal_finess, sites, row.raw)
        if structure is not None and sites.keep(structure, row.raw):
            yield structure
    if sites.superseded:
        for row in _rows(path, Quarantine("finess again")):
            sites.reject_superseded(row.rank, row.raw)


def _rows(path: Path, quarantine: Quarantine) -> Iterator[_Row]:
    """The sites of every legal entity that can be read; the others go to ``quarantine`` whole."""
    rank = 0
    with _open_json(path) as handle:
        for item in read_items(handle, ENTITIES):
            entity = _parse_entity(item, rank + 1, quarantine)
            known = _keep_known_keys(entity, ENTITIES, quarantine)
            general = known.get(_GENERAL)
            legal = _text(_keep_known_keys(general, _GENERAL, quarantine), "numFinessPm")
            excess = find_json_excess({**known, "ege": []}, ENTITIES)
            for ege in _objects(known.get("ege")):
                rank += 1
                yield _Row(rank, ege, entity, legal, excess)


def _parse_entity(item: JsonItem, rank: int, quarantine: Quarantine) -> Json:
    """A legal entity, ``{}`` after its rejection; bytes that are not UTF-8 are Windows-1252."""
    text, utf8 = decode_line(item.content)
    value, fault = _parse(text) if not item.excess else ({}, item.excess)
    if fault:
        quarantine.read += 1
        quarantine.reject(rank, Reason.INVALID_RECORD, text, f"{ENTITIES}: {fault}")
    elif not utf8:
        quarantine.warn(rank, Reason.NOT_UTF8, text)
    return value


def _parse(text: str) -> tuple[Json, str]:
    """The object, or ``{}`` and why it is none."""
    try:
        value = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        return {}, f"not JSON ({error.msg})"
    return (value, "") if isinstance(value, dict) else ({}, "")


def find_json_excess(value: object, kind: str) -> str:
    """The first known key beyond its bound, ``adresse.codePostal: at most ...``; else ``""``."""
    usual, bounds = _CANONICAL_KEYS[kind], FINESS_PLUS[kind]
    for one in _objects(value):
        for key, content in one.items():
            name = usual.get(key.lower())
            if name is not None and (excess := _key_excess(name, content, bounds[name])):
                return excess if "." in excess else f"{kind}.{excess}"
    return ""


def _key_excess(name: str, content: object, bound: TextBound | ListBound) -> str:
    if isinstance(content, list):
        if isinstance(bound, ListBound) and not bound.holds(content):
            return f"{name}: {bound.limit}"
    elif isinstance(content, str | int | float):
        too_long = isinstance(bound, TextBound) and not bound.holds(str(content))
        return f"{name}: {bound.limit}" if too_long else ""
    return find_json_excess(content, name) if name in FINESS_PLUS else ""


def plus_date(path: Path) -> date | None:
    """The day of ``generatedAt``, which comes before the entities; None when it does not."""
    with _open_json(path) as handle:
        head, _ = _parse(decode_line(read_head(handle, ENTITIES))[0])
    day = repairs.day(_text(head, "generatedAt"))
    return date.fromisoformat(day) if day else None


@contextmanager
def _open_json(path: Path) -> Iterator[BinaryIO]:
    """The open file, its JSON errors with their remedy; a cut and a fault read the same."""
    with open_bytes(path) as handle, translate_unpack_errors(path):
        try:
            yield handle
        except JsonCutError as error:
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
            quarantine.count_unknown([f"{kind}.{key}"])
        else:
            found[name] = content
    return found


_CANONICAL_KEYS = {
    kind: {name.lower(): name for name in names} for kind, names in FINESS_PLUS.items()
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
    if len(seen) < SITES:
        seen.add(ege_id)


def _serialize(entity: Json) -> str:
    """An entity as JSON; one that nests too deep under a key that is not read is shown cut."""
    try:
        return orjson.dumps(entity).decode()
    except orjson.JSONEncodeError:
        return str({key: value for key, value in entity.items() if isinstance(value, str)})


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
