"""The way to an offer: across water, around an estuary, none to a remote consultation."""

from typing import Any

import pytest

from search_engine.request.interpretation import Interpretation
from tests.search_engine.conftest import IndexOffers
from tests.search_engine.engine_pages import read_minutes
from tests.search_engine.sample_offers import (
    area,
    doctor,
    offer_key,
    slot,
    structure,
)

DEFAULT = {"profile": "regulation"}
USHANT = {"lat": 48.456, "lon": -5.096, "department": "29", "radius_km": 40.0}
"""A patient of the island of Ouessant."""


def near(place: dict[str, Any], km: float) -> dict[str, Any]:
    """A point so many kilometres east of a place, as far as a degree of Brittany goes."""
    return {"point": {"lat": place["lat"], "lon": place["lon"] + km / 73.8}}


async def test_an_offer_across_water_comes_after_all_others(index_offers: IndexOffers) -> None:
    """At 18:00: tomorrow on the island, in an hour on the mainland."""
    island, mainland = {"landmass": "ouessant"}, {"landmass": "mainland", "participant": True}
    offers = [
        doctor("island", slots=[slot(24, appointment="ROUTINE")], **near(USHANT, 1), **island),
        doctor("mainland", slots=[slot(1, types=["SNP"])], **near(USHANT, 22), **mainland),
        doctor("unknown", slots=[slot(30)], **near(USHANT, 2)),
    ]
    page = await index_offers(offers).page(where=area(**USHANT), **DEFAULT)
    assert [offer_key(result) for result in page["results"]] == ["island", "unknown", "mainland"]
    assert [result["rank"]["tier"] for result in page["results"]] == [1, 1, 2]
    assert page["results"][2]["rank"]["label"].startswith("Traversée, ")


async def test_the_way_around_an_estuary_costs_its_minutes(index_offers: IndexOffers) -> None:
    """Le Verdon sees Royan, an hour away."""
    verdon = {"lat": 45.50, "lon": -1.10, "department": "33", "radius_km": 40.0}
    offers = [
        doctor("royan", slots=[slot(1)], zone=["gironde-saintonge"], **near(verdon, 8)),
        doctor("soulac", slots=[slot(1)], zone=["gironde-medoc"], **near(verdon, 20)),
        doctor("inland", slots=[slot(1)], **near(verdon, 30)),
    ]
    page = await index_offers(offers).page(where=area(**verdon), **DEFAULT)
    assert [offer_key(result) for result in page["results"]] == ["soulac", "inland", "royan"]
    detours = [read_minutes(result).get("detour") for result in page["results"]]
    assert detours == [None, None, 60]
    for card in page["results"]:
        assert card["rank"]["band"] == int(card["rank"]["minutes"] // 3)


async def test_emergency_departments_come_first_open_or_not(index_offers: IndexOffers) -> None:
    """Whoever has a slot: an emergency department needs none."""
    offers = [
        structure("next-door", "hospital", "355", 1, emergency=True),
        structure("further", "hospital", "355", 9, emergency=True),
        structure("duty", "unscheduled_care", "617", 0.5, slots=[slot(1)]),
    ]
    words = Interpretation(
        "Urgence", categories=("355", "617"), structure_word=True, needs_emergency=True
    )
    page = await index_offers(offers).page(meaning=words, **DEFAULT)
    assert [offer_key(result) for result in page["results"]] == ["next-door", "further", "duty"]
    assert page["results"][0]["rank"]["label"] == "Service d'urgence"


async def test_nobody_travels_to_a_remote_consultation(index_offers: IndexOffers) -> None:
    remote = [slot(1, consultation=["VR"])]
    offers = [
        doctor("far", 18, remote, participant=True, landmass="ouessant"),
        doctor("near", 1, remote),
        doctor("office", 1, [slot(1, consultation=["AMB"])]),
    ]
    page = await index_offers(offers).page(consultation=["VR"], **DEFAULT)
    assert [offer_key(result) for result in page["results"]] == ["far", "near"]
    assert all("travel" not in read_minutes(result) for result in page["results"])
    assert page["results"][0]["distance_km"] == pytest.approx(18, abs=0.01)
