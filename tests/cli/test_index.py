"""The commands that keep the indices, as a person types them."""

import pytest
from elasticsearch import Elasticsearch

from cli.views import index_upkeep
from elastic.names import offers_alias
from elastic.schema import SchemaGap
from indexers.reindex import recipe
from indexers.upkeep.indices import Migration
from mappings.offers import SCHEMA_VERSION
from tests.cli.commands import Run, assert_refused, read_json_output
from tests.indexers.file_set import FileSet


def build_indices(
    run: Run, files: FileSet, count: int, monkeypatch: pytest.MonkeyPatch
) -> list[str]:
    """So many indices, none pruned; oldest first."""
    monkeypatch.setattr(recipe, "KEPT_INDICES", count)
    words = ("reindex", "--from", files.directory, "--json")
    return [read_json_output(run(*words))["index"] for _ in range(count)]


def test_history_by_index_by_event_and_since(
    run: Run, files: FileSet, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "Nothing of the kind" in run("index", "history").output
    first, _ = build_indices(run, files, 2, monkeypatch)
    of_first = read_json_output(run("index", "history", "--index", first, "--json"))
    told = [line["event"] for line in of_first]
    assert told == ["reindex_completed", "reindex_checked", "reindex_started"]
    completed = read_json_output(run("index", "history", "--event", "reindex_completed", "--json"))
    assert [line["details"]["total"] for line in completed] == [2, 2]
    assert (
        read_json_output(run("index", "history", "--since", completed[0]["at"], "--json"))
        == completed[:1]
    )
    assert read_json_output(run("index", "history", "--limit", "1", "--json")) == completed[:1]
    result = run("index", "history", "--event", "reindex_completed").output
    assert "professional 2 -> 2" in result
    assert_refused(run("index", "history", "--since", "2026-11-23T08:00:00"), 2, "with its offset")


def test_prune_asks_before_it_deletes(
    run: Run, files: FileSet, monkeypatch: pytest.MonkeyPatch
) -> None:
    oldest, _, _ = build_indices(run, files, 3, monkeypatch)
    looked = read_json_output(run("index", "prune", "--dry-run", "--json"))
    assert looked == {"prunable": [oldest], "pruned": []}
    assert_refused(run("index", "prune", "--json"), 2, "add --yes or --dry-run")
    asked = run("index", "prune", "--keep", "1", input="n\n")
    assert (asked.exit_code, oldest in asked.output) == (1, True)
    assert len(read_json_output(run("index", "status", "--json"))["kept"]) == 2
    agreed = run("index", "prune", "--keep", "1", input="y\n")
    assert (agreed.exit_code, f"Deleted: {oldest}" in agreed.output) == (0, True)
    assert "Nothing to prune." in run("index", "prune", "--yes").output
    assert "No index to roll back to" in run("index", "prune", "--keep", "0", "--dry-run").output
    assert (
        len(read_json_output(run("index", "prune", "--keep", "0", "--yes", "--json"))["pruned"])
        == 1
    )


def test_a_rollback_is_told_before_it_is_done(
    run: Run, files: FileSet, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert_refused(run("rollback", "--dry-run"), 1, "No previous index is kept")
    first, second = build_indices(run, files, 2, monkeypatch)
    plan = read_json_output(run("rollback", "--dry-run", "--json"))
    assert (plan["left"], plan["live"], plan["schema"]) == (second, first, SCHEMA_VERSION)
    result = run("rollback", "--dry-run").output
    assert f"{first}, built " in result
    assert "Dry run: nothing was changed." in result
    assert read_json_output(run("index", "status", "--json"))["live"] == second


def test_migrate_says_nothing_to_do_or_to_reindex(
    run: Run, files: FileSet, es: Elasticsearch, index_prefix: str
) -> None:
    assert_refused(run("index", "migrate"), 3, "No index is live")
    read_json_output(run("reindex", "--from", files.directory, "--json"))
    assert read_json_output(run("index", "migrate", "--json"))["verdict"] == "nothing"
    assert "nothing to do" in run("index", "migrate", "--dry-run").output
    alias = offers_alias(index_prefix)
    es.indices.put_mapping(index=alias, properties={"bell": {"type": "keyword"}})
    result = run("index", "migrate")
    assert_refused(result, 1, "What differs: bell. It cannot be changed in place: run `sas reindex")


@pytest.mark.parametrize(("applied", "words"), [(True, "were added to"), (False, "would be added")])
def test_an_additive_migration_is_told(applied: bool, words: str) -> None:
    gap = SchemaGap(2, 3, added=("bell", "slots.room"), differing=())
    result = index_upkeep.migration(Migration("offers-v2", gap, applied))
    assert result.startswith(f"bell, slots.room {words}")
    assert "schema 2 -> 3" in result
