"""Home visits: who declares that he comes lets nobody travel; of the others the zone is unknown."""

from typing import Any

from tests.search_engine.conftest import IndexOffers
from tests.search_engine.sample_offers import Offer, area, cpts, doctor, offer_key, slot

HOME = {"consultation": ["HH"], "profile": "regulation", "size": 20, "seed": 1}
PATIENT = area(insee="14754")
COMES = {"covered": True, "label": "se déplace dans la commune"}
UNKNOWN = {"covered": False, "label": "zone de visite inconnue"}


def visitor(key: str, km: float, **fields: Any) -> Offer:
    """A doctor who visits patients at home, in two hours."""
    return doctor(key, km, [slot(2, consultation=["HH"])], **{"insee": "14220", **fields})


async def test_who_declares_to_come_counts_no_travel(index_offers: IndexOffers) -> None:
    offers = [
        visitor("commune", 18, covers_insee=["14001", "14754"]),
        visitor("department", 17, covers_departments=["14"]),
        visitor("elsewhere", 2, covers_insee=["14001"], covers_departments=["61"]),
        visitor("silent", 9),
    ]
    searcher = index_offers(offers)
    page = await searcher.page(where=PATIENT, **HOME)
    travels = {offer_key(card): read_travel(card) for card in page["results"]}
    assert travels == {"commune": 0, "department": 0, "elsewhere": 2.2, "silent": 9.9}
    assert {offer_key(card) for card in page["results"][:2]} == {"commune", "department"}
    said = {offer_key(card): card["home_visit"] for card in page["results"]}
    assert said["commune"] == said["department"] == COMES
    assert said["elsewhere"] == said["silent"] == UNKNOWN


async def test_the_distance_counts_where_other_consultations_do_too(
    index_offers: IndexOffers,
) -> None:
    searcher = index_offers([visitor("commune", 18, covers_insee=["14754"])])
    for asked in ([], ["AMB", "HH"]):
        page = await searcher.page(where=PATIENT, **{**HOME, "consultation": asked})
        assert read_travel(page["results"][0]) == 19.8
        assert "home_visit" not in page["results"][0]


async def test_a_member_of_a_cpts_comes_as_himself(index_offers: IndexOffers) -> None:
    """The territory of a CPTS is where its members work together, not where each visits."""
    members = [visitor(f"m{n}", 10 + 8 * n, cpts=["140000011"]) for n in range(2)]
    searcher = index_offers([*members, cpts("140000011", "14754")])
    page = await searcher.page(where=PATIENT, **HOME)
    assert page["results"][0]["group"]["members"] == 2
    assert read_travel(page["results"][0]) == 11
    assert "home_visit" not in page["results"][0]


def read_travel(card: dict[str, Any]) -> float:
    """The minutes of travel of a card."""
    (minutes,) = [part["minutes"] for part in card["rank"]["parts"] if part["name"] == "travel"]
    return float(minutes)
