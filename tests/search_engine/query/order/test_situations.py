"""The situations of the doctrine by the oracle, and on a real index."""

from datetime import UTC
from typing import Any

import pytest

from geography.density import find_density_class
from search_engine.request.criteria import Criteria
from tests.search_engine.conftest import IndexOffers
from tests.search_engine.oracle.order import oracle_result
from tests.search_engine.random_searches import build_oracle_query
from tests.search_engine.situations import (
    NEED,
    OWN_DOCTOR,
    PLACES,
    PRACTICE,
    SITUATIONS,
    Situation,
    clock,
    find_place,
    make_offers,
)

Efforts = list[tuple[str, float]]
"""Name and effort in minutes, in order."""


def read_key(offer_id: str) -> str:
    """The name of a case, by the id of its offer."""
    return offer_id.partition("@")[2]


def assert_order(situation: Situation, rest: Efforts) -> None:
    """The bands in order, whoever is drawn first inside one, with the efforts of the table."""
    for cases in situation.in_order:
        band, rest = rest[: len(cases)], rest[len(cases) :]
        assert sorted(band) == sorted((case.name, case.effort) for case in cases)
    assert not rest


@pytest.mark.parametrize("where", ["dense", "urban", "mixed", "rural"])
def test_the_places_are_of_their_kind(where: str) -> None:
    assert find_density_class(PLACES[where].lat, PLACES[where].lon) == where


@pytest.mark.parametrize("name", SITUATIONS)
def test_a_situation_by_the_oracle(name: str) -> None:
    situation = SITUATIONS[name]
    given: dict[str, Any] = {"profile": "regulation", "seed": 1, **situation.criteria}
    place, now = find_place(situation), clock(situation.now).astimezone(UTC)
    criteria = Criteria(what=NEED.label, lat=place.lat, lon=place.lon, **given)
    query = build_oracle_query(
        criteria,
        NEED,
        place,
        now,
        landmass="ouessant" if situation.where == "island" else "mainland",
        without_rpps=OWN_DOCTOR if "treating_doctor" in given else None,
        practice=PRACTICE if "treating_doctor" in given else None,
    )
    right = oracle_result(query, make_offers(situation), "any")
    efforts = [(read_key(hit.id), round(hit.effort or 0.0, 1)) for hit in right.hits]
    assert_order(situation, efforts)


@pytest.mark.parametrize("name", SITUATIONS)
async def test_a_situation_on_a_real_index(index_offers: IndexOffers, name: str) -> None:
    situation = SITUATIONS[name]
    page = await index_offers(make_offers(situation)).page(
        where=find_place(situation),
        now=clock(situation.now).astimezone(UTC),
        meaning=NEED,
        profile="regulation",
        size=20,
        **situation.criteria,
    )
    efforts = [(read_key(card["id"]), card["rank"]["minutes"]) for card in page["results"]]
    assert_order(situation, efforts)
    for card in page["results"]:
        minutes = sum(part["minutes"] for part in card["rank"]["parts"])
        assert minutes == pytest.approx(card["rank"]["minutes"])
    labels = {read_key(card["id"]): card["rank"]["label"] for card in page["results"]}
    assert labels.get("mainland", "Traversée").startswith("Traversée")
    assert labels.get("snp-twenty-minutes-late", "Hors délai").startswith("Hors délai")
    assert labels.get("snp-a-quarter-late", "Dans le délai").startswith("Dans le délai")
