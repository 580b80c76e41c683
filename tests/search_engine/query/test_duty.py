"""Open places of duty are seen as if they bore one walk-in slot that starts now."""

from datetime import timedelta
from typing import Any

from tests.search_engine.conftest import IndexOffers
from tests.search_engine.sample_offers import NOW, Offer, area, doctor, offer_key, slot, structure

OPEN: dict[str, Any] = {
    "hours": {"tue": [["10:00", "12:00"]]},
    "open_minutes": [{"gte": 2040, "lt": 2160}],
}
"""Open at the instant of the searches, a Tuesday at 10:05."""

ORDER = {"profile": "regulation", "size": 20, "seed": 3}


def duty(key: str, km: float = 2, **fields: Any) -> Offer:
    """A duty house that is open, without any slot."""
    return structure(key, "unscheduled_care", "617", km, **{**OPEN, **fields})


def sos(key: str, km: float = 2, **fields: Any) -> Offer:
    """A point of SOS Médecins that is open."""
    made = doctor(key, km, specialties=["SM54"], **{**OPEN, **fields})
    named = {"id": f"sos:{key}", "kind": "sos_point", "association": "SOS Médecins"}
    return {name: value for name, value in made.items() if name != "rpps"} | named


def count_values(page: dict[str, Any], name: str) -> dict[str, int]:
    """Count by value of one facet."""
    (facet,) = [one for one in page["facets"] if one["name"] == name]
    return {one["value"]: one["count"] for one in facet["values"]}


async def test_an_open_place_of_duty_is_listed_and_counted_without_any_slot(
    index_offers: IndexOffers,
) -> None:
    away = {"absences": [{"gte": "2026-06-16T06:00:00Z", "lt": "2026-06-16T12:00:00Z"}]}
    offers = [
        duty("house"),
        sos("sos", 7),
        doctor("doctor", 4, [slot(5, types=["SNP"], consultation=["HH"])]),
        duty("shut", hours={"tue": [["20:00", "23:00"]]}, open_minutes=[]),
        duty("away", **away),
        structure("surgery", "msp", "603", 1, **OPEN),
    ]
    page = await index_offers(offers).page(**ORDER)
    assert [offer_key(card) for card in page["results"]] == ["house", "sos", "doctor"]
    assert page["total"]["value"] == 3
    assert count_values(page, "slot_type") == {"PUBLIC": 2, "SNP": 1}
    assert count_values(page, "consultation") == {"AMB": 2, "HH": 1}
    assert count_values(page, "horizon") == {"0-4": 2, "4-8": 1}
    first = page["results"][0]
    assert first["rank"]["label"] == "Ouvert sans rendez-vous, participe au SAS"
    assert "next_start" not in first["availability"]
    assert first["open"]["now"]


async def test_it_meets_the_filters_that_a_walk_in_slot_of_now_meets(
    index_offers: IndexOffers,
) -> None:
    searcher = index_offers([duty("house"), doctor("doctor", 1, [slot(30, types=["SNP"])])])
    kept = [
        {"consultation": ["AMB"]},
        {"consultation": ["AMB", "HH"]},
        {"horizon": ["0-4"]},
        {"slot_type": ["PUBLIC"]},
        {"slot_type": ["PUBLIC"], "horizon": ["0-4"], "consultation": ["AMB"]},
        {"role": "OTHER"},
        {"window_hours": 1},
    ]
    left = [
        {"consultation": ["HH"]},
        {"consultation": ["VR"]},
        {"horizon": ["4-8"]},
        {"slot_type": ["SNP"]},
        {"slot_type": ["PUBLIC"], "horizon": ["24-48"]},
    ]
    for mode in ("available", "all"):
        what = "médecin généraliste" if mode == "available" else "point de garde"
        for asked in kept:
            assert "house" in await searcher.keys(what, mode=mode, **asked), asked
        for asked in left:
            assert "house" not in await searcher.keys(what, mode=mode, **asked), asked
    assert await searcher.keys("médecin généraliste demain") == ["doctor"]


async def test_a_filter_that_the_walk_in_does_not_meet_takes_its_credit_away(
    index_offers: IndexOffers,
) -> None:
    """Open now is of no use to who must be visited at home."""
    visits = sos("sos", 2, slots=[slot(5, consultation=["HH"])])
    page = await index_offers([visits]).page(consultation=["HH"], **ORDER)
    names = {part["name"] for part in page["results"][0]["rank"]["parts"]}
    assert "seen" in names
    assert "open_now" not in names
    page = await index_offers([visits]).page(**ORDER)
    assert "open_now" in {part["name"] for part in page["results"][0]["rank"]["parts"]}


async def test_a_place_with_a_slot_of_its_own_counts_once(index_offers: IndexOffers) -> None:
    soon = sos("soon", 1, slots=[slot(1, consultation=["AMB"])])
    later = sos("later", 2, slots=[slot(6, types=["SNP"], consultation=["HH"])])
    page = await index_offers([soon, later, duty("house", 3)]).page(**ORDER)
    assert count_values(page, "slot_type") == {"PUBLIC": 3, "SNP": 1}
    assert count_values(page, "consultation") == {"AMB": 3, "HH": 1}
    assert count_values(page, "horizon") == {"0-4": 3, "4-8": 1}


async def test_it_makes_looking_further_useless_and_comes_first_by_time(
    index_offers: IndexOffers,
) -> None:
    houses = [duty(f"h{n}", n + 1) for n in range(4)]
    far = doctor("far", 25, [slot(0.1)])
    searcher = index_offers([*houses, doctor("near", 1, [slot(0.2)]), far])
    page = await searcher.page(where=area(explicit_radius=False), sort="earliest", size=20)
    assert "enlarged" not in page
    keys = [offer_key(card) for card in page["results"]]
    assert (set(keys[:4]), keys[4:]) == ({"h0", "h1", "h2", "h3"}, ["near"])
    assert page["results"][0]["rank"]["label"] == "Non participant, ouvert sans rendez-vous"
    assert page["results"][4]["rank"]["label"] == "Avec créneau, non participant"
    near = await searcher.page(profile="distance", size=20)
    assert {offer_key(one): one["rank"]["label"] for one in near["results"]} == {
        **{f"h{n}": "Ouvert sans rendez-vous" for n in range(4)},
        "near": "Avec créneau",
    }


async def test_it_answers_whoever_looks_for_a_general_practitioner_now(
    index_offers: IndexOffers,
) -> None:
    """Not a cardiologist; and in a list of everybody it is looked for by its own word."""
    searcher = index_offers([duty("house"), doctor("heart", 1, [slot(1)], specialties=["SM04"])])
    assert await searcher.keys("médecin généraliste") == ["house"]
    assert await searcher.keys("cardiologue") == ["heart"]
    assert await searcher.keys("médecin généraliste", mode="all") == []
    assert await searcher.keys("médecin généraliste", now=NOW + timedelta(hours=3)) == []
