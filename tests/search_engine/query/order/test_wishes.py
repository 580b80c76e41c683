"""Words alone make a preference: counted in minutes, told in the reading and on the card."""

from typing import Any

import pytest

from tests.search_engine.conftest import IndexOffers
from tests.search_engine.sample_offers import Searcher, doctor, offer_key, slot, structure

REGULATION = {"profile": "regulation"}
ALWAYS = {
    "hours": {day: [["00:00", "24:00"]] for day in ("mon", "tue", "wed", "thu", "fri")},
    "open_minutes": [{"gte": 0, "lt": 7200}],
}


def read_parts(result: dict[str, Any]) -> dict[str, float]:
    """Minutes of each part of a card, after checking their sum."""
    parts = result["rank"]["parts"]
    assert sum(part["minutes"] for part in parts) == pytest.approx(result["rank"]["minutes"])
    return {part["name"]: part["minutes"] for part in parts}


async def find_parts(searcher: Searcher, what: str, **criteria: Any) -> dict[str, dict[str, float]]:
    """The parts of each card by its key, in the order of the page."""
    page = await searcher.page(what, **REGULATION, **criteria)
    return {offer_key(card): read_parts(card) for card in page["results"]}


async def read_effects(searcher: Searcher, what: str, **criteria: Any) -> dict[str, str | None]:
    """What each part of the line does to the order, by what was typed."""
    page = await searcher.page(what, **REGULATION, **criteria)
    return {part["typed"]: part.get("effect") for part in page["query"]["read"]["parts"]}


async def test_what_is_later_than_the_moment_loses_ten_minutes(index_offers: IndexOffers) -> None:
    """10:05: ``urgent`` waits four hours; 16 minutes of credit for 18:05 are left with 6."""
    searcher = index_offers([doctor("soon-far", 12, [slot(3.9)]), doctor("later", 4, [slot(8)])])
    assert list(await find_parts(searcher, "généraliste")) == ["later", "soon-far"]
    parts = await find_parts(searcher, "généraliste urgent")
    assert list(parts) == ["soon-far", "later"]
    assert parts["later"] == {"travel": 4.4, "seen": -16, "late": 10}
    assert "late" not in parts["soon-far"]
    assert await read_effects(searcher, "généraliste urgent") == {
        "généraliste": None,
        "urgent": "après 14:05, 10 min de plus",
    }
    page = await searcher.page("généraliste urgent", **REGULATION)
    assert page["results"][1]["rank"]["label"] == "Créneau sous 12 h, plus tard que souhaité"
    assert {card["rank"]["tier"] for card in page["results"]} == {1}


async def test_tonight_ends_with_the_night(index_offers: IndexOffers) -> None:
    """21 h 50 later is 7:55 of the next day, 22 h later 8:05."""
    searcher = index_offers([doctor("night", 1, [slot(21.8)]), doctor("day", 1, [slot(22)])])
    parts = await find_parts(searcher, "généraliste ce soir")
    assert parts["night"] == {"travel": 1.1, "seen": -6}
    assert parts["day"] == {"travel": 1.1, "seen": -6, "late": 10}
    effects = await read_effects(searcher, "généraliste ce soir")
    assert effects["ce soir"] == "après le 17/06 à 08:00, 10 min de plus"


async def test_a_duty_house_that_is_open_is_in_time_and_nobody_without_a_slot_is(
    index_offers: IndexOffers,
) -> None:
    offers = [
        structure("open", "unscheduled_care", "617", 2, **ALWAYS),
        structure("shut", "unscheduled_care", "617", 2),
    ]
    parts = await find_parts(index_offers(offers), "point de garde urgent", mode="all")
    assert parts["open"] == {"travel": 2.2, "open_now": -26, "participation": -8}
    assert parts["shut"] == {"travel": 2.2, "late": 10, "participation": -8}


async def test_who_has_no_slot_is_not_told_to_be_later(index_offers: IndexOffers) -> None:
    searcher = index_offers([structure("shut", "unscheduled_care", "617", 2)])
    page = await searcher.page("point de garde urgent", mode="all", **REGULATION)
    assert page["results"][0]["rank"]["label"] == "Sans créneau, participe au SAS"


async def test_a_day_that_is_named_bounds_the_slots_and_is_no_wish(
    index_offers: IndexOffers,
) -> None:
    searcher = index_offers([doctor("today", 1, [slot(2)]), doctor("thursday", 1, [slot(48)])])
    for line in ("généraliste jeudi", "généraliste urgent jeudi"):
        page = await searcher.page(line, **REGULATION)
        assert [offer_key(card) for card in page["results"]] == ["thursday"]
        assert page["window"]["from"] == "2026-06-17T22:00:00Z"
        assert page["window"]["to"] == "2026-06-18T21:59:59Z"
        assert "late" not in read_parts(page["results"][0])


async def test_without_a_car_the_way_counts_twice(index_offers: IndexOffers) -> None:
    searcher = index_offers([doctor("far", 4, [slot(1)]), doctor("near", 0.5, [slot(3)])])
    assert list(await find_parts(searcher, "généraliste")) == ["far", "near"]
    parts = await find_parts(searcher, "généraliste sans voiture")
    assert list(parts) == ["near", "far"]
    assert parts["far"] == {"travel": 8.8, "seen": -26}
    page = await searcher.page("généraliste sans voiture", **REGULATION)
    assert page["results"][0]["rank"]["parts"][0]["label"] == "trajet sans voiture"
    assert (await read_effects(searcher, "généraliste sans voiture"))["sans voiture"] == (
        "trajet compté 2 fois"
    )


async def test_a_woman_is_worth_a_short_detour_and_nobody_is_hidden(
    index_offers: IndexOffers,
) -> None:
    offers = [
        doctor("man", 1, [slot(3)], gender="male"),
        doctor("woman", 4, [slot(3)], gender="female"),
        doctor("woman-far", 12, [slot(3)], gender="female"),
        doctor("unknown", 3, [slot(3)]),
    ]
    searcher = index_offers(offers)
    assert next(iter(await find_parts(searcher, "généraliste"))) == "man"
    parts = await find_parts(searcher, "généraliste femme")
    assert list(parts) == ["woman", "man", "unknown", "woman-far"]
    assert parts["woman"] == {"travel": 4.4, "seen": -20, "gender": -6}
    assert "gender" not in parts["man"]
    page = await searcher.page("généraliste femme", **REGULATION)
    assert page["results"][0]["rank"]["label"] == "Créneau sous 4 h, une femme"
    assert (await read_effects(searcher, "généraliste femme"))["femme"] == "6 min de moins"


async def test_the_other_profiles_count_no_wish_and_say_so(index_offers: IndexOffers) -> None:
    searcher = index_offers([doctor("a", 1, [slot(8)]), doctor("b", 2, [slot(1)])])
    page = await searcher.page("généraliste urgent sans voiture", profile="published")
    assert [offer_key(card) for card in page["results"]] == ["a", "b"]
    assert all("effect" not in part for part in page["query"]["read"]["parts"])
    assert read_parts(page["results"][0]) == {"travel": 1.1}
