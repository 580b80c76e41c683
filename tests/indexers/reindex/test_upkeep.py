"""Prune, migrate and the plan of a rollback on real indices."""

from copy import deepcopy
from dataclasses import replace

import pytest

from elastic import lifecycle
from elastic.errors import IndexMissing, LockTaken
from elastic.names import IndexName
from elastic.schema import Verdict, program_schema
from elastic.service import audit, lock
from elastic.service.audit import Event
from indexers.reindex import recipe
from indexers.reindex.recipe import NothingToRollBackError
from indexers.upkeep import indices
from mappings.offers import SCHEMA_VERSION, offers_mapping
from tests.indexers.reindexing import ANNE, Office, two_doctors
from tests.indexers.sets import NOW


def kept(office: Office, count: int, monkeypatch: pytest.MonkeyPatch) -> list[IndexName]:
    """So many reindexes, nothing pruned by them; the names, oldest first."""
    monkeypatch.setattr(recipe, "KEPT_INDICES", count)
    files = two_doctors(office)
    return [IndexName.parse(office.reindex(files).index) for _ in range(count)]


def test_only_what_was_agreed_goes_and_the_trail_tells(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    oldest, old, previous, live = kept(office, 4, monkeypatch)
    assert lifecycle.prunable(office.es, office.alias, 1) == [old, oldest]
    with (
        lock.held(office.es, recipe.LOCK, prefix=office.prefix),
        pytest.raises(LockTaken),
    ):
        indices.prune(office.es, office.prefix, 1, NOW, [oldest])
    assert indices.prune(office.es, office.prefix, 1, NOW, [oldest, live]) == [oldest]
    assert office.indices == [str(name) for name in (old, previous, live)]
    (entry,) = audit.history(office.es, prefix=office.prefix, event=Event.INDEX_PRUNED)
    assert (entry.index, entry.details) == (str(oldest), {"offers": 2})


def test_an_index_newer_than_the_live_one_is_never_pruned(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, _ = kept(office, 2, monkeypatch)
    recipe.rollback(office.es, office.prefix, NOW)
    assert office.live == str(first)
    assert lifecycle.prunable(office.es, office.alias, 0) == []


def test_new_fields_are_added_in_place_once(office: Office) -> None:
    live = office.reindex(two_doctors(office)).index
    mapping = deepcopy(offers_mapping())
    mapping["properties"]["bell"] = {"type": "keyword"}
    wanted = replace(program_schema(), mapping=mapping, version=SCHEMA_VERSION + 1)
    looked = indices.migrate(office.es, office.prefix, NOW, dry_run=True, wanted=wanted)
    assert (looked.gap.verdict, looked.applied) == (Verdict.ADDITIVE, False)
    assert lifecycle.schema_version(office.es, office.alias) == SCHEMA_VERSION
    done = indices.migrate(office.es, office.prefix, NOW, wanted=wanted)
    assert (done.index, done.gap.added, done.applied) == (live, ("bell",), True)
    assert lifecycle.schema_version(office.es, office.alias) == SCHEMA_VERSION + 1
    office.es.update(index=office.alias, id=next(iter(office.offers())), doc={"bell": "x"})
    again = indices.migrate(office.es, office.prefix, NOW, wanted=wanted)
    assert (again.gap.verdict, again.applied) == (Verdict.NOTHING, False)
    (entry,) = audit.history(office.es, prefix=office.prefix, event=Event.INDEX_MIGRATED)
    assert entry.details == {"added": ["bell"], "from": SCHEMA_VERSION, "to": SCHEMA_VERSION + 1}


def test_what_cannot_be_added_changes_nothing(office: Office) -> None:
    office.reindex(two_doctors(office))
    before = office.es.indices.get_mapping(index=office.live).body
    mapping = deepcopy(offers_mapping())
    mapping["properties"] |= {"kind": {"type": "text"}, "bell": {"type": "keyword"}}
    wanted = replace(program_schema(), mapping=mapping)
    done = indices.migrate(office.es, office.prefix, NOW, wanted=wanted)
    assert (done.gap.verdict, done.gap.differing) == (Verdict.INCOMPATIBLE, ("kind",))
    assert office.es.indices.get_mapping(index=office.live).body == before
    assert audit.history(office.es, prefix=office.prefix, event=Event.INDEX_MIGRATED) == []


def test_a_migration_waits_for_nobody_and_needs_an_index(office: Office) -> None:
    with pytest.raises(IndexMissing, match="sas reindex"):
        indices.migrate(office.es, office.prefix, NOW)
    with lock.held(office.es, recipe.LOCK, prefix=office.prefix), pytest.raises(LockTaken):
        indices.migrate(office.es, office.prefix, NOW)


def test_the_plan_of_a_rollback_is_what_it_then_does(office: Office) -> None:
    with pytest.raises(NothingToRollBackError):
        indices.rollback_plan(office.es, office.prefix)
    office.reindex(two_doctors(office))
    live = office.reindex(office.files("next").doctor(ANNE), accept_drift=True).index
    plan = indices.rollback_plan(office.es, office.prefix)
    assert office.live == live
    assert (plan.offers_left.total, plan.offers_live.total, plan.searchable) == (1, 2, True)
    assert recipe.rollback(office.es, office.prefix, NOW) == (plan.left, plan.live)
    (entry,) = audit.history(office.es, prefix=office.prefix, event=Event.ROLLED_BACK)
    assert entry.details == {"from": live, "offers": 2}


def test_an_index_of_another_schema_is_told_before_a_rollback(office: Office) -> None:
    first = office.reindex(two_doctors(office)).index
    office.reindex(two_doctors(office))
    office.es.indices.put_mapping(index=first, meta={"schema_version": SCHEMA_VERSION - 1})
    assert not indices.rollback_plan(office.es, office.prefix).searchable


def test_the_trail_of_a_reindex_holds_its_counts(office: Office) -> None:
    files = two_doctors(office).line("participation", rpps="1")
    office.reindex(files, accept_drift=True)
    (entry,) = audit.history(office.es, prefix=office.prefix, event=Event.REINDEX_COMPLETED)
    assert entry.details["kinds"] == {"professional": {"live": 0, "new": 2}}
    aside = {source: rows for source, rows in entry.details["aside"].items() if rows}
    assert aside == {"participation": 1}


def test_an_index_left_by_a_rollback_is_never_come_back_to(office: Office) -> None:
    good = office.reindex(two_doctors(office)).index
    bad = office.reindex(two_doctors(office)).index
    recipe.rollback(office.es, office.prefix, NOW)
    report = office.reindex(two_doctors(office))
    assert report.pruned == [bad]
    assert [str(name) for name in recipe.rollback(office.es, office.prefix, NOW)] == [
        report.index,
        good,
    ]
