"""The doctrine: its arithmetic on situations worked out by hand, its measures, and on an index."""

from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from math import isclose
from random import Random
from typing import Any

import pytest
from elasticsearch import AsyncElasticsearch

from geography.density import DensityClass
from geography.ground import Ground
from search_engine.relevance.doctrine.arithmetic import (
    EffortRows,
    PatientPoint,
    WeighedOffer,
    credit_start,
    weigh_offer,
    weigh_visible,
)
from search_engine.relevance.doctrine.figures import Context, sum_pages
from search_engine.relevance.doctrine.judging import measure_doctrine
from search_engine.relevance.doctrine.measures import (
    compute_chi_squared_tail,
    measure_draw,
    measure_page,
    select_first_band,
)
from search_engine.relevance.index_probe import IndexProbe
from tests.search_engine.random_score import random_score
from tests.search_engine.sample_offers import LAT, LON, NOW, doctor, structure, utc

Made = Callable[[datetime], dict[str, Any]]


def call_at(hour: int, density: DensityClass) -> PatientPoint:
    """A patient of Villers-sur-Mer at an hour of the clock of Paris."""
    now = datetime(2026, 6, 16, hour - 2, 0, tzinfo=UTC)
    return PatientPoint(LAT, LON, now, now + timedelta(days=2), density, Ground("mainland"))


def see(km: float, hour: float, *types: str, sas: bool = True, **fields: Any) -> Made:
    """A doctor so far away whose first slot, bookable online, is so many hours after the call."""

    def build(now: datetime) -> dict[str, Any]:
        start = now + timedelta(hours=hour)
        slot = {"start": utc(start), "types": list(types) or ["PUBLIC"], "url": "https://a.example"}
        return doctor("a", km, [slot], participant=sas, **fields)

    return build


def stay_open(km: float) -> Made:
    """A duty house that never closes."""
    week = [{"gte": 0, "lt": 11_520}]
    place = {"point": {"lat": LAT + km / 111.195, "lon": LON}, "open_minutes": week}
    hours = {day: [["00:00", "24:00"]] for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")}
    return lambda now: structure("d", "unscheduled_care", "617", hours=hours, **place)


SITUATIONS: list[tuple[DensityClass, int, list[tuple[Made, float]]]] = [
    (
        DensityClass.DENSE,
        14,
        [
            (see(2.5, 1.5, "SNP"), -30.5),
            (see(0.3, 0.66, sas=False), -28.1),
            (see(0.8, 0.33, sas=False), -26.6),
            (see(3.8, 3.5), -19.6),
            (see(0.5, 19, "SNP"), -19.5),
        ],
    ),
    (
        DensityClass.RURAL,
        10,
        [
            (see(2, 6, sas=False), -16.8),
            (see(18, 1.5), -14.2),
            (see(25, 1, "SNP"), -13.5),
            (see(9, 23, "CPTS"), -10.1),
        ],
    ),
    (
        DensityClass.URBAN,
        22,
        [
            (see(9, 0.66, "SNP"), -23.0),
            (stay_open(6), -22.0),
            (see(1, 10.25, "SNP"), -19.0),
            (see(0.6, 10.5), -15.8),
        ],
    ),
    (
        DensityClass.URBAN,
        14,
        [(see(4, 4), -23.0), (see(0.5, 4, sas=False), -22.0), (see(5.5, 4), -20.0)],
    ),
]
"""Density, hour of the call, and offers with their efforts in the order that the doctrine wants."""


def test_situations_worked_out_by_hand() -> None:
    for density, hour, offers in SITUATIONS:
        patient = call_at(hour, density)
        efforts = [weigh_offer(patient, made(patient.now)).rows.effort for made, _ in offers]  # type: ignore[arg-type]
        wanted = [effort for _, effort in offers]
        close = [isclose(a, b, abs_tol=0.05) for a, b in zip(efforts, wanted, strict=True)]
        assert all(close), (density, efforts)
        bands = [weigh_offer(patient, made(patient.now)).rows.band for made, _ in offers]  # type: ignore[arg-type]
        assert bands == sorted(bands)


def test_the_soonest_slot_is_not_the_best_one_by_force() -> None:
    patient = call_at(14, DensityClass.DENSE)
    soon = {"start": utc(patient.now + timedelta(hours=1)), "types": ["PUBLIC"]}
    kept = {
        "start": utc(patient.now + timedelta(hours=2)),
        "types": ["SNP"],
        "url": "https://a.example",
    }
    weighed = weigh_offer(patient, doctor("a", 0, [soon, kept]))  # type: ignore[arg-type]
    assert (weighed.start, weighed.rows.seen, weighed.rows.slot_type) == (
        patient.now + timedelta(hours=1),
        23,
        4,
    )


def test_a_night_ends_at_eight_by_the_clock_of_the_place() -> None:
    night = datetime(2026, 6, 16, 21, 0, tzinfo=UTC)
    credits = {
        hours: credit_start(night, night + timedelta(hours=hours), "Europe/Paris")
        for hours in (0.5, 9, 9.01, 13, 25)
    }
    assert credits == {0.5: 26, 9: 16, 9.01: 6, 13: 6, 25: 2}
    assert credit_start(night, night + timedelta(hours=9.01), "America/Cayenne") == 16


def test_who_cannot_be_seen_is_left_out() -> None:
    patient = call_at(14, DensityClass.DENSE)
    now = patient.now
    remote = see(1, 1)(now)
    remote["slots"][0]["consultation"] = ["VR"]
    full = see(1, 1)(now)
    full["slots"][0]["seats_left"] = 0
    hidden = see(1, 1)(now)
    hidden["slots"][0]["types"] = []
    island = {"landmass": "porquerolles"}
    gone = {"absences": [{"gte": "2026-06-01T00:00:00Z", "lt": "2026-07-01T00:00:00Z"}]}
    unseen = [remote, full, hidden, see(1, -1)(now), see(1, 60)(now)]
    unseen += [see(1, 1, **island)(now), see(1, 1, **gone)(now), see(1, 1, always_absent=True)(now)]
    assert weigh_visible(patient, unseen) == []  # type: ignore[arg-type]
    assert len(weigh_visible(patient, [see(1, 1)(now)])) == 1  # type: ignore[list-item]


# Measures -------------------------------------------------------------------------------------


def weigh(key: str, km: float, hours: float, **rows: int) -> WeighedOffer:
    """An offer by hand: a kilometre costs a minute."""
    return WeighedOffer(
        key, key, (), km, NOW + timedelta(hours=hours), EffortRows(km, **rows), False
    )


def test_a_hidden_offer_is_explained_by_rows_or_by_an_equal_band() -> None:
    near = weigh("near", 1, 1, seen=26)
    plain = weigh("far", 9, 1, seen=26)
    member = weigh("sas", 3, 2, seen=23, participation=8)
    assert measure_page([plain], [near, plain])[1:4] == (True, frozenset(), 1)
    assert measure_page([member], [near, member])[1:4] == (True, {"participation"}, 0)
    assert measure_page([member, plain], [near])[1:3] == (True, frozenset())
    twin = weigh("twin", 1.5, 1, seen=26)
    assert measure_page([twin], [near])[1:4] == (True, {"equal_band"}, 0)
    assert measure_page([near], [plain, member]) == (1, False, frozenset(), 0, 0)
    later = weigh("later", 0.5, 3, seen=20)
    assert not measure_page([near], [later]).hidden


def test_a_hidden_offer_behind_a_detour_is_explained() -> None:
    """From Cilaos the other shores of La Réunion are near, and two hours away."""
    behind = weigh("behind", 8, 1, seen=26)
    behind = behind._replace(rows=EffortRows(130, seen=26))
    assert measure_page([weigh("card", 24, 5, seen=16)], [behind])[1:4] == (True, {"detour"}, 0)


def test_a_person_at_another_place_and_the_members_of_a_cpts_are_not_hidden() -> None:
    card = weigh("card", 9, 1, seen=26)
    other_place = card._replace(id="other", km=1, rows=EffortRows(1, seen=26))
    member = weigh("member", 1, 1, seen=26)._replace(cpts=("750000001",))
    assert not measure_page([card], [other_place]).hidden
    assert measure_page([card], [member]).hidden
    assert not measure_page([card], [member], ["750000001"]).hidden


def test_a_pair_farther_and_later_counts_beyond_a_band_only() -> None:
    first, second = weigh("a", 9, 3, seen=20), weigh("b", 1, 1, seen=26)
    assert measure_page([first, second], []).late_pairs == 1
    assert measure_page([second, first], []).late_pairs == 0
    assert measure_page([first._replace(rows=EffortRows(3, seen=25)), second], []).late_pairs == 0
    paid = first._replace(rows=EffortRows(9, seen=20, participation=8))
    assert measure_page([paid, second], []).late_pairs == 0


def test_pages_are_summed() -> None:
    near, card = weigh("near", 1, 1, seen=26), weigh("far", 9, 1, seen=26)
    found = sum_pages([measure_page([card], [near]), measure_page([near], [card])])
    assert (found.pages, found.hidden, found.unexplained, found.dominated) == (2, 1, 1, 1)
    assert found.hidden_share == 0.5


def test_chi_squared_is_that_of_the_tables() -> None:
    tables = [(3.841, 1, 0.05), (6.635, 1, 0.01), (18.307, 10, 0.05), (9.342, 10, 0.5)]
    for squared, freedom, p in tables:
        assert isclose(compute_chi_squared_tail(squared, freedom), p, abs_tol=0.0005)
    assert compute_chi_squared_tail(0, 4) == 1.0


def test_a_draw_is_fair_or_not() -> None:
    members = ["a", "b", "c", "d"]
    assert measure_draw(members * 50, members) == 1.0
    assert measure_draw(["a"] * 200, members) < 1e-9
    assert measure_draw([*members * 50, "stranger"], members) == 0.0


def test_the_draw_of_the_index_is_fair_over_20_000_searches() -> None:
    """The very function of Elasticsearch, counted in Python (``random_score``)."""
    rng = Random(7)
    keys = [rng.randrange(2**31) for _ in range(5)]
    firsts = Counter[str]()
    for seed in range(20_000):
        drawn = [(random_score(seed, key, "offers-v7-a"), key) for key in keys]
        firsts[str(max(drawn)[1])] += 1
    assert measure_draw(firsts.elements(), [str(key) for key in keys]) > 0.01


def test_the_first_band_holds_the_offers_of_equal_effort() -> None:
    offers = [weigh(str(km), km, 1, seen=26) for km in (0.5, 1, 2.5, 4, 9)]
    assert [one.km for one in select_first_band(offers)] == [0.5, 1]


# On an index ----------------------------------------------------------------------------------


async def test_pages_of_an_index_are_measured_the_same_each_time(
    relevance_client: AsyncElasticsearch, relevance_index: str
) -> None:
    probe = IndexProbe(relevance_client, relevance_index, NOW)
    counted: list[int] = []
    options = {"profile": "regulation", "seed": 3, "patients": 12, "draws": 4}
    figures = await measure_doctrine(probe, **options, advance=counted.append)  # type: ignore[arg-type]
    assert counted == list(range(1, 13))
    assert sum(found.pages for found in figures.contexts.values()) + figures.empty == 12
    assert figures.contexts[Context.ELSEWHERE].pages > 0
    assert figures == await measure_doctrine(probe, **options)  # type: ignore[arg-type]


@pytest.mark.parametrize("profile", ["regulation", "distance"])
async def test_only_the_profile_of_regulation_gates(
    relevance_client: AsyncElasticsearch, relevance_index: str, profile: str
) -> None:
    probe = IndexProbe(relevance_client, relevance_index, NOW)
    figures = await measure_doctrine(probe, profile=profile, seed=3, patients=3, draws=2)
    assert figures.is_gate == (profile == "regulation")
