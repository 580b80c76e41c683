"""Prune, migrate and the plan of a rollback on real indices."""

from copy import deepcopy
from dataclasses import replace

import pytest

from elastic import lifecycle
from elastic.errors import IndexMissing, LockTaken
from elastic.names import IndexName
from elastic.schema import MigrationKind, program_schema
from elastic.service import lock
from indexers.reindex import recipe
from indexers.reindex.recipe import NothingToRollBackError
from indexers.upkeep import indices
from mappings.offers import SCHEMA_VERSION, offers_mapping
from records.trail import audit
from records.trail.audit import Event
from tests.indexers.file_set import NOW
from tests.indexers.reindex_harness import ANNE, ReindexHarness, two_doctors


def reindex_times(
    harness: ReindexHarness, count: int, monkeypatch: pytest.MonkeyPatch
) -> list[IndexName]:
    """So many reindexes, nothing pruned by them; the names, oldest first."""
    monkeypatch.setattr(recipe, "KEPT_INDICES", count)
    files = two_doctors(harness)
    return [IndexName.parse(harness.reindex(files).index) for _ in range(count)]


def test_only_what_was_agreed_goes_and_the_trail_tells(
    reindex_harness: ReindexHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    oldest, old, previous, live = reindex_times(reindex_harness, 4, monkeypatch)
    assert lifecycle.prunable_indices(reindex_harness.es, reindex_harness.alias, 1) == [old, oldest]
    with (
        lock.open_lock(reindex_harness.es, recipe.LOCK, prefix=reindex_harness.prefix),
        pytest.raises(LockTaken),
    ):
        indices.prune(reindex_harness.es, reindex_harness.trail, 1, NOW, [oldest])
    assert indices.prune(reindex_harness.es, reindex_harness.trail, 1, NOW, [oldest, live]) == [
        oldest
    ]
    assert reindex_harness.indices == [str(name) for name in (old, previous, live)]
    (entry,) = audit.read_audit_trail(reindex_harness.trail, events={Event.INDEX_PRUNED})
    assert (entry.index, entry.details) == (str(oldest), {"offers": 2})


def test_an_index_newer_than_the_live_one_is_never_pruned(
    reindex_harness: ReindexHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, _ = reindex_times(reindex_harness, 2, monkeypatch)
    recipe.rollback(reindex_harness.es, reindex_harness.trail, NOW)
    assert reindex_harness.live == str(first)
    assert lifecycle.prunable_indices(reindex_harness.es, reindex_harness.alias, 0) == []


def test_new_fields_are_added_in_place_once(reindex_harness: ReindexHarness) -> None:
    live = reindex_harness.reindex(two_doctors(reindex_harness)).index
    mapping = deepcopy(offers_mapping())
    mapping["properties"]["bell"] = {"type": "keyword"}
    wanted = replace(program_schema(), mapping=mapping, version=SCHEMA_VERSION + 1)
    looked = indices.migrate(
        reindex_harness.es, reindex_harness.trail, NOW, dry_run=True, wanted=wanted
    )
    assert (looked.gap.migration_kind, looked.applied) == (MigrationKind.ADDITIVE, False)
    assert lifecycle.schema_version(reindex_harness.es, reindex_harness.alias) == SCHEMA_VERSION
    done = indices.migrate(reindex_harness.es, reindex_harness.trail, NOW, wanted=wanted)
    assert (done.index, done.gap.added, done.applied) == (live, ("bell",), True)
    assert lifecycle.schema_version(reindex_harness.es, reindex_harness.alias) == SCHEMA_VERSION + 1
    reindex_harness.es.update(
        index=reindex_harness.alias, id=next(iter(reindex_harness.offers())), doc={"bell": "x"}
    )
    again = indices.migrate(reindex_harness.es, reindex_harness.trail, NOW, wanted=wanted)
    assert (again.gap.migration_kind, again.applied) == (MigrationKind.NOTHING, False)
    (entry,) = audit.read_audit_trail(reindex_harness.trail, events={Event.INDEX_MIGRATED})
    assert entry.details == {"added": ["bell"], "from": SCHEMA_VERSION, "to": SCHEMA_VERSION + 1}


def test_what_cannot_be_added_changes_nothing(reindex_harness: ReindexHarness) -> None:
    reindex_harness.reindex(two_doctors(reindex_harness))
    before = reindex_harness.es.indices.get_mapping(index=reindex_harness.live).body
    mapping = deepcopy(offers_mapping())
    mapping["properties"] |= {"kind": {"type": "text"}, "bell": {"type": "keyword"}}
    wanted = replace(program_schema(), mapping=mapping)
    done = indices.migrate(reindex_harness.es, reindex_harness.trail, NOW, wanted=wanted)
    assert (done.gap.migration_kind, done.gap.differing) == (MigrationKind.INCOMPATIBLE, ("kind",))
    assert reindex_harness.es.indices.get_mapping(index=reindex_harness.live).body == before
    assert audit.read_audit_trail(reindex_harness.trail, events={Event.INDEX_MIGRATED}) == []


def test_a_migration_waits_for_nobody_and_needs_an_index(reindex_harness: ReindexHarness) -> None:
    with pytest.raises(IndexMissing, match="sas reindex"):
        indices.migrate(reindex_harness.es, reindex_harness.trail, NOW)
    with (
        lock.open_lock(reindex_harness.es, recipe.LOCK, prefix=reindex_harness.prefix),
        pytest.raises(LockTaken),
    ):
        indices.migrate(reindex_harness.es, reindex_harness.trail, NOW)


def test_the_plan_of_a_rollback_is_what_it_then_does(reindex_harness: ReindexHarness) -> None:
    with pytest.raises(NothingToRollBackError):
        indices.rollback_plan(reindex_harness.es, reindex_harness.prefix)
    reindex_harness.reindex(two_doctors(reindex_harness))
    live = reindex_harness.reindex(
        reindex_harness.files("next").doctor(ANNE), accept_drift=True
    ).index
    plan = indices.rollback_plan(reindex_harness.es, reindex_harness.prefix)
    assert reindex_harness.live == live
    assert (plan.offers_left.total, plan.offers_live.total, plan.searchable) == (1, 2, True)
    assert recipe.rollback(reindex_harness.es, reindex_harness.trail, NOW) == (
        plan.left,
        plan.live,
    )
    (entry,) = audit.read_audit_trail(reindex_harness.trail, events={Event.ROLLED_BACK})
    assert entry.details == {"from": live, "offers": 2}


def test_an_index_of_another_schema_is_told_before_a_rollback(
    reindex_harness: ReindexHarness,
) -> None:
    first = reindex_harness.reindex(two_doctors(reindex_harness)).index
    reindex_harness.reindex(two_doctors(reindex_harness))
    reindex_harness.es.indices.put_mapping(index=first, meta={"schema_version": SCHEMA_VERSION - 1})
    assert not indices.rollback_plan(reindex_harness.es, reindex_harness.prefix).searchable


def test_the_trail_of_a_reindex_holds_its_counts(reindex_harness: ReindexHarness) -> None:
    files = two_doctors(reindex_harness).line("participation", rpps="1")
    reindex_harness.reindex(files, accept_drift=True)
    (entry,) = audit.read_audit_trail(reindex_harness.trail, events={Event.REINDEX_COMPLETED})
    assert entry.details["kinds"] == {"professional": {"live": 0, "new": 2}}
    aside = {source: rows for source, rows in entry.details["aside"].items() if rows}
    assert aside == {"participation": 1}


def test_an_index_left_by_a_rollback_is_never_come_back_to(reindex_harness: ReindexHarness) -> None:
    good = reindex_harness.reindex(two_doctors(reindex_harness)).index
    bad = reindex_harness.reindex(two_doctors(reindex_harness)).index
    recipe.rollback(reindex_harness.es, reindex_harness.trail, NOW)
    report = reindex_harness.reindex(two_doctors(reindex_harness))
    assert report.pruned == [bad]
    assert [
        str(name) for name in recipe.rollback(reindex_harness.es, reindex_harness.trail, NOW)
    ] == [
        report.index,
        good,
    ]
