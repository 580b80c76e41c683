"""What a page says to a regulator, piece by piece."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from cli.views.french import moment, phone_words
from cli.views.page import count_words
from cli.views.page_cards import (
    absence_words,
    availability_words,
    cpts_words,
    far_words,
    member_lines,
    opening_words,
    participation_words,
    place_line,
    seats_words,
    slot_words,
    trade_words,
)
from cli.views.page_foot import (
    alternative_lines,
    facet_words,
    is_narrowing,
    nearer_words,
    next_steps,
    remote_words,
)

PARIS = "Europe/Paris"
TRAVEL = {"name": "travel", "label": "trajet", "minutes": 18.1, "km": 12.914}
DAYS = [{"date": day, "slots": []} for day in ("2026-11-26", "2026-11-27", "2026-11-28")]

START = {"date": "2026-11-27", "slots": [{"start_local": "2026-11-27T08:40:00+01:00"}]}


def cpts(**more: Any) -> dict[str, Any]:
    return {
        "id": "cpts:489001081",
        "kind": "cpts",
        "title": "CPTS MENDE",
        "accepts_beyond": False,
        "participation": {"sas": True, "cpts": {"finess": "489001081", "name": "CPTS MENDE"}},
        "place": {"city": "Mende"},
        "availability": {"days": DAYS},
        **more,
    }


def empty(**more: Any) -> dict[str, Any]:
    area = {"radius_km": 5.0, "reference_km": 50.0, "explicit_radius": False}
    page = {"query": {"asked": {}}, "results": [], "total": {"value": 0}, "area": area}
    page |= {"mode": "all", "people": {"value": 0}}
    return page | more


@pytest.mark.proves("F091", "F093")
def test_the_card_of_a_cpts_says_when_a_member_can_see_the_patient_and_how_to_list_them() -> None:
    start = {"start_local": "2026-11-27T08:40:00+01:00", "types": ["SNP"], "consultation": ["AMB"]}
    days = [DAYS[0], {"date": "2026-11-27", "slots": [start]}, DAYS[2]]
    members = [
        {
            "kind": "professional",
            "title": "Dr Pierre MARIE",
            "distance_km": 0.4,
            "phones": ["+33466000001"],
            "place": {},
            "availability": {"days": days},
        },
        {
            "kind": "professional",
            "title": "Dr Anne ROUX",
            "place": {},
            "availability": {"days": DAYS},
        },
    ]
    card = cpts(group={"finess": "489001081", "members": 12, "first": members})
    assert member_lines(card, PARIS) == [
        "Dr Pierre MARIE · 400 m · 04 66 00 00 01 · Demain à 08:40 (SNP)",
        "Dr Anne ROUX · Aucun créneau",
    ]
    assert cpts_words(card) == "12 membres, les voir : --cpts 489001081"
    assert participation_words(card) == "SAS"


def test_the_further_places_of_a_person_are_told_shortly() -> None:
    places = [
        {"place": {"city": "Brest"}, "distance_km": 3.2, "availability": {"days": DAYS}},
        {"place": {"city": "Landerneau"}, "availability": {"days": DAYS}},
        {"place": {"city": "Landerneau"}, "availability": {"days": DAYS}},
    ]
    card = {**cpts(), "phones": ["+33466000001"], "also_at": places}
    assert (
        place_line(card)
        == "04 66 00 00 01 · aussi à Brest (3,2 km), Landerneau (2 adresses) · Mende"
    )


def test_the_slot_of_a_further_place_is_told_where_the_card_has_none() -> None:
    free = {"availability": {"days": [{"date": "2026-11-26", "slots": []}, START]}}
    place = {"place": {"city": "Brest"}, "distance_km": 3.2, **free}
    assert "aussi à Brest (3,2 km, demain à 08:40)" in place_line(cpts(also_at=[place]))
    assert "aussi à Brest (3,2 km) ·" in place_line(cpts(also_at=[place], **free))


@pytest.mark.parametrize(
    ("total", "people", "words"),
    [
        (5, {"value": 5, "relation": "eq"}, "5 offres"),
        (1, {"value": 1, "relation": "eq"}, "1 offre"),
        (4, {"value": 3, "relation": "eq"}, "4 offres de 3 personnes"),
        (2, {"value": 1, "relation": "eq"}, "2 offres de 1 personne"),
        (4, {"value": 3, "relation": "gte"}, "4 offres d'au moins 3 personnes"),
    ],
)
def test_people_are_told_where_they_are_not_as_many_as_the_offers(
    total: int, people: dict[str, Any], words: str
) -> None:
    assert count_words(empty(total={"value": total}, people=people, results=[{}])) == words


FAR = {
    "8,2 km": {"kind": "professional", "distance_km": 8.2},
    "centre à 12,9 km": {"kind": "professional", "rank": {"parts": [TRAVEL]}},
    "": {"kind": "cpts", "rank": {"parts": [TRAVEL]}},
}


@pytest.mark.proves("F103")
@pytest.mark.parametrize("words", FAR)
def test_without_the_patient_s_point_the_way_from_the_centre_is_told(words: str) -> None:
    assert far_words(FAR[words]) == words


def test_inside_the_commune_no_distance_is_told() -> None:
    here = {"name": "travel", "label": "trajet", "minutes": 0, "km": 0.141}
    assert far_words({"kind": "professional", "rank": {"parts": [here]}}) == ""


def test_the_next_page_repeats_the_draw() -> None:
    page = empty(results=[{}], next={"page": 2}, seed=7)
    assert [str(line) for line in next_steps(page)] == ["\nSuite : --page 2 --seed 7"]


def test_a_page_of_few_who_can_see_the_patient_says_how_to_see_the_others() -> None:
    few = {"results": [{}], "next": None, "mode": "available", "people": {"value": 4}}
    [text] = next_steps(empty(**few))
    assert str(text) == "\nToutes les offres, avec ou sans créneau : --mode all"
    assert not list(next_steps(empty(**{**few, "people": {"value": 5}})))
    assert not list(next_steps(empty(**{**few, "mode": "beyond"})))


def test_a_cpts_found_by_its_word_says_how_to_list_its_members() -> None:
    assert cpts_words(cpts()) == "ses membres : la même recherche avec --cpts 489001081"


@pytest.mark.parametrize(
    ("slot", "told"),
    [
        ({}, ""),
        ({"seats_max": 1, "seats_taken": 0}, ""),
        ({"seats_max": 4, "seats_taken": 2}, "reste 2 places sur 4"),
        ({"seats_max": 6, "seats_taken": 5}, "reste 1 place sur 6"),
    ],
)
def test_seats_are_those_left(slot: dict[str, int], told: str) -> None:
    assert seats_words(slot) == told


def test_a_structure_is_called_by_its_category_and_by_what_it_has() -> None:
    home = {"kind": "structure", "structure_kind": "other", "category": {"label": "EHPAD"}}
    hospital = {"kind": "structure", "structure_kind": "hospital", "emergency": True}
    assert trade_words(home) == "EHPAD"
    assert trade_words({**home, "category": {"code": "0"}}) == "Autre structure"
    assert trade_words({**hospital, "maternity_level": "2B"}) == (
        "Établissement hospitalier · urgences · maternité de niveau 2B"
    )


def test_an_unknown_phone_is_told() -> None:
    assert place_line(cpts()) == "téléphone inconnu · Mende"


@pytest.mark.parametrize(
    ("phone", "words"),
    [
        ("+33466001122", "04 66 00 11 22"),
        ("+262692123456", "06 92 12 34 56"),
        ("+590590123456", "05 90 12 34 56"),
        ("+596696123456", "06 96 12 34 56"),
        ("+594594123456", "05 94 12 34 56"),
        ("+508412345", "05 08 41 23 45"),
        ("+3224567890", "+3224567890"),
        ("3237", "3237"),
    ],
)
def test_a_phone_is_written_as_it_is_dialled_in_france(phone: str, words: str) -> None:
    assert phone_words(phone) == words


def slot(start: str, **more: Any) -> dict[str, Any]:
    return {"start_local": start, "types": ["PUBLIC"], "consultation": ["AMB"], **more}


def test_a_slot_says_where_and_for_what() -> None:
    start = "2026-11-26T11:00:00+01:00"
    both = slot(start, consultation=["AMB", "VR"], reasons=["visite de contrôle"])
    assert slot_words(slot(start)) == " (PUBLIC)"
    assert slot_words(both) == " (PUBLIC, au cabinet ou en téléconsultation, visite de contrôle)"


def test_the_next_slot_is_told_in_words_and_those_after_it_by_their_hours() -> None:
    days = [
        {**DAYS[0], "slots": [slot(f"2026-11-26T{h}:00+01:00") for h in ("11:00", "11:30")]},
        {**DAYS[1], "slots": [slot(f"2026-11-27T0{h}:00:00+01:00") for h in range(6, 10)]},
        DAYS[2],
    ]
    card = cpts(availability={"days": days})
    assert availability_words(card, PARIS) == (
        "Aujourd'hui à 11:00 (PUBLIC) · 11:30 · demain à 06:00 · 07:00 · 2 autres"
    )
    assert availability_words(cpts(), PARIS) == "Aucun créneau"


def test_a_nearer_offer_can_be_called_at_once() -> None:
    slot = {
        "start_local": "2026-11-27T08:00:00+01:00",
        "types": ["PUBLIC"],
        "consultation": ["AMB"],
    }
    days = [DAYS[0], {**DAYS[1], "slots": [slot]}, DAYS[2]]
    card = {"title": "Dr A", "distance_km": 0.082, "phones": ["+33466001101"]}
    nearer = {"saved_km": 1.1, "card": {**card, "availability": {"days": days}}}
    assert nearer_words(nearer) == (
        "Plus proche avec créneau : Dr A · 82 m (1,1 km de moins) · demain à 08:00 (PUBLIC)"
        " · 04 66 00 11 01"
    )


def test_the_marketplace_alone_is_not_called_nothing() -> None:
    found = {"total": {"value": 4}, "results": [{}]}
    page = empty(query={"asked": {}, "offer_kinds": ["solution"]}, solutions=found)
    assert count_words(page) == "4 solutions"
    assert list(alternative_lines(page)) == []


def test_a_way_out_names_the_options_to_take_away() -> None:
    criteria = {"horizon": [], "open_now": False}
    way = {"change": "filters", "label": "Sans les filtres", "criteria": criteria, "total": 22}
    assert list(alternative_lines(empty(instead=[way]))) == [
        "Sans les filtres : 22 (sans --horizon, --open-now)"
    ]


def test_absent_people_are_offered_below_the_rest_of_the_line_too() -> None:
    way = {"change": "absent", "label": "Absents compris", "criteria": {"absent": True}, "total": 1}
    for cards in ([], [{"id": "rpps:1"}]):
        read = {"parts": [{"kind": "name", "use": "searched"}]}
        query = {"asked": {}, "read": read}
        [text] = next_steps(empty(instead=[way], results=cards, query=query, next=None))
        assert str(text) == "\nAbsents compris : 1 (--absent)"


def test_a_filter_of_one_value_is_shown_when_it_narrows() -> None:
    page = empty(total={"value": 12})
    assert is_narrowing({"values": [{"count": 1}]}, page)
    assert not is_narrowing({"values": [{"count": 12}]}, page)


def test_the_count_of_remote_consultations_is_told_to_be_that_of_the_circle() -> None:
    values = [
        {"value": "AMB", "label": "Au cabinet", "count": 9},
        {"value": "VR", "label": "Téléconsultation", "count": 4},
    ]
    facet = {"name": "consultation", "label": "Type de consultation", "values": values}
    words = "Type de consultation, --consultation : Au cabinet (AMB) 9, Téléconsultation (VR) 4"
    chosen, whole = {"radius_km": 5.0, "explicit_radius": True}, {"explicit_radius": False}
    assert facet_words(facet, {"radius_km": 5.0, "explicit_radius": False}) == (
        f"{words} dans ce rayon"
    )
    assert facet_words(facet, chosen) == facet_words(facet, whole) == words


def test_a_moment_is_said_from_today() -> None:
    today = date(2026, 11, 26)
    assert moment(datetime(2026, 11, 26, 18, 40, tzinfo=UTC), today) == "aujourd'hui à 18:40"
    assert moment(datetime(2026, 11, 30, 0, 5, tzinfo=UTC), today) == "30/11 à 00:05"


def test_an_absent_person_is_said_to_be_back() -> None:
    assert absence_words(cpts()) == ""
    back = {"absent_until": "2026-11-27T08:00:00+01:00"}
    assert absence_words(cpts(**back)) == "de retour demain à 08:00"
    back = {"absent_until": "2026-12-03T00:00:00+01:00"}
    assert absence_words(cpts(**back)) == "de retour le 03/12 à 00:00"


HOLIDAY = {"code": "holiday", "label": "jour férié (Noël)"}


@pytest.mark.parametrize(
    ("opening", "words"),
    [
        ({"now": True, "until": "2026-11-27T02:00:00+01:00"}, "ouvert jusqu'à 02:00"),
        ({"now": True}, "ouvert"),
        ({"now": False}, "fermé"),
        ({"now": False, "until": "2026-11-27T08:30:00+01:00"}, "fermé, ouvre demain à 08:30"),
        (
            {"now": False, "until": "2026-11-30T08:30:00+01:00", "reason": HOLIDAY},
            "fermé : jour férié (Noël), ouvre le 30/11 à 08:30",
        ),
        (
            {"now": False, "reason": {"code": "absence", "label": "absence annoncée"}},
            "fermé : absence annoncée",
        ),
    ],
)
def test_a_closed_place_says_why_and_when_it_opens(opening: dict[str, Any], words: str) -> None:
    assert opening_words(cpts(open=opening)) == words
    assert opening_words(cpts()) is None


def test_few_in_person_show_the_click_to_those_seen_remotely() -> None:
    remote = {"label": "1 médecin en téléconsultation", "criteria": {"consultation": ["VR"]}}
    assert remote_words(remote) == "1 médecin en téléconsultation : --consultation VR"
