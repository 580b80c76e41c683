"""Whom else a name may mean: those behind the first page, each found by one click."""

from typing import Any

from tests.search_engine.conftest import IndexOffers
from tests.search_engine.sample_offers import Offer, doctor, structure


def bear_name(key: str, km: float, **fields: Any) -> Offer:
    """A doctor called Martin, so many kilometres away."""
    return doctor(key, km, **{"family": "MARTIN", "names": ["MARTIN Claude"], **fields})


async def test_people_behind_the_first_page_are_named_in_its_order(
    index_offers: IndexOffers,
) -> None:
    searcher = index_offers([bear_name(f"m{rank}", rank) for rank in range(1, 9)])
    page = await searcher.page("Dr Martin")
    assert [card["title"] for card in page["results"]] == [f"Dr m{rank}" for rank in range(1, 6)]
    assert [one["title"] for one in page["candidates"]] == ["Dr m6", "Dr m7", "Dr m8"]
    first = page["candidates"][0]
    assert first == {
        "id": first["id"],
        "kind": "professional",
        "title": "Dr m6",
        "profession": "Médecin",
        "postal_code": "14640",
        "city": "Villers-sur-Mer",
        "department": "14",
        "rpps": first["what"],
        "what": first["what"],
    }
    assert await searcher.keys(first["what"]) == ["m6"]


async def test_a_person_is_named_once_and_a_sign_is_nobody(index_offers: IndexOffers) -> None:
    one, other = "10000000001", "10000000002"
    offers = [
        *(bear_name(f"one{rank}", rank, rpps=one) for rank in range(1, 8)),
        *(bear_name(f"other{rank}", 8 + rank, rpps=other) for rank in range(3)),
        structure("MARTIN", "pharmacy", "620", 15, finess="140000017"),
        doctor("inside", 16, place_names=["CABINET MARTIN"]),
    ]
    page = await index_offers(offers).page("martin")
    assert {card["practitioner"]["rpps"] for card in page["results"]} == {one}
    assert [named["what"] for named in page["candidates"]] == [other, "140000017"]


async def test_only_the_first_page_of_a_name_has_candidates(index_offers: IndexOffers) -> None:
    searcher = index_offers([bear_name(f"m{rank}", rank) for rank in range(1, 9)])
    assert "candidates" not in await searcher.page("martin", page=2)
    assert "candidates" not in await searcher.page("martin", size=20)
    assert "candidates" not in await searcher.page("médecin généraliste", mode="all")
