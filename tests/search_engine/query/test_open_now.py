"""The filter ``open_now``: the same rule as the card, by the clock of each place."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from random import Random

import pytest
from elasticsearch import Elasticsearch
from hypothesis import example, given, settings
from hypothesis import strategies as st

from geography.departments import load_zones
from indexers.offers.hours import hours_fields
from search_engine.query.opening_hours import open_now_clause, opening_state
from tests.search_engine.conftest import IndexOffers, fill, new_index
from tests.search_engine.sample_offers import doctor, slot
from tests.search_engine.wall_clock import (
    ZONES,
    Hours,
    instants,
    is_open,
    next_change,
    random_hours,
)

AT_1405 = datetime.fromisoformat("2026-06-16T14:05:00+02:00")
FROM_1405 = {"tue": [["14:05", "18:00"]]}


@dataclass(frozen=True, slots=True)
class OpeningPlace:
    """Hours and a zone."""

    hours: Hours
    zone: str


@dataclass(frozen=True, slots=True)
class OpeningPlaces:
    """Places by the id of their offer, and the alias that searches them."""

    alias: str
    by_id: dict[str, OpeningPlace]


@pytest.fixture(scope="module")
def places(es: Elasticsearch) -> Iterator[OpeningPlaces]:
    """Random hours in every zone, as the indexer writes them."""
    random, by_id, offers = Random(85), {}, []
    for number in range(300):
        zone = random.choice((*ZONES, *(zone.key for zone in load_zones())))
        hours = random_hours(random)
        offer = doctor(f"p{number}", timezone=zone, **hours_fields(hours))
        by_id[offer["id"]] = OpeningPlace(hours, zone)
        offers.append(offer)
    name = new_index(es)
    fill(es, name.alias, offers)
    yield OpeningPlaces(name.alias, by_id)
    es.indices.delete(index=str(name))


def find_open_ids(es: Elasticsearch, places: OpeningPlaces, now: datetime) -> set[str]:
    answer = es.search(index=places.alias, query=open_now_clause(now), size=1000, source=False)
    return {hit["_id"] for hit in answer["hits"]["hits"]}


@pytest.mark.proves("F085", "F102", "W16", "W17")
@settings(max_examples=120, deadline=None)
@given(now=instants())
@example(now=datetime.fromisoformat("2026-03-29T02:59:59+01:00"))
@example(now=datetime.fromisoformat("2026-03-29T03:00:00+02:00"))
@example(now=datetime.fromisoformat("2026-10-25T02:30:00+02:00"))
@example(now=datetime.fromisoformat("2026-10-25T02:30:00+01:00"))
@example(now=AT_1405)
def test_card_and_filter_say_what_the_wall_says(
    es: Elasticsearch, places: OpeningPlaces, now: datetime
) -> None:
    by_wall = {key for key, at in places.by_id.items() if is_open(at.hours, now, at.zone)}
    cards = {key: opening_state(at.hours, now, at.zone) for key, at in places.by_id.items()}
    assert {key for key, card in cards.items() if card and card["now"]} == by_wall
    assert find_open_ids(es, places, now) == by_wall


@pytest.mark.proves("F102", "W16")
@settings(max_examples=150, deadline=None)
@given(now=instants(), zone=st.sampled_from(ZONES), seed=st.integers(0, 10**6))
def test_until_is_the_first_minute_at_which_the_wall_says_otherwise(
    now: datetime, zone: str, seed: int
) -> None:
    hours = random_hours(Random(seed))
    card = opening_state(hours, now, zone)
    if card is None:
        assert next_change(hours, now, zone) is None
        return
    until = datetime.fromisoformat(card["until"]) if "until" in card else None
    assert until == next_change(hours, now, zone)
    assert until is None or until > now


def test_the_random_places_are_open_and_closed(es: Elasticsearch, places: OpeningPlaces) -> None:
    assert 10 < len(find_open_ids(es, places, AT_1405)) < 290


@pytest.mark.proves("F085", "W17")
async def test_a_search_keeps_the_places_open_where_they_are(index_offers: IndexOffers) -> None:
    offers = [
        doctor("open", 1, [slot(4)], **hours_fields(FROM_1405)),
        doctor("later", 2, [slot(4)], **hours_fields({"tue": [["14:06", "18:00"]]})),
        doctor("over", 3, [slot(4)], **hours_fields({"tue": [["08:00", "14:05"]]})),
        doctor("unknown", 4, [slot(4)]),
        doctor("overseas", 5, [slot(4)], timezone="Indian/Reunion", **hours_fields(FROM_1405)),
        doctor("morning", 6, [slot(4)], timezone="America/Cayenne", **hours_fields(FROM_1405)),
    ]
    searcher = index_offers(offers)
    page = await searcher.page(now=AT_1405, open_now=True)
    assert [card["title"] for card in page["results"]] == ["Dr open", "Dr overseas"]
    assert all(card["open"]["now"] for card in page["results"])
    assert page["total"]["value"] == 2
    assert len(await searcher.keys(now=AT_1405)) == 5


@pytest.mark.proves("F085")
async def test_a_fraction_of_a_second_does_not_part_card_and_filter(
    index_offers: IndexOffers,
) -> None:
    searcher = index_offers([doctor("a", 1, [slot(4)], **hours_fields(FROM_1405))])
    page = await searcher.page(
        now=datetime.fromisoformat("2026-06-16T14:04:59.5+02:00"), open_now=True
    )
    assert [card["open"]["now"] for card in page["results"]] == [True]


def test_zones_that_show_the_same_minute_are_one_clause() -> None:
    clauses = open_now_clause(AT_1405)["bool"]["should"]
    result = [clause["bool"]["filter"] for clause in clauses]
    zones = [zone for there, _ in result for zone in there["terms"]["timezone"]]
    minutes = [then["term"]["open_minutes"] for _, then in result]
    assert sorted(zones) == [zone.key for zone in load_zones()]
    assert len(minutes) == len(set(minutes)) < len(zones)
