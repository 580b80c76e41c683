"""Orientations of the day spread calls: one minute each, six at most, on the place's own day."""

from typing import Any

from tests.search_engine.conftest import IndexOffers
from tests.search_engine.query.order.test_wishes import REGULATION, read_parts
from tests.search_engine.sample_offers import area, doctor, offer_key, slot

TODAY, YESTERDAY = "2026-06-16", "2026-06-15"


def make_asked(key: str, count: int, day: str = TODAY, **fields: Any) -> dict[str, Any]:
    """A doctor next door who was asked so many times."""
    return doctor(key, 1, [slot(3)], orientations_today={"day": day, "count": count}, **fields)


async def test_each_orientation_of_today_counts_a_minute_and_six_at_most(
    index_offers: IndexOffers,
) -> None:
    offers = [make_asked(f"asked{count}", count) for count in (0, 1, 3, 6, 7)]
    page = await index_offers(offers).page(**REGULATION)
    debits = {offer_key(card): read_parts(card).get("asked") for card in page["results"]}
    assert debits == {"asked0": None, "asked1": 1, "asked3": 3, "asked6": 6, "asked7": 6}
    for card in page["results"]:
        assert card["rank"]["band"] == card["rank"]["minutes"] // 3
    assert [card["rank"]["band"] for card in page["results"]] == [-7, -6, -6, -5, -5]
    assert page["results"][-1]["rank"]["label"].endswith("déjà sollicité aujourd'hui")


async def test_another_day_and_none_at_all_count_nothing(index_offers: IndexOffers) -> None:
    offers = [
        make_asked("before", 5, YESTERDAY),
        doctor("never", 1, [slot(3)]),
        make_asked("today", 5),
    ]
    page = await index_offers(offers).page(**REGULATION)
    debits = {offer_key(card): read_parts(card).get("asked") for card in page["results"]}
    assert debits == {"before": None, "never": None, "today": 5}
    assert offer_key(page["results"][2]) == "today"


async def test_the_day_is_that_of_the_place(index_offers: IndexOffers) -> None:
    """22:05 of the day before in Papeete: its own day is the 15th.

    The place searched is overseas: a search of the métropole names its one zone alone.
    """
    papeete = area(department="987", zone="Pacific/Tahiti")
    offers = [
        make_asked("paris", 4, TODAY),
        make_asked("tahiti", 4, YESTERDAY, timezone="Pacific/Tahiti"),
        make_asked("tahiti-tomorrow", 4, TODAY, timezone="Pacific/Tahiti"),
    ]
    page = await index_offers(offers).page(where=papeete, **REGULATION)
    debits = {offer_key(card): read_parts(card).get("asked") for card in page["results"]}
    assert debits == {"paris": 4, "tahiti": 4, "tahiti-tomorrow": None}
    assert offer_key(page["results"][0]) == "tahiti-tomorrow"
