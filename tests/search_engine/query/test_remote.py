"""People seen from afar: over the territory when they are searched, in one line otherwise."""

from datetime import timedelta
from typing import Any

import pytest

from mappings.instants import utc_text
from search_engine.execution.cursor_key import build_cursor_key
from search_engine.query.visibility.remote import RemotePeople
from search_engine.request.area import Area, AreaScope
from search_engine.request.window import build_window
from search_engine.response.remote_line import describe_remote
from tests.search_engine.conftest import IndexOffers
from tests.search_engine.engine_pages import record_request_paths
from tests.search_engine.sample_offers import (
    NOW,
    Offer,
    area,
    department,
    doctor,
    offer_key,
    slot,
    structure,
)

HERE, ELSEWHERE = {"territory": "SAS-14"}, {"territory": "SAS-61"}
REMOTE = {"consultation": ["VR"], "size": 50}


def around() -> Area:
    """The patient, in a circle that is not his own choice."""
    return area(explicit_radius=False)


def afar(key: str, km: float = 40, hours: float = 1, **fields: Any) -> Offer:
    """A doctor of the territory who is seen remotely and in no other way."""
    return doctor(key, km, [slot(hours, consultation=["VR"])], **{**HERE, **fields})


def office(key: str, km: float = 3, hours: float = 25, **fields: Any) -> Offer:
    """A doctor of the territory who is seen at his office."""
    return doctor(key, km, [slot(hours, consultation=["AMB"])], **{**HERE, **fields})


async def test_in_the_country_the_office_of_tomorrow_and_a_line_for_who_is_remote_in_an_hour(
    index_offers: IndexOffers,
) -> None:
    """The situation of the doctrine: his practice is 40 km away, and nobody goes there."""
    searcher = index_offers([afar("remote", 40, 1), office("office")])
    page = await searcher.page(where=around(), profile="regulation")
    assert [offer_key(card) for card in page["results"]] == ["office"]
    assert page["total"]["value"] == 1
    assert page["remote"] == {
        "people": 1,
        "next_start": slot(1)["start"],
        "scope": "territory",
        "profession": {"code": "10", "label": "Médecin"},
        "label": "1 médecin en téléconsultation dans 1 h",
        "criteria": {"consultation": ["VR"]},
    }
    click = await searcher.page(where=around(), profile="regulation", **page["remote"]["criteria"])
    assert [offer_key(card) for card in click["results"]] == ["remote"]
    assert "travel" not in {part["name"] for part in click["results"][0]["rank"]["parts"]}
    assert "remote" not in click


async def test_the_territory_bounds_a_remote_search_and_the_country_where_it_has_few(
    index_offers: IndexOffers,
) -> None:
    five = [afar(f"t{n}", 90 + n, n + 1) for n in range(5)]
    others = [afar(f"c{n}", 400, n + 1, **ELSEWHERE) for n in range(3)]
    searcher = index_offers([*five, *others, office("office")])
    page = await searcher.page(where=around(), **REMOTE)
    assert {offer_key(card) for card in page["results"]} == {f"t{n}" for n in range(5)}
    assert (page["area"]["scope"], page["total"]["value"]) == ("territory", 5)
    assert "radius_km" not in page["area"]
    assert "enlarged" not in page
    assert page["results"][0]["distance_km"] > 80
    few = index_offers([*five[:4], *others, office("office")])
    page = await few.page(where=around(), **REMOTE)
    assert page["area"]["scope"] == "country"
    assert page["total"]["value"] == 7


async def test_a_circle_that_was_chosen_and_a_department_still_bound_it(
    index_offers: IndexOffers,
) -> None:
    searcher = index_offers([afar("near", 5), afar("far", 90), afar("other", 5, department="61")])
    page = await searcher.page(where=area(), **REMOTE)
    assert {offer_key(card) for card in page["results"]} == {"near", "other"}
    assert page["area"]["radius_km"] == 20
    page = await searcher.page(where=department(), **REMOTE)
    assert {offer_key(card) for card in page["results"]} == {"near", "far"}
    assert "scope" not in page["area"]


async def test_nearer_counts_for_nothing_from_afar(index_offers: IndexOffers) -> None:
    searcher = index_offers([afar("far", 300, 1), afar("near", 1, 3)])
    for profile in ("regulation", "published"):
        pages = [
            await searcher.page(where=around(), profile=profile, seed=seed, **REMOTE)
            for seed in range(24)
        ]
        firsts = {offer_key(page["results"][0]) for page in pages}
        assert firsts == ({"far"} if profile == "regulation" else {"far", "near"})
        assert all("nearer_alternative" not in page for page in pages)


async def test_paging_stays_in_the_territory(index_offers: IndexOffers) -> None:
    offers = [afar(f"t{n}", 50 + n, n + 1) for n in range(7)]
    searcher = index_offers([*offers, afar("other", 1, **ELSEWHERE)])
    asked = {"where": around(), "key": build_cursor_key(None), "consultation": ["VR"], "size": 3}
    page, found = await searcher.page(**asked), []
    found += page["results"]
    while page["next"]:
        page = await searcher.page(**asked, cursor=page["next"]["cursor"])
        assert page["area"]["scope"] == "territory"
        found += page["results"]
    assert sorted(map(offer_key, found)) == [f"t{n}" for n in range(7)]


async def test_the_line_says_what_its_click_gives(index_offers: IndexOffers) -> None:
    """People, not places; those of the territory, or of the country where they are few."""
    twice = [afar(f"place{n}", 60 + n, 2, rpps="10001112223") for n in range(2)]
    mixed = doctor("mixed", 80, [slot(0.5, consultation=["AMB", "VR"])], **HERE)
    nurse = afar("nurse", 10, 0.25, profession="60", specialties=[])
    for alone in ([], [afar(f"t{n}", 70, 3 + n) for n in range(3)]):
        country = [afar(f"c{n}", 400, 0.75 + n, **ELSEWHERE) for n in range(4)]
        searcher = index_offers([*twice, *alone, mixed, nurse, *country, office("office")])
        page = await searcher.page(where=around(), size=2)
        click = await searcher.page(where=around(), **REMOTE)
        line, cards = page["remote"], click["results"]
        assert line["people"] == len({card["practitioner"]["rpps"] for card in cards})
        assert line["next_start"] == min(card["availability"]["next_start"] for card in cards)
        assert line["scope"] == click["area"]["scope"] == ("territory" if alone else "country")


async def test_the_line_shows_where_fewer_than_five_people_are_seen_in_person(
    index_offers: IndexOffers,
) -> None:
    four = [office(f"d{n}", n + 1) for n in range(4)]
    again = office("again", 6, rpps=four[0]["rpps"])
    searcher = index_offers([*four, again, afar("remote")])
    for size in (1, 5, 20):
        assert (await searcher.page(where=around(), size=size))["remote"]["people"] == 1
    full = index_offers([*four, office("fifth", 6), afar("remote")])
    for size in (1, 5, 20):
        page = await full.page(where=around(), size=size)
        assert (page["total"]["value"], "remote" in page) == (5, False)


async def test_the_line_belongs_to_first_pages_that_look_for_slots(
    index_offers: IndexOffers,
) -> None:
    remote = afar("remote", 5, accepts_beyond=True)
    pharmacy = structure("pharmacy", "pharmacy", "620", **HERE)
    searcher = index_offers([remote, pharmacy])
    assert "remote" in await searcher.page(where=around())
    assert "remote" in await searcher.page(where=around(), mode="all")
    assert "remote" in await searcher.page(where=around(), consultation=["HH"])
    named = (await searcher.page("nomremote", where=around()))["remote"]
    assert named["people"] == 1
    assert named["label"] == "1 médecin de ce nom en téléconsultation dans 1 h"
    for asked in ({"mode": "beyond"}, {"page": 2}, {"consultation": ["HH", "VR"]}):
        assert "remote" not in await searcher.page(where=around(), **asked)
    assert "remote" not in await searcher.page("pharmacie", where=around())
    assert "remote" not in await index_offers([office("office")]).page(where=around())


async def test_the_places_of_one_person_on_a_page_cost_no_further_request(
    index_offers: IndexOffers, monkeypatch: pytest.MonkeyPatch
) -> None:
    places = [office(f"p{n}", n, rpps="10000000001") for n in range(1, 6)]
    searcher = index_offers([*places, *(office(f"o{n}", 8 + n) for n in range(4))])
    asked = record_request_paths(monkeypatch)
    page = await searcher.page(where=around(), sort="distance", size=5)
    assert (len(page["results"]), page["people"]["value"], len(asked)) == (1, 5, 1)
    assert "remote" not in page


@pytest.mark.parametrize(
    ("people", "minutes", "scope", "profession", "words"),
    [
        (1, 60, AreaScope.TERRITORY, "10", "1 médecin en téléconsultation dans 1 h"),
        (3, 0, None, "10", "3 médecins en téléconsultation, le premier maintenant"),
        (2, 40, None, None, "2 professionnels en téléconsultation, le premier dans 40 min"),
        (
            1,
            95,
            AreaScope.COUNTRY,
            "70",
            "1 professionnel en téléconsultation en France dans 1 h 35",
        ),
        (1, 13 * 60 + 55, None, "60", "1 infirmier en téléconsultation demain à 00:00"),
        (1, 24 * 60, None, "10", "1 médecin en téléconsultation demain à 10:05"),
        (1, 60 * 60, None, "10", "1 médecin en téléconsultation le 18/06 à 22:05"),
    ],
)
def test_the_line_in_words(
    people: int, minutes: int, scope: AreaScope | None, profession: str | None, words: str
) -> None:
    start = utc_text(NOW + timedelta(minutes=minutes))
    found = RemotePeople(people, start, scope, profession)
    assert describe_remote(found, build_window(NOW, "Europe/Paris")) == words
