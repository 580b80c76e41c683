"""The life of an index, on a real node."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from elasticsearch import BadRequestError, Elasticsearch, NotFoundError
from elasticsearch.helpers import BulkIndexError, bulk

from elastic import lifecycle
from elastic.errors import AliasConflict, IndexAlreadyExists, IndexMissing
from elastic.names import IndexName, offers_index
from mappings.offers import SCHEMA_VERSION, offers_mapping, offers_settings

NOW = datetime(2026, 11, 4, 14, 20, tzinfo=UTC)


def build(es: Elasticsearch, prefix: str, days: int) -> IndexName:
    name = offers_index(prefix, NOW + timedelta(days=days))
    lifecycle.create_index(es, name, offers_settings(), offers_mapping())
    return name


def test_an_index_tells_its_schema_version(es: Elasticsearch, index_prefix: str) -> None:
    name = build(es, index_prefix, 0)
    lifecycle.swap_alias(es, name.alias, name)
    assert lifecycle.schema_version(es, name.alias) == SCHEMA_VERSION


def test_the_alias_moves_and_the_old_index_stays(es: Elasticsearch, index_prefix: str) -> None:
    first, second = build(es, index_prefix, 0), build(es, index_prefix, 1)
    assert lifecycle.live_index(es, first.alias) is None
    assert lifecycle.swap_alias(es, first.alias, first) is None
    assert lifecycle.swap_alias(es, first.alias, second) == first
    assert lifecycle.live_index(es, first.alias) == second
    assert lifecycle.previous_indices(es, first.alias) == [first]


def test_swapping_to_the_live_index_changes_nothing(es: Elasticsearch, index_prefix: str) -> None:
    name = build(es, index_prefix, 0)
    lifecycle.swap_alias(es, name.alias, name)
    assert lifecycle.swap_alias(es, name.alias, name) == name
    assert lifecycle.live_index(es, name.alias) == name


def test_swapping_to_a_missing_index_leaves_the_live_one(
    es: Elasticsearch, index_prefix: str
) -> None:
    live = build(es, index_prefix, 0)
    lifecycle.swap_alias(es, live.alias, live)
    with pytest.raises(IndexMissing, match="does not exist"):
        lifecycle.swap_alias(es, live.alias, offers_index(index_prefix, NOW + timedelta(days=9)))
    assert lifecycle.live_index(es, live.alias) == live


def test_pruning_keeps_the_live_index_the_newest_previous_and_what_is_being_built(
    es: Elasticsearch, index_prefix: str
) -> None:
    names = [build(es, index_prefix, day) for day in range(5)]
    lifecycle.swap_alias(es, names[0].alias, names[3])
    assert lifecycle.prune_indices(es, names[0].alias, keep=1) == [names[1], names[0]]
    assert lifecycle.all_indices(es, names[0].alias) == [names[4], names[3], names[2]]


def test_pruning_without_alias_deletes_nothing(es: Elasticsearch, index_prefix: str) -> None:
    name = build(es, index_prefix, 0)
    assert lifecycle.prune_indices(es, name.alias, keep=0) == []
    assert lifecycle.all_indices(es, name.alias) == [name]


def test_another_prefix_is_never_pruned(es: Elasticsearch, index_prefix: str) -> None:
    other = build(es, f"{index_prefix}-offers-v1", 0)
    live = build(es, index_prefix, 1)
    lifecycle.swap_alias(es, live.alias, live)
    assert lifecycle.prune_indices(es, live.alias, keep=0) == []
    assert lifecycle.all_indices(es, other.alias) == [other]


def test_the_live_index_cannot_be_deleted(es: Elasticsearch, index_prefix: str) -> None:
    name = build(es, index_prefix, 0)
    lifecycle.swap_alias(es, name.alias, name)
    with pytest.raises(AliasConflict, match="swap the alias first"):
        lifecycle.delete_index(es, name)
    assert lifecycle.live_index(es, name.alias) == name


def test_a_half_built_index_is_deleted_once_and_again(es: Elasticsearch, index_prefix: str) -> None:
    name = build(es, index_prefix, 0)
    lifecycle.delete_index(es, name)
    lifecycle.delete_index(es, name)
    assert lifecycle.all_indices(es, name.alias) == []


def test_an_index_is_created_once(es: Elasticsearch, index_prefix: str) -> None:
    name = build(es, index_prefix, 0)
    with pytest.raises(IndexAlreadyExists, match=str(name)):
        lifecycle.create_index(es, name, offers_settings(), offers_mapping())


def test_an_index_under_the_alias_name_is_named(es: Elasticsearch, index_prefix: str) -> None:
    es.indices.create(index=f"{index_prefix}-offers")
    with pytest.raises(AliasConflict, match="is an index where an alias is expected"):
        lifecycle.live_index(es, f"{index_prefix}-offers")


def test_an_alias_of_two_indices_is_named(es: Elasticsearch, index_prefix: str) -> None:
    first, second = build(es, index_prefix, 0), build(es, index_prefix, 1)
    for name in (first, second):
        es.indices.put_alias(index=str(name), name=name.alias)
    with pytest.raises(AliasConflict, match="points at"):
        lifecycle.live_index(es, first.alias)


def test_a_document_is_counted_once_refreshed_and_merged(
    es: Elasticsearch, index_prefix: str
) -> None:
    name = build(es, index_prefix, 0)
    lifecycle.put_settings(es, name, {"refresh_interval": "-1"})
    es.index(index=str(name), id="a", document={"id": "a", "slots": [{"id": "s"}]})
    assert lifecycle.count_documents(es, name) == 0
    lifecycle.refresh_index(es, name)
    lifecycle.force_merge(es, name)
    assert lifecycle.count_documents(es, name) == 1


def test_counting_a_missing_index_is_typed(es: Elasticsearch, index_prefix: str) -> None:
    with pytest.raises(IndexMissing, match="sas reindex"):
        lifecycle.count_documents(es, f"{index_prefix}-offers")
    with pytest.raises(IndexMissing, match="sas reindex"):
        lifecycle.schema_version(es, f"{index_prefix}-offers")


def test_writing_never_creates_an_index(es: Elasticsearch, index_prefix: str) -> None:
    with pytest.raises(NotFoundError):
        es.index(index=f"{index_prefix}-offers", document={"id": "a"})
    assert not es.indices.exists(index=f"{index_prefix}-offers")


def test_an_unknown_field_is_refused(es: Elasticsearch, create_offers: Callable[..., str]) -> None:
    alias = create_offers([{"id": "a", "kind": "professional"}])
    with pytest.raises(BadRequestError, match="strict_dynamic_mapping"):
        es.index(index=alias, document={"id": "b", "unheard": 1})
    with pytest.raises(BulkIndexError):
        bulk(es, [{"_index": alias, "_source": {"slots": [{"unheard": 1}]}}])
    stored = {"id": "a", "kind": "professional", "person_key": "a"}
    assert es.get(index=alias, id="a")["_source"] == stored


def test_a_leftover_that_went_live_meanwhile_goes_and_the_alias_stays(
    es: Elasticsearch, index_prefix: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The last order of a killed run moves the alias between the look and the deletion."""
    live, left = build(es, index_prefix, 0), build(es, index_prefix, 1)
    lifecycle.swap_alias(es, live.alias, live)
    usual = lifecycle.live_index

    def late(client: Elasticsearch, alias: str) -> IndexName | None:
        seen = usual(client, alias)
        actions = [
            {"add": {"index": str(left), "alias": alias}},
            {"remove": {"index": str(live), "alias": alias}},
        ]
        client.indices.update_aliases(actions=actions)
        return seen

    monkeypatch.setattr(lifecycle, "live_index", late)
    lifecycle.delete_leftover(es, left)
    assert usual(es, live.alias) == live
    assert lifecycle.all_indices(es, live.alias) == [live]


def test_a_leftover_goes_when_nothing_is_live_and_a_live_one_never(
    es: Elasticsearch, index_prefix: str
) -> None:
    name = build(es, index_prefix, 0)
    lifecycle.delete_leftover(es, name)
    lifecycle.delete_leftover(es, name)
    assert lifecycle.all_indices(es, name.alias) == []
    live = build(es, index_prefix, 1)
    lifecycle.swap_alias(es, live.alias, live)
    with pytest.raises(AliasConflict, match="is live"):
        lifecycle.delete_leftover(es, live)
