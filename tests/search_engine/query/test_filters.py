"""Who answers: meanings, filters, absences, place. One index a test, a few offers each."""

import pytest

from search_engine.request.interpretation import Interpretation
from tests.search_engine.conftest import IndexOffers
from tests.search_engine.sample_offers import (
    after,
    department,
    doctor,
    offer_key,
    slot,
    structure,
)

GENERAL = "médecin généraliste"


@pytest.mark.proves("F024")
async def test_offers_without_a_point_are_never_shown(index_offers: IndexOffers) -> None:
    lost = doctor("lost", slots=[slot()])
    del lost["point"]
    searcher = index_offers([lost, doctor("found", slots=[slot()])])
    assert await searcher.keys(mode="all") == ["found"]
    assert await searcher.keys(where=department(), mode="all") == ["found"]


@pytest.mark.proves("F016", "F017")
async def test_a_patient_at_longitude_zero_finds_his_neighbours(index_offers: IndexOffers) -> None:
    searcher = index_offers([doctor("near", 19.9, [slot()]), doctor("far", 20.1, [slot()])])
    page = await searcher.page()
    assert page["area"]["lon"] == 0.0
    assert [result["distance_km"] for result in page["results"]] == pytest.approx([19.9], abs=0.01)


@pytest.mark.proves("F010", "W36")
async def test_a_department_search_keeps_to_its_borders(index_offers: IndexOffers) -> None:
    offers = [
        doctor("inside-far", 90, [slot()]),
        doctor("neighbour", 1, [slot()], department="76"),
    ]
    assert await index_offers(offers).keys(where=department("14")) == ["inside-far"]


@pytest.mark.proves("F027", "F028", "W23")
async def test_participants_of_the_profession_stay_and_extra_skills_hide_nobody(
    index_offers: IndexOffers,
) -> None:
    offers = [
        doctor("plain", 1, [slot()]),
        doctor("reformed", 2, [slot()], specialties=["SM26"]),
        doctor("skilled", 3, [slot()], specialties=["SM54", "CAPA04"]),
        doctor("other", 4, [slot()], specialties=["SM04"]),
        doctor("participant", 5, [slot()], specialties=["SM04"], participant=True),
        doctor("nurse", 6, [slot()], profession="60", specialties=[], participant=True),
    ]
    searcher = index_offers(offers)
    assert await searcher.keys(GENERAL) == ["participant", "plain", "reformed", "skilled"]
    assert await searcher.keys("cardiologue") == ["participant", "other"]
    page = await searcher.page(GENERAL, profile="regulation")
    beside = [one for one in page["results"] if "hors de sa spécialité" in one["rank"]["label"]]
    assert [offer_key(card) for card in beside] == ["participant"]


@pytest.mark.proves("F027")
@pytest.mark.parametrize(
    ("line", "bypassed"),
    [
        ("généraliste", True),
        ("médecin urgentiste", True),
        ("urgences", False),
        ("pédiatre", False),
        ("pédiatre 4 ans", True),
        ("pédiatre 15 ans", True),
        ("pédiatre 16 ans", False),
        ("pédiatre bébé", True),
        ("gériatre", False),
        ("gériatre personne âgée", False),
        ("gériatre 74 ans", False),
        ("gériatre 75 ans", True),
        ("gériatre 4 ans", False),
        ("cardiologue 4 ans", False),
        ("cardiologue 80 ans", False),
    ],
)
async def test_participants_answer_unscheduled_needs_and_those_of_an_age_that_is_told(
    index_offers: IndexOffers, line: str, bypassed: bool
) -> None:
    own = ["SM54", "SM59", "SM40", "SM18", "SM04"]
    offers = [doctor(code, 1, [slot()], specialties=[code]) for code in own]
    participant = {"participant": True, "specialties": ["SM30"]}
    nurse = {"participant": True, "specialties": [], "profession": "60"}
    others = [doctor("taking-part", 2, [slot()], **participant), doctor("nurse", 2, **nurse)]
    keys = await index_offers([*offers, *others]).keys(line, mode="all", size=20)
    assert ("taking-part" in keys) == bypassed
    assert "nurse" not in keys
    assert len(keys) == 1 + bypassed


@pytest.mark.proves("F025")
async def test_a_known_word_returns_its_own_professions_only(index_offers: IndexOffers) -> None:
    offers = [
        doctor("doctor", 1, [slot()]),
        doctor("midwife", 2, [slot()], profession="50", specialties=[]),
    ]
    assert await index_offers(offers).keys("sage-femme") == ["midwife"]


@pytest.mark.proves("F031")
async def test_a_structure_word_shows_structures_without_slots_and_says_so(
    index_offers: IndexOffers,
) -> None:
    offers = [
        structure("officine", "pharmacy", "620", 2),
        structure("msp", "msp", "603", 1),
        doctor("doctor", 1, [slot()]),
    ]
    searcher = index_offers(offers)
    page = await searcher.page("pharmacie")
    assert [result["id"] for result in page["results"]] == ["finess:officine"]
    assert page["mode"] == "all"
    assert [warning["code"] for warning in page["warnings"]] == ["structure_mode"]


@pytest.mark.proves("F032")
async def test_maternity_keeps_only_offers_with_a_level(index_offers: IndexOffers) -> None:
    offers = [
        structure("maternity", "hospital", "355", 3, maternity_level="2A"),
        structure("big", "hospital", "355", 2, maternity_level="3"),
        structure("hospital", "hospital", "355", 1),
    ]
    searcher = index_offers(offers)
    assert await searcher.keys("maternité") == ["big", "maternity"]
    assert await searcher.keys("maternité", maternity_level=["2A"]) == ["maternity"]


@pytest.mark.proves("F032")
async def test_the_word_emergency_keeps_hospitals_that_have_one(index_offers: IndexOffers) -> None:
    offers = [
        structure("with", "hospital", "355", 1, emergency=True),
        structure("without", "hospital", "355", 2),
        structure("walk-in", "unscheduled_care", "617", 3),
    ]
    words = Interpretation(
        "Urgence", categories=("355", "617"), structure_word=True, needs_emergency=True
    )
    assert sorted(await index_offers(offers).keys(meaning=words)) == ["walk-in", "with"]


@pytest.mark.proves("F083", "F084", "W10")
async def test_or_inside_a_filter_and_between_filters(index_offers: IndexOffers) -> None:
    offers = [
        doctor("a", 1, [slot()], sector="1", participant=True, via=["own"]),
        doctor("b", 2, [slot()], sector="2", participant=True, via=["cpts"]),
        doctor("c", 3, [slot()], sector="3", participant=True, via=["own"]),
        doctor("d", 4, [slot()], sector="1"),
    ]
    searcher = index_offers(offers)
    assert await searcher.keys(sector=["1", "2"]) == ["a", "b", "d"]
    assert await searcher.keys(sector=["1", "2"], participation=["own"]) == ["a"]
    assert await searcher.keys(sector=["4"]) == []
    assert await searcher.keys(sector=["4"], participation=["own"]) == []


@pytest.mark.proves("F079")
async def test_filters_by_kind_profession_speciality_and_territory(
    index_offers: IndexOffers,
) -> None:
    offers = [
        doctor("doctor", 1, [slot()], territory="SAS-14"),
        doctor("cardio", 2, [slot()], specialties=["SM04", "SM54"], territory="SAS-76"),
        structure("centre", "health_centre", "124", 3, slots=[slot()]),
        structure("msp", "msp", "603", 4, slots=[slot()]),
    ]
    searcher = index_offers(offers)
    meaning = Interpretation("tous", professions=("10",), categories=("124", "603"))
    every = {"meaning": meaning, "size": 20}
    assert await searcher.keys(**every) == ["doctor", "cardio", "centre", "msp"]
    assert await searcher.keys(**every, kind=["structure"]) == ["centre", "msp"]
    assert await searcher.keys(**every, kind=["msp", "professional"]) == ["doctor", "cardio", "msp"]
    assert await searcher.keys(**every, profession=["60"]) == []
    assert await searcher.keys(**every, specialty=["SM80"]) == ["cardio"]
    assert await searcher.keys(**every, territory=["SAS-76"]) == ["cardio"]


@pytest.mark.proves("F039", "F041")
async def test_by_default_an_offer_needs_a_slot_that_shows_whatever_its_source(
    index_offers: IndexOffers,
) -> None:
    refused = slot(types=[], hidden_reason="editor_disabled")
    offers = [
        doctor("agenda", 1, [slot(source="sas-agenda")]),
        doctor("editor", 2, [slot(source="editor-a")]),
        doctor("opted-out", 3, [refused]),
        doctor("opted-out-with-agenda", 4, [refused, slot(2, source="sas-agenda")]),
        doctor("nothing", 5),
    ]
    searcher = index_offers(offers)
    assert await searcher.keys() == ["agenda", "editor", "opted-out-with-agenda"]
    assert len(await searcher.keys(mode="all")) == 5


@pytest.mark.proves("F034", "F035", "F038")
async def test_absences_hide_an_offer_only_when_they_cover_the_window(
    index_offers: IndexOffers,
) -> None:
    covering = [{"gte": after(-30), "lt": after(80)}]
    one_day = [{"gte": after(-1), "lt": after(20)}]
    one_and_other = [*one_day, {"gte": after(200), "lt": after(300)}]
    offers = [
        doctor("present", 1, [slot()]),
        doctor("always", 2, [slot()], always_absent=True),
        doctor("covered", 3, [slot()], absences=covering),
        doctor("partly", 4, [slot(30)], absences=one_and_other),
    ]
    searcher = index_offers(offers)
    assert await searcher.keys() == ["present", "partly"]
    assert await searcher.keys(absent=True) == ["present", "always", "covered", "partly"]
    assert await searcher.keys(window_hours=10, mode="all") == ["present"]


@pytest.mark.proves("F042", "F046")
async def test_modes_beyond_and_reorientation_need_the_agreement_not_the_slot(
    index_offers: IndexOffers,
) -> None:
    offers = [
        doctor("slot-only", 1, [slot()]),
        doctor("accepts", 2, accepts_beyond=True),
        doctor("accepts-slot", 9, [slot()], accepts_beyond=True),
        doctor("reoriented", 4, reorientation=True),
    ]
    searcher = index_offers(offers)
    page = await searcher.page(mode="beyond")
    assert [result["accepts_beyond"] for result in page["results"]] == [True, True]
    assert await searcher.keys(mode="beyond") == ["accepts-slot", "accepts"]
    assert await searcher.keys(mode="reorientation") == ["reoriented"]


@pytest.mark.proves("F030", "W22")
async def test_text_is_never_query_syntax(index_offers: IndexOffers) -> None:
    searcher = index_offers([doctor("a", slots=[slot()])])
    for text in ("OR *:*", "a & b", '"dupont', "names:(*)", "*", "dup?nt~2", "\\", "}} {", "<%>"):
        page = await searcher.page(meaning=Interpretation(text, text=text))
        assert page["total"] == {"value": 0, "relation": "eq"}, text


@pytest.mark.proves("F029")
async def test_a_name_finds_exact_then_heard_then_near_then_begun(
    index_offers: IndexOffers,
) -> None:
    offers = [
        doctor("exact", 9, [slot()], names=["MARTIN Jeanne"]),
        doctor("prefix", 1, [slot()], names=["MARTINEZ Luis"], participant=True),
        doctor("heard", 1, [slot()], names=["MARTYN Paul"]),
        doctor("near", 1, [slot()], names=["MARTON Zoé"]),
        doctor("other", 1, [slot()]),
    ]
    searcher = index_offers(offers)
    assert await searcher.keys("martin") == ["exact", "heard", "near", "prefix"]
    assert await searcher.keys("Dr Martin Jeanne") == ["exact"]
    assert await searcher.keys("mratin") == ["exact"]
    assert await searcher.keys("marttn jeanne") == ["exact"]
    page = await searcher.page("martin")
    assert [result["rank"]["tier"] for result in page["results"]] == [2, 26, 34, 49]
    assert page["results"][0]["rank"]["label"] == "Nom exact, avec créneau, non participant"


async def test_a_name_is_found_whatever_accents_hyphens_and_titles(
    index_offers: IndexOffers,
) -> None:
    offers = [doctor("a", 1, [slot()], names=["LEFÈVRE-D'ARC Anne-Marie"])]
    searcher = index_offers(offers)
    for text in ("lefevre d'arc", "Dr LEFÈVRE", "anne marie lefevre", "Lefèvre-d’Arc"):
        assert await searcher.keys(text) == ["a"], text


async def test_cpts_cards_and_solutions_are_not_ordinary_results(index_offers: IndexOffers) -> None:
    offers = [
        doctor("a", 1, [slot()]),
        doctor("b", 2, [slot()], kind="cpts"),
        doctor("c", 3, [slot()], kind="solution"),
    ]
    assert await index_offers(offers).keys() == ["a"]


async def test_a_meaning_without_anything_finds_nothing(index_offers: IndexOffers) -> None:
    searcher = index_offers([doctor("a", 1, [slot()])])
    assert await searcher.keys(meaning=Interpretation("rien")) == []
