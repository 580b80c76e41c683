"""Healthy rows of our own formats with every field filled, and the values around each bound.

The fields are found in the JSON Schema of each format, so a new one is covered by being there.
"""

import copy
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, get_args

from indexers.sources.own_formats import build_json_schema
from mappings.formats import FORMATS, Weekday

HOURS = {day: [["08:00", "12:00"]] for day in get_args(Weekday)}
ADDRESS = {"line": "1 rue A", "postal_code": "48000", "city": "Mende", "insee": "48095"}
POINT = {"lat": 44.5, "lon": 3.5}
RPPS, FINESS, SIRET, IDNST = "10100000016", "480000041", "77567227233016", "410100000016001"
HEALTHY: Mapping[str, list[dict[str, Any]]] = {
    "cpts": [
        {
            "finess": FINESS,
            "name": "CPTS",
            "communes": ["48095"],
            "phones": ["0466000001"],
            "members": [{"rpps": RPPS, "idnst": IDNST}],
            "address": ADDRESS,
            "additional_info": "x",
        }
    ],
    "sos": [
        {
            "siret": SIRET,
            "name": "SOS",
            "points": [
                {
                    "id": "P",
                    "name": "Point",
                    "address": ADDRESS,
                    "point": POINT,
                    "phone": "0466000001",
                    "hours": HOURS,
                }
            ],
            "doctors": [RPPS],
        }
    ],
    "solutions": [
        {
            "key": "k",
            "editor": "e",
            "name": "Solution",
            "link": "https://a.fr/",
            "professions": ["10"],
            "specialties": ["SM54"],
            "departments": ["48"],
            "communes": ["48095"],
            "circle": {**POINT, "km": 10.0},
            "consultation": ["AMB"],
            "phone": "0466000001",
            "description": "x",
            "enabled": True,
        }
    ],
    "participation": [
        {
            "rpps": RPPS,
            "participation": True,
            "via": 2,
            "finess": FINESS,
            "siret": SIRET,
            "locations": [IDNST],
            "editor_disabled": False,
            "reorientation": True,
            "additional_info": "x",
            "updated": "2026-11-01T08:00:00Z",
        }
    ],
    "structures": [
        {
            "finess": FINESS,
            "participation": True,
            "hours_available": True,
            "practitioner_count": 3,
            "hours": HOURS,
            "maternity_level": "2A",
            "emergency": True,
            "additional_info": "x",
            "updated": "2026-11-01T08:00:00Z",
        },
        {"siret": SIRET, "hours_available": True},
    ],
    "absences": [
        {
            "rpps": RPPS,
            "idnst": IDNST,
            "always": False,
            "ranges": [{"start": "2026-12-01", "end": "2026-12-02"}],
        },
        {"finess": FINESS},
    ],
    "lrm": [{"origin": "samu48", "name": "SAMU", "active": True}],
}
"""Together the rows of a format have every field."""

FAR = ["9999-12-31", "0900-01-01", "0001-01-01", "2101-01-01", "1899-12-31"]


@dataclass(frozen=True)
class Field:
    """A field of a format: where it is in a row, and its schema."""

    name: str
    at: tuple[str | int, ...]
    schema: Mapping[str, Any]
    row: int

    def put(self, value: Any) -> dict[str, Any]:
        """The healthy row with a value there."""
        row = copy.deepcopy(HEALTHY[self.name][self.row])
        place: Any = row
        for step in self.at[:-1]:
            place = place[step]
        place[self.at[-1]] = value
        return row

    @property
    def healthy(self) -> Any:
        """The value of the healthy row."""
        place: Any = HEALTHY[self.name][self.row]
        for step in self.at:
            place = place[step]
        return place


def own_fields() -> list[Field]:
    """Every field of every format, lists and their items apart."""
    return [field for name in FORMATS for field in _format_fields(name)]


def _format_fields(name: str) -> Iterator[Field]:
    schema = build_json_schema(name)
    seen = set()
    for at, found in _walk(schema, schema, ()):
        row = next((n for n, one in enumerate(HEALTHY[name]) if _has(one, at)), None)
        assert row is not None, f"give {name}.{at} a value in HEALTHY"
        if at not in seen:
            seen.add(at)
            yield Field(name, at, found, row)


def _has(row: Any, at: tuple[str | int, ...]) -> bool:
    try:
        for step in at:
            row = row[step]
    except (KeyError, IndexError):
        return False
    return True


def _walk(
    schema: Mapping[str, Any], root: Mapping[str, Any], at: tuple[str | int, ...]
) -> Iterator[tuple[tuple[str | int, ...], Mapping[str, Any]]]:
    schema = _resolve(schema, root)
    if at:
        yield at, schema
    for key, one in schema.get("properties", {}).items():
        yield from _walk(one, root, (*at, key))
    if "items" in schema:
        yield from _walk(schema["items"], root, (*at, 0))
    for number, one in enumerate(schema.get("prefixItems", [])):
        yield from _walk(one, root, (*at, number))
    for day in _resolve(schema.get("propertyNames", {}), root).get("enum", []):
        yield from _walk(schema["additionalProperties"], root, (*at, day))


def _resolve(schema: Mapping[str, Any], root: Mapping[str, Any]) -> Mapping[str, Any]:
    """The schema itself, of a reference or of a value that may be null."""
    while True:
        if "$ref" in schema:
            schema = root["$defs"][schema["$ref"].rpartition("/")[2]]
        elif "anyOf" in schema:
            (schema,) = (one for one in schema["anyOf"] if one.get("type") != "null")
        else:
            return schema


def values_beyond(field: Field) -> list[Any]:
    """Values just beyond the bound of a field; fails when the field has no bound."""
    schema, kind = field.schema, field.schema.get("type")
    if kind == "string":
        return _texts_beyond(field)
    if kind in ("integer", "number") and "enum" not in schema:
        greatest, least = schema["maximum"], schema.get("minimum", schema.get("exclusiveMinimum"))
        return [greatest + 1, least - 1, 10**12, -(10**12), "9" * 4_301, 1e300]
    if kind == "array":
        return [[field.healthy[0]] * (schema["maxItems"] + 1)]
    if kind == "object":
        assert schema.get("additionalProperties") is False or "propertyNames" in schema
        return [{**field.healthy, "x" * 500: 1}]
    assert kind == "boolean" or "enum" in schema or "const" in schema, field
    return ["x" * 40_000, 10**12, {}]


def _texts_beyond(field: Field) -> list[Any]:
    schema = field.schema
    if schema.get("format") in ("date", "date-time"):
        assert "1900-01-01" in schema["description"], field
        clock = "" if schema["format"] == "date" else "T08:00:00Z"
        return [f"{day}{clock}" for day in FAR]
    if "maxLength" in schema:
        return [field.healthy + "x" * (schema["maxLength"] + 1), "é" * 40_000]
    assert "enum" in schema or not set("*+") & set(schema["pattern"]), field
    return [field.healthy + "0" * 600, "0" * 40_000]
