"""The schema of the program beside that of a real index."""

from copy import deepcopy
from dataclasses import replace
from typing import Any

import pytest
from elasticsearch import Elasticsearch

from elastic import lifecycle, schema
from elastic.errors import IndexMissing
from elastic.names import offers_index
from elastic.schema import MigrationKind, Schema, compare_schemas, program_schema, read_index_schema
from mappings.offers import SCHEMA_VERSION, offers_mapping, offers_settings
from tests.indexers.file_set import NOW


def extend_schema(**properties: Any) -> Schema:
    """The schema of the program with these fields, one version further."""
    mapping = deepcopy(offers_mapping())
    mapping["properties"] |= properties
    return replace(program_schema(), mapping=mapping, version=SCHEMA_VERSION + 1)


@pytest.fixture
def live(es: Elasticsearch, index_prefix: str) -> str:
    """An empty index as the program makes it."""
    name = offers_index(index_prefix, NOW)
    lifecycle.create_index(es, name, offers_settings(), offers_mapping())
    return str(name)


def test_an_index_just_made_lacks_nothing(es: Elasticsearch, live: str) -> None:
    found = compare_schemas(read_index_schema(es, live), program_schema())
    assert (found.migration_kind, found.added, found.differing) == (MigrationKind.NOTHING, (), ())


def test_new_fields_are_put_in_place_with_their_version(es: Elasticsearch, live: str) -> None:
    slots = deepcopy(offers_mapping()["properties"]["slots"])
    slots["properties"]["room"] = {"type": "keyword"}
    wanted = extend_schema(ring={"properties": {"bell": {"type": "boolean"}}}, slots=slots)
    found = compare_schemas(read_index_schema(es, live), wanted)
    assert found.migration_kind is MigrationKind.ADDITIVE
    assert found.added == ("ring", "ring.bell", "slots.room")
    schema.add_fields(es, live, wanted)
    after = compare_schemas(read_index_schema(es, live), wanted)
    assert (after.migration_kind, after.added) == (MigrationKind.NOTHING, ())
    assert read_index_schema(es, live).version == SCHEMA_VERSION + 1


def test_what_else_an_index_says_of_itself_stays(es: Elasticsearch, index_prefix: str) -> None:
    name = offers_index(index_prefix, NOW)
    noted = {**offers_mapping(), "_meta": {"unfinished": {"since": 7}}}
    lifecycle.create_index(es, name, offers_settings(), noted)
    schema.add_fields(es, str(name), extend_schema(room={"type": "keyword"}))
    mapping = es.indices.get_mapping(index=str(name))[str(name)]["mappings"]
    assert mapping["_meta"] == {"unfinished": {"since": 7}, "schema_version": SCHEMA_VERSION + 1}


@pytest.mark.parametrize(
    ("properties", "path"),
    [
        ({"kind": {"type": "text"}}, "kind"),
        ({"id": {"type": "keyword", "fields": {"text": {"type": "text"}}}}, "id"),
        ({"family": {"type": "keyword"}}, "family"),
    ],
)
def test_another_type_index_or_multi_field_needs_a_new_index(
    es: Elasticsearch, live: str, properties: dict[str, Any], path: str
) -> None:
    found = compare_schemas(
        read_index_schema(es, live), extend_schema(**properties, extra={"type": "keyword"})
    )
    assert (found.migration_kind, found.differing) == (MigrationKind.INCOMPATIBLE, (path,))
    assert found.added == ("extra",)


def test_another_analysis_needs_a_new_index(es: Elasticsearch, live: str) -> None:
    analysis = deepcopy(offers_settings()["analysis"])
    analysis["filter"]["prefixes"]["max_gram"] += 1
    found = compare_schemas(
        read_index_schema(es, live), replace(program_schema(), analysis=analysis)
    )
    assert (found.migration_kind, found.differing) == (
        MigrationKind.INCOMPATIBLE,
        ("analysis.filter.prefixes",),
    )


def test_a_field_the_program_forgot_and_a_root_parameter_need_a_new_index(
    es: Elasticsearch, live: str
) -> None:
    mapping = {**deepcopy(offers_mapping()), "dynamic": "false"}
    del mapping["properties"]["emergency"]
    found = compare_schemas(read_index_schema(es, live), replace(program_schema(), mapping=mapping))
    assert (found.migration_kind, found.differing) == (
        MigrationKind.INCOMPATIBLE,
        ("dynamic", "emergency"),
    )


@pytest.mark.parametrize("step", [1, -1])
def test_another_version_of_the_same_fields_needs_a_new_index(
    es: Elasticsearch, live: str, step: int
) -> None:
    """The meaning of a value changed, or this program is older than the index."""
    wanted = replace(program_schema(), version=SCHEMA_VERSION + step)
    assert (
        compare_schemas(read_index_schema(es, live), wanted).migration_kind
        is MigrationKind.INCOMPATIBLE
    )


def test_no_index_no_schema(es: Elasticsearch, index_prefix: str) -> None:
    with pytest.raises(IndexMissing):
        read_index_schema(es, f"{index_prefix}-offers")
