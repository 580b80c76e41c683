"""What a card tells, to whom, and in which clock."""

from typing import Any

import pytest

from search_engine.lookup.offer import CardViewer, offer_card
from search_engine.request.criteria import Role
from search_engine.request.problems import OfferNotFound
from tests.search_engine.conftest import IndexOffers
from tests.search_engine.sample_offers import LAT, NOW, area, commune, doctor, slot, structure

FULL = {
    "rpps": "10003456789",
    "participant": True,
    "via": ["cpts"],
    "cpts": ["140000001"],
    "cpts_name": "CPTS du Pays d'Auge",
    "accepts_beyond": True,
    "phones": ["0231000000"],
    "place_name": "Cabinet de la Mer",
    "hours": {"tue": [["08:00", "12:00"], ["14:05", "18:00"]]},
    "additional_info": "Sonner à droite",
}
DESIGNED = {
    *("id", "kind", "title", "practitioner", "profession", "specialties", "sector", "place"),
    *("distance_km", "phones", "open", "participation", "accepts_beyond", "availability", "rank"),
    *("sources", "additional_info"),
}


@pytest.mark.proves("F064", "F087", "F099", "F100", "C35")
async def test_one_request_gives_the_whole_card_with_its_slots(index_offers: IndexOffers) -> None:
    kept = slot(
        1,
        types=["PUBLIC", "SNP"],
        consultation=["AMB"],
        appointment="ROUTINE",
        seats_max=3,
        seats_left=1,
        reasons=["Renouvellement"],
        cpts=["140000001"],
        url="https://rdv.example/a?b=1#c",
    )
    page = await index_offers([doctor("a", 1, [kept], **FULL)]).page()
    (card,) = page["results"]
    assert set(card) == DESIGNED
    assert card["practitioner"] == {"rpps": "10003456789", "family": "NOMA", "given": "Claude"}
    assert card["profession"] == {"code": "10", "label": "Médecin"}
    assert card["specialties"] == [
        {
            "code": "SM54",
            "system": "TRE_R38-SpecialiteOrdinale",
            "label": "Médecine générale",
        }
    ]
    assert card["place"] == {
        "name": "Cabinet de la Mer",
        "lines": ["1 rue de la Mer"],
        "postal_code": "14640",
        "city": "Villers-sur-Mer",
        "insee": "14754",
        "department": "14",
        "lat": pytest.approx(LAT, abs=0.01),
        "lon": 0.0,
        "precision": "housenumber",
        "timezone": "Europe/Paris",
    }
    assert card["distance_km"] == pytest.approx(1, abs=0.001)
    assert card["open"] == {"now": True, "until": "2026-06-16T12:00:00+02:00"}
    cpts = {"finess": "140000001", "name": "CPTS du Pays d'Auge"}
    assert card["participation"] == {"sas": True, "via": ["cpts"], "cpts": cpts}
    assert card["availability"] == {
        "next_start": "2026-06-16T09:05:00Z",
        "days": [
            {
                "date": "2026-06-16",
                "slots": [
                    {
                        "slot": "slot-1",
                        "start": "2026-06-16T09:05:00Z",
                        "start_local": "2026-06-16T11:05:00+02:00",
                        "end": "2026-06-16T09:25:00Z",
                        "types": ["PUBLIC", "SNP"],
                        "consultation": ["AMB"],
                        "appointment": "ROUTINE",
                        "source": "editor-a",
                        "reasons": ["Renouvellement"],
                        "cpts": [{"finess": "140000001"}],
                        "seats_max": 3,
                        "seats_taken": 2,
                        "url": "https://rdv.example/a?b=1#c",
                        "url_with_origin": "https://rdv.example/a?b=1&origin=sas#c",
                    }
                ],
            },
            {"date": "2026-06-17", "slots": []},
            {"date": "2026-06-18", "slots": []},
        ],
    }
    assert card["sources"] == {"identity": {"source": "rpps", "date": "2026-06-01"}}


@pytest.mark.proves("F104")
@pytest.mark.parametrize(("role", "told"), [("OSNP", True), ("IOA", True), ("OTHER", False)])
async def test_additional_information_is_for_regulators(
    index_offers: IndexOffers, role: str, told: bool
) -> None:
    page = await index_offers([doctor("a", 1, [slot()], **FULL)]).page(role=role)
    assert ("additional_info" in page["results"][0]) is told


async def test_unknown_is_absent_and_no_is_told(index_offers: IndexOffers) -> None:
    page = await index_offers([doctor("a", 1, [slot()])]).page()
    (card,) = page["results"]
    assert {"phones", "open", "additional_info", "structure_kind"}.isdisjoint(card)
    assert card["participation"] == {"sas": False}
    assert card["accepts_beyond"] is False
    assert None not in _leaves(card)


@pytest.mark.proves("F103")
async def test_a_distance_is_told_from_a_patients_point_only(index_offers: IndexOffers) -> None:
    searcher = index_offers([doctor("a", 0, [slot()])])
    assert (await searcher.page(where=area()))["results"][0]["distance_km"] == 0.0
    assert "distance_km" not in (await searcher.page(where=commune()))["results"][0]


@pytest.mark.proves("F075", "W15")
async def test_days_are_those_of_the_place(index_offers: IndexOffers) -> None:
    """21:30 UTC is 01:30 tomorrow in La Réunion, where the month ends one day earlier too."""
    now = NOW.replace(month=4, day=29, hour=21, minute=0)
    night = slot(0, start="2026-04-29T21:30:00Z", end="2026-04-29T21:45:00Z")
    later = slot(1, id="later", start="2026-05-01T20:30:00Z", end="2026-05-01T20:45:00Z")
    offer = doctor("a", 1, [night, later], timezone="Indian/Reunion")
    page = await index_offers([offer]).page(now=now, where=commune(zone="Indian/Reunion"))
    days = page["results"][0]["availability"]["days"]
    assert [(day["date"], len(day["slots"])) for day in days] == [
        ("2026-04-30", 1),
        ("2026-05-01", 0),
        ("2026-05-02", 1),
    ]
    assert days[0]["slots"][0]["start_local"] == "2026-04-30T01:30:00+04:00"
    assert page["window"]["zone"] == "Indian/Reunion"


@pytest.mark.proves("F076", "W16")
async def test_the_same_hour_before_and_after_the_change_of_clock(
    index_offers: IndexOffers,
) -> None:
    now = NOW.replace(month=3, day=28, hour=6)
    before = slot(0, id="sat", start="2026-03-28T08:00:00Z", end="2026-03-28T08:15:00Z")
    changed = slot(0, id="sun", start="2026-03-29T07:00:00Z", end="2026-03-29T07:15:00Z")
    page = await index_offers([doctor("a", 1, [before, changed])]).page(now=now)
    days = page["results"][0]["availability"]["days"]
    local = [one["start_local"] for day in days for one in day["slots"]]
    assert local == ["2026-03-28T09:00:00+01:00", "2026-03-29T09:00:00+02:00"]


@pytest.mark.proves("F097", "W14")
async def test_an_sos_point_tells_its_commune_never_its_door(index_offers: IndexOffers) -> None:
    point = structure("sos", "other", "0", 1, slots=[slot()], association="SOS Médecins Caen")
    del point["structure_kind"]
    page = await index_offers([{**point, "kind": "sos_point"}]).page("SOS Médecins")
    (card,) = page["results"]
    assert card["association"] == "SOS Médecins Caen"
    assert set(card["place"]) == {"postal_code", "city", "insee", "department", "timezone"}


async def test_links_that_are_not_web_links_are_not_served(index_offers: IndexOffers) -> None:
    bad = slot(1, url="javascript:alert(1)")
    page = await index_offers([doctor("a", 1, [bad])]).page(origin="lrm-1")
    result = page["results"][0]["availability"]["days"][0]["slots"][0]
    assert {"url", "url_with_origin"}.isdisjoint(result)


async def test_one_card_by_its_id(index_offers: IndexOffers) -> None:
    kept = [slot(1, url="https://rdv.example/a"), slot(2, types=["SNP"]), slot(-1)]
    offer = doctor("a", 1, kept, **FULL)
    searcher = index_offers([offer])
    asker = CardViewer(Role.OTHER, "lrm-1")
    card = await offer_card(searcher.client, searcher.alias, offer["id"], NOW, asker)
    assert card["id"] == offer["id"]
    slots = [one for day in card["availability"]["days"] for one in day["slots"]]
    assert [one["url_with_origin"] for one in slots] == ["https://rdv.example/a?origin=lrm-1"]
    assert {"distance_km", "rank", "additional_info"}.isdisjoint(card)
    with pytest.raises(OfferNotFound):
        await offer_card(searcher.client, searcher.alias, "rpps:none@none", NOW)


def _leaves(value: Any) -> list[Any]:
    if isinstance(value, dict):
        return [leaf for inner in value.values() for leaf in _leaves(inner)]
    if isinstance(value, list):
        return [leaf for inner in value for leaf in _leaves(inner)]
    return [value]
