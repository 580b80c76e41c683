"""The named searches and growth: drawn, kept away from caches, compared."""

import random
from dataclasses import replace
from datetime import UTC, datetime

import orjson
import pytest

from bench import load, named_searches, plans, run
from bench.dataset import Site
from bench.processes import LoadProcess
from bench.run import BenchOptions
from search_engine.request.criteria import Criteria
from simulation.scales import ScaleName

SMALL = BenchOptions(named_points=4, rounds=2)
MENDE = {"what": "MG", "lat": 44.52, "lon": 3.5, "mode": "all", "size": 20, "seed": 7}


def test_no_two_searches_of_a_run_have_one_point_or_one_instant() -> None:
    chance = random.Random(1)
    drawn = list(named_searches._draw_searches(("75",), named_searches.DOCTOR, 300, chance))
    assert len({(body["lat"], body["lon"]) for body, _ in drawn}) == 300
    assert len({now for _, now in drawn}) == 300
    assert all(Criteria(**body).what == "médecin généraliste" for body, _ in drawn)


async def test_a_search_is_sent_at_an_instant_nobody_asked_before(site: Site) -> None:
    now = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
    [exchange] = await plans.searches_at(site.url, site.alias, [(MENDE, now)])
    sent = "".join(call.body for call in exchange)
    assert "2026-11-24T08:00:01Z" in sent
    assert "2026-11-24T08:00:00Z" not in sent
    assert all(call.now == "" for call in exchange)


async def test_a_commune_met_before_costs_no_question_more(site: Site) -> None:
    """As in a process that has been serving: the CPTS there are requested beside the page."""
    circle, now = {**MENDE, "what": "pharmacie"}, datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
    [raw] = await plans.raw_searches(site.url, site.alias, [circle])
    [met] = await plans.searches_at(site.url, site.alias, [(circle, now)])
    assert len(raw) == len(met) == 1


async def test_what_elasticsearch_tells_of_itself_is_read(site: Site) -> None:
    now = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
    plan = await plans.searches_at(site.url, site.alias, [({**MENDE, "radius_km": 50}, now)] * 2)
    async with load.open_session() as through:
        bodies = await load.perform(through, plan[0]) or []
    answers = [orjson.loads(body) for body in bodies]
    pages = [one for answer in answers for one in answer.get("responses", [answer])]
    tally = load.LoadTally()
    tally.read_answers(bodies)
    assert tally.took_ms == [sum(answer["took"] for answer in answers)]
    totals = [page["hits"]["total"]["value"] for page in pages if "total" in page["hits"]]
    assert tally.found == [max(totals)]
    assert tally.found[0] > 0


def test_each_named_search_has_its_percentiles_and_its_limit(site: Site) -> None:
    with LoadProcess() as generator:
        found = named_searches.measure_took(replace(SMALL, scale=ScaleName.STRESS), site, generator)
    assert list(found) == ["Paris with facets", "Lozère"]
    for one in found.values():
        assert one["count"] == 8
        assert one["errors"] == 0
        assert 0 <= one["p50"] <= one["p95"]
        assert one["limit_ms"] == 35


@pytest.mark.full_run
def test_growth_of_an_index_beside_itself_is_none(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same offers on both sides: every search with a result is a pair."""
    monkeypatch.setattr(named_searches, "COMPARABLE_DEPARTMENTS", ("48",))
    with LoadProcess() as generator:
        grown = named_searches.measure_growth(
            replace(SMALL, named_points=40), site, site, generator
        )
    assert grown["pairs"] > 0
    assert grown["ratio"] == pytest.approx(1, abs=0.5)


@pytest.mark.parametrize(
    ("small", "large", "same"),
    [(10, 11, True), (11, 10, True), (10, 12, False), (0, 0, False), (0, 1, False)],
)
def test_sets_are_compared_where_they_are_as_dense(small: int, large: int, same: bool) -> None:
    assert named_searches.is_same_density(small, large) is same


def test_a_named_search_that_failed_meets_no_target() -> None:
    one = {"p95": 1.0, "errors": 1, "limit_ms": 20.0}
    found = {"named": {"x": one}, "growth": {"ratio": 1.6}}
    failed, grown = run.list_search_targets(found)
    assert not failed.is_met
    assert (grown.name, grown.is_met) == ("growth", False)
    [held] = run.list_search_targets({"named": {"x": {**one, "errors": 0}}})
    assert held.is_met
