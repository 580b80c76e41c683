"""Comparison of the schema of this program with that of an index.

Only new fields can be given to an index in place. Anything else, a new multi-field of a known
field included, would leave the offers already stored out of searches that nothing would report.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from elasticsearch import Elasticsearch

from elastic.client import with_admin_timeout
from elastic.errors import translate_errors
from elastic.lifecycle import SCHEMA_KEY, mapping_version, read_mapping
from mappings.offers import SCHEMA_VERSION, offers_mapping, offers_settings


class MigrationKind(StrEnum):
    """Change that brings an index to the schema of this program."""

    NOTHING = "nothing"
    ADDITIVE = "additive"
    """New fields only: put in place, empty until the next reindex."""
    INCOMPATIBLE = "incompatible"
    """A new index has to be built."""


@dataclass(frozen=True, slots=True)
class Schema:
    """Mapping, analysis settings and version of an index, or those it should have."""

    mapping: Mapping[str, Any]
    analysis: Mapping[str, Any]
    version: int


@dataclass(frozen=True, slots=True)
class SchemaGap:
    """Gap between an index and a schema; paths as ``slots.start``, ``analysis.filter.elisions``."""

    live_version: int
    wanted_version: int
    added: tuple[str, ...]
    """Fields that the index does not have."""
    differing: tuple[str, ...]
    """Fields that differ, or that the index alone has."""

    @property
    def migration_kind(self) -> MigrationKind:
        """Change that closes the gap."""
        if self.differing or self.live_version > self.wanted_version:
            return MigrationKind.INCOMPATIBLE
        if self.added:
            return MigrationKind.ADDITIVE
        same = self.live_version == self.wanted_version
        return MigrationKind.NOTHING if same else MigrationKind.INCOMPATIBLE


def program_schema() -> Schema:
    """The schema of offers of this program."""
    return Schema(offers_mapping(), offers_settings()["analysis"], SCHEMA_VERSION)


def read_index_schema(client: Elasticsearch, index: str) -> Schema:
    """The schema of an index or alias; raises ``IndexMissing``."""
    mapping = read_mapping(client, index)
    with translate_errors():
        settings = client.indices.get_settings(index=index).body
    inside = next(iter(settings.values()))["settings"]["index"]
    return Schema(mapping, inside.get("analysis", {}), mapping_version(mapping))


def compare_schemas(live: Schema, wanted: Schema) -> SchemaGap:
    """Differences of ``live`` from ``wanted``, field by field."""
    has, needs = dict(_fields(live.mapping)), dict(_fields(wanted.mapping))
    differing = [path for path in has if has[path] != needs.get(path)]
    root = _differing_paths(_root(live.mapping), _root(wanted.mapping), "")
    analysis = _differing_paths(_parts(live.analysis), _parts(wanted.analysis), "analysis.")
    return SchemaGap(
        live.version,
        wanted.version,
        added=tuple(sorted(needs.keys() - has.keys())),
        differing=tuple(sorted([*differing, *root, *analysis])),
    )


def add_fields(client: Elasticsearch, index: str, wanted: Schema) -> None:
    """Give an index the fields it lacks and the version they come with, in one call.

    Other members of ``_meta`` stay: a call that gives ``_meta`` replaces all of it.
    """
    meta = read_mapping(client, index).get("_meta", {})
    with translate_errors():
        with_admin_timeout(client).indices.put_mapping(
            index=index,
            properties=dict(wanted.mapping["properties"]),
            meta={**meta, SCHEMA_KEY: wanted.version},
        )


def _fields(mapping: Mapping[str, Any], above: str = "") -> Iterator[tuple[str, Any]]:
    """Every field by its path, each without the fields under it."""
    for name, field in mapping.get("properties", {}).items():
        path = f"{above}{name}"
        yield path, _normalise_setting(_own_attributes(field))
        yield from _fields(field, f"{path}.")


def _own_attributes(field: Mapping[str, Any]) -> dict[str, Any]:
    """Attributes of a field; Elasticsearch leaves out the type of an object with fields."""
    own = {key: field[key] for key in field if key != "properties"}
    if "properties" in field and own.get("type") == "object":
        del own["type"]
    return own


def _root(mapping: Mapping[str, Any]) -> dict[str, Any]:
    return {key: mapping[key] for key in mapping if key not in ("properties", "_meta")}


def _parts(analysis: Mapping[str, Any]) -> dict[str, Any]:
    """Analyzers, filters and the like by path: ``filter.elisions``."""
    return {
        f"{sort}.{name}": part for sort, named in analysis.items() for name, part in named.items()
    }


def _differing_paths(live: Mapping[str, Any], wanted: Mapping[str, Any], above: str) -> list[str]:
    names = {*live, *wanted}
    return [
        f"{above}{name}"
        for name in names
        if _normalise_setting(live.get(name)) != _normalise_setting(wanted.get(name))
    ]


def _normalise_setting(value: Any) -> Any:
    """A value as Elasticsearch gives settings back: every scalar is a text."""
    if isinstance(value, Mapping):
        return {key: _normalise_setting(inside) for key, inside in value.items()}
    if isinstance(value, list):
        return [_normalise_setting(one) for one in value]
    return str(value).lower() if isinstance(value, bool) else str(value)
