"""The filter ``open_now``: the same rule as the card, by the clock of each place."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from random import Random
from typing import Any, get_args

import pytest
from elasticsearch import Elasticsearch
from hypothesis import example, given, settings
from hypothesis import strategies as st

from geography.departments import load_zones
from indexers.offers.hours import hours_fields
from mappings.formats import Weekday
from search_engine.query.opening_hours import open_now_clause, opening_state
from tests.search_engine.conftest import IndexOffers, fill, new_index
from tests.search_engine.sample_offers import area, doctor, slot, utc
from tests.search_engine.wall_clock import (
    DEPARTMENTS,
    HOLIDAYS,
    ZONES,
    Hours,
    Spells,
    instants,
    is_open,
    next_change,
    random_absences,
    random_hours,
)

AT_1405 = datetime.fromisoformat("2026-06-16T14:05:00+02:00")
FROM_1405 = {"tue": [["14:05", "18:00"]]}


@dataclass(frozen=True, slots=True)
class OpeningPlace:
    """Hours, a zone, a department that need not be in it, and absences."""

    hours: Hours
    zone: str
    department: str
    absences: Spells

    def is_open(self, now: datetime) -> bool:
        return is_open(self.hours, now, self.zone, self.department, self.absences)

    def next_change(self, now: datetime) -> datetime | None:
        return next_change(self.hours, now, self.zone, self.department, self.absences)


@dataclass(frozen=True, slots=True)
class OpeningPlaces:
    """Places by the id of their offer, and the alias that searches them."""

    alias: str
    by_id: dict[str, OpeningPlace]
    offers: dict[str, Any]


@pytest.fixture(scope="module")
def places(es: Elasticsearch) -> Iterator[OpeningPlaces]:
    """Random hours in every zone and department, as the indexer writes them."""
    random, by_id, offers = Random(85), {}, {}
    for number in range(300):
        place = draw_place(random)
        offer = build_offer(f"p{number}", place)
        by_id[offer["id"]], offers[offer["id"]] = place, offer
    name = new_index(es)
    fill(es, name.alias, list(offers.values()))
    yield OpeningPlaces(name.alias, by_id, offers)
    es.indices.delete(index=str(name))


def draw_place(random: Random) -> OpeningPlace:
    zone = random.choice((*ZONES, *(zone.key for zone in load_zones())))
    hours, department = random_hours(random), random.choice(DEPARTMENTS)
    around = datetime.fromisoformat(f"{random.choice(sorted(HOLIDAYS))}T12:00Z")
    return OpeningPlace(hours, zone, department, random_absences(random, around))


def build_offer(key: str, place: OpeningPlace) -> Any:
    """As the indexer writes it; on duty for nobody, so that a holiday without hours is closed."""
    away = [{"gte": utc(start), "lt": utc(end)} for start, end in place.absences]
    fields = {**hours_fields(place.hours), **({"absences": away} if away else {})}
    return doctor(key, timezone=place.zone, department=place.department, **fields)


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
@example(now=datetime.fromisoformat("2026-12-26T01:00:00+01:00"))
@example(now=datetime.fromisoformat("2026-04-03T12:00:00+02:00"))
def test_card_and_filter_say_what_the_wall_says(
    es: Elasticsearch, places: OpeningPlaces, now: datetime
) -> None:
    by_wall = {key for key, place in places.by_id.items() if place.is_open(now)}
    cards = {key: opening_state(offer, now) for key, offer in places.offers.items()}
    assert {key for key, card in cards.items() if card and card["now"]} == by_wall
    assert find_open_ids(es, places, now) == by_wall


@pytest.mark.usefixtures("large_input")
@pytest.mark.proves("F102", "W16")
@settings(max_examples=150, deadline=None)
@given(now=instants(), seed=st.integers(0, 10**6))
def test_until_is_the_first_minute_at_which_the_wall_says_otherwise(
    now: datetime, seed: int
) -> None:
    random = Random(seed)
    place = replace(draw_place(random), absences=random_absences(random, now))
    card = opening_state(build_offer("a", place), now)
    if card is None:
        assert place.next_change(now) is None
        return
    until = datetime.fromisoformat(card["until"]) if "until" in card else None
    assert until == place.next_change(now)
    assert until is None or until > now


def test_the_random_places_are_open_and_closed(es: Elasticsearch, places: OpeningPlaces) -> None:
    assert 10 < len(find_open_ids(es, places, AT_1405)) < 290


@pytest.mark.proves("F085", "W17")
async def test_a_search_keeps_the_places_open_where_they_are(index_offers: IndexOffers) -> None:
    """Around a place overseas, where neighbours may keep other zones."""
    offers = [
        doctor("open", 1, [slot(4)], **hours_fields(FROM_1405)),
        doctor("later", 2, [slot(4)], **hours_fields({"tue": [["14:06", "18:00"]]})),
        doctor("over", 3, [slot(4)], **hours_fields({"tue": [["08:00", "14:05"]]})),
        doctor("unknown", 4, [slot(4)]),
        doctor("overseas", 5, [slot(4)], timezone="Indian/Reunion", **hours_fields(FROM_1405)),
        doctor("morning", 6, [slot(4)], timezone="America/Cayenne", **hours_fields(FROM_1405)),
    ]
    searcher, here = index_offers(offers), area(zone="Indian/Reunion")
    page = await searcher.page(where=here, now=AT_1405, open_now=True)
    assert [card["title"] for card in page["results"]] == ["Dr open", "Dr overseas"]
    assert all(card["open"]["now"] for card in page["results"])
    assert page["total"]["value"] == 2
    assert len(await searcher.keys(where=here, now=AT_1405)) == 5


@pytest.mark.proves("F085")
async def test_a_fraction_of_a_second_does_not_part_card_and_filter(
    index_offers: IndexOffers,
) -> None:
    searcher = index_offers([doctor("a", 1, [slot(4)], **hours_fields(FROM_1405))])
    page = await searcher.page(
        now=datetime.fromisoformat("2026-06-16T14:04:59.5+02:00"), open_now=True
    )
    assert [card["open"]["now"] for card in page["results"]] == [True]


CHRISTMAS = datetime.fromisoformat("2026-12-25T14:05:00+01:00")
FRIDAYS: dict[Weekday, list[list[str]]] = {"fri": [["08:00", "19:00"]]}
ALWAYS: dict[Weekday, list[list[str]]] = {
    day: [["00:00", "00:00"]] for day in get_args(Weekday)[:7]
}


async def test_a_search_on_a_holiday_keeps_and_counts_what_is_open_where_it_is(
    index_offers: IndexOffers,
) -> None:
    """An absence, the holidays of the place, a night, and hours that speak of holidays."""
    away = [{"gte": "2026-12-24T23:00:00Z", "lt": "2026-12-25T23:00:00Z"}]
    offers = [
        doctor("closed", 1, **hours_fields(FRIDAYS)),
        doctor("duty", 2, **hours_fields({**FRIDAYS, "holiday": [["09:00", "18:00"]]})),
        doctor("away", 3, **hours_fields(ALWAYS), absences=away),
        doctor("always", 4, **hours_fields(ALWAYS)),
        doctor("night", 5, **hours_fields({"thu": [["20:00", "15:00"]]})),
    ]
    searcher = index_offers(offers)
    page = await searcher.page(now=CHRISTMAS, mode="all")
    opened = {card["title"]: card["open"] for card in page["results"]}
    now_open = {title for title, state in opened.items() if state["now"]}
    assert now_open == {"Dr duty", "Dr always", "Dr night"}
    assert opened["Dr closed"]["reason"]["label"] == "jour férié (Noël)"
    assert opened["Dr away"]["reason"]["label"] == "absence annoncée"
    kept = await searcher.page(now=CHRISTMAS, mode="all", open_now=True)
    assert {card["title"] for card in kept["results"]} == now_open
    (counts,) = [facet["values"] for facet in page["facets"] if facet["name"] == "open_now"]
    assert [value["count"] for value in counts] == [kept["total"]["value"]] == [3]


def test_walls_that_show_the_same_are_one_clause() -> None:
    clauses = open_now_clause(AT_1405)["bool"]["should"]
    result = [clause["bool"]["filter"] for clause in clauses]
    zones = [zone for there, _ in result for zone in there["terms"]["timezone"]]
    minutes = [tuple(then["terms"]["open_minutes"]) for _, then in result]
    assert sorted(zones) == [zone.key for zone in load_zones()]
    assert len(minutes) == len(set(minutes)) < len(zones)
