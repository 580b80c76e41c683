"""Suggestions from the first letters: specialities, people, structures."""

from typing import Any

import pytest
from elasticsearch import AsyncElasticsearch
from pydantic import ValidationError

from mappings.analysis import fold
from search_engine.lookup.suggest import (
    Suggestions,
    SuggestRequest,
    read_beginning,
    specialties,
    suggest,
    terms,
    usual_searches,
    warm,
)
from search_engine.request.interpretation import interpret_word
from search_engine.request.problems import CommuneNotFound
from tests.search_engine.conftest import IndexOffers
from tests.search_engine.sample_offers import LAT, LON, doctor, structure


def labels(found: list[dict[str, Any]]) -> list[str]:
    return [entry["label"] for entry in found]


def person(key: str, name: str, km: float = 1, **fields: Any) -> dict[str, Any]:
    given, family = name.split(" ", 1)
    result = {"title": f"Dr {name}", "names": [name], "given": given, "family": family}
    return doctor(key, km, **{**result, **fields})


OFFERS = [
    person("a", "Zoé Lefèvre", 1, rpps="10000000001"),
    person("b", "Zoé Lefèvre", 9, rpps="10000000001", city="Ailleurs"),
    person("c", "Zoé Lefèvre", 40, rpps="10000000002", city="Caen"),
    person("d", "Anne Lefèvre-Dumont", 2, rpps="10000000003"),
    person("e", "Ali Lefevreau", 0.1, rpps="10000000004"),
    structure("Pharmacie Lefèvre", "pharmacy", "620"),
]


@pytest.fixture
def run_suggest(index_offers: IndexOffers, client: AsyncElasticsearch, scratch_alias: str) -> Any:
    """``await ask(text, **place)`` over the offers above."""
    index_offers(OFFERS)

    async def suggest_text(text: str, **fields: Any) -> Suggestions:
        return await suggest(client, scratch_alias, SuggestRequest(text=text, **fields))

    return suggest_text


@pytest.mark.proves("F004")
async def test_empty_text_gives_the_usual_searches(run_suggest: Any) -> None:
    found = await run_suggest("  ", size=3)
    assert labels(found["specialties"]) == [u["label"] for u in usual_searches()[:3]]
    assert found["professionals"] == found["structures"] == []


async def test_under_three_letters_only_an_abbreviation_is_answered(run_suggest: Any) -> None:
    assert await run_suggest("le") == {"specialties": [], "professionals": [], "structures": []}
    assert labels((await run_suggest("mg"))["specialties"]) == ["Médecine générale"]


@pytest.mark.proves("F004", "F029")
async def test_a_person_comes_once_and_homonyms_apart(run_suggest: Any) -> None:
    found = (await run_suggest("lefev zo", lat=LAT, lon=LON))["professionals"]
    assert [(p["rpps"], p["city"]) for p in found] == [
        ("10000000001", "Villers-sur-Mer"),
        ("10000000002", "Caen"),
    ]
    assert found[0] == {
        "label": "Dr Zoé Lefèvre",
        "what": "10000000001",
        "rpps": "10000000001",
        "profession": "Médecin",
        "city": "Villers-sur-Mer",
        "department": "14",
    }


async def test_a_name_is_suggested_as_heard_and_by_its_number(run_suggest: Any) -> None:
    typed = {
        "lefebvre anne": ["10000000003"],
        "anne lefevredumon": ["10000000003"],
        "10000000004": ["10000000004"],
        "8 10000000004": ["10000000004"],
        "lefebvre zoé": ["10000000001", "10000000002"],
    }
    found = {text: (await run_suggest(text))["professionals"] for text in typed}
    assert {text: sorted(p["rpps"] for p in people) for text, people in found.items()} == typed
    alone, several = found["lefebvre anne"], found["lefebvre zoé"]
    assert [p["what"] for p in alone] == ["Anne Lefèvre-Dumont"]
    assert all(p["what"] == p["rpps"] for p in several)


async def test_whole_names_come_before_begun_ones_then_the_nearest(run_suggest: Any) -> None:
    found = (await run_suggest("LEFÈVRE", lat=LAT, lon=LON))["professionals"]
    assert [p["rpps"][-1] for p in found] == ["1", "3", "2", "4"]
    far = (await run_suggest("lefevre zoe", lat=LAT + 0.37, lon=LON))["professionals"]
    assert [p["rpps"][-1] for p in far] == ["2", "1"]


@pytest.mark.proves("F031")
async def test_structures_stand_apart(run_suggest: Any) -> None:
    found = await run_suggest("lefèvre")
    assert [(s["what"], s["kind"]) for s in found["structures"]] == [
        ("Pharmacie Lefèvre", "pharmacy")
    ]
    assert labels((await run_suggest("pharmacie vill"))["structures"]) == ["Pharmacie Lefèvre"]


@pytest.mark.parametrize("text", ['*:* OR "', "l*v", "{!x}", "((()))", "<script>"])
async def test_text_is_never_syntax(run_suggest: Any, text: str) -> None:
    assert (await run_suggest(text))["professionals"] == []


async def test_an_unknown_place_is_refused(run_suggest: Any) -> None:
    with pytest.raises(CommuneNotFound):
        await run_suggest("lefevre", insee="99999")
    with pytest.raises(ValidationError):
        await run_suggest("lefevre", lat=0)


@pytest.mark.parametrize(
    ("text", "first"),
    [("pedia", "Pédiatrie"), ("PÉDIA", "Pédiatrie"), ("orthoph", "Orthophoniste")],
)
def test_accents_and_case_do_not_matter(text: str, first: str) -> None:
    assert first in labels(specialties(fold(text)))


def test_any_word_may_be_begun() -> None:
    assert "Médecine générale" in labels(specialties("generali"))


def test_an_ambiguous_word_gives_its_meanings_first() -> None:
    assert labels(specialties("ortho"))[:4] == [
        "Chirurgien orthopédiste",
        "Orthodontiste",
        "Orthophoniste",
        "Orthoptiste",
    ]


MEANT = {"cardioloque": ["Cardiologie"], "otite enfant": ["Médecine générale", "ORL", "Pédiatrie"]}


@pytest.mark.proves("F004")
def test_every_suggestion_is_understood_by_the_search() -> None:
    entries = [*specialties("c"), *specialties("p"), *usual_searches()]
    assert len(entries) > 50
    assert [e["what"] for e in entries if not interpret_word(e["what"])] == []


def test_once_warm_no_letter_waits_for_a_table() -> None:
    for table in (terms, usual_searches):
        table.cache_clear()
    warm()
    assert [table.cache_info().currsize for table in (terms, usual_searches)] == [1, 1]


@pytest.mark.parametrize("typed", ["med", "psy", "ortho", "chirurgien", "prise de sang"])
def test_a_meaning_is_proposed_once_and_an_ambiguous_word_never(typed: str) -> None:
    found = specialties(typed)
    meanings = [fold(entry["label"]) for entry in found]
    assert len(set(meanings)) == len(meanings)
    assert not {"psy", "ortho", "chirurgien", "prise de sang"} & {fold(e["what"]) for e in found}


def test_a_misspelt_word_or_a_complaint_proposes_who_is_meant() -> None:
    meant = {text: labels(specialties(fold(text), read_beginning(text).needs)) for text in MEANT}
    assert {text: [label in meant[text] for label in wanted] for text, wanted in MEANT.items()} == {
        text: [True] * len(wanted) for text, wanted in MEANT.items()
    }


def test_a_name_is_begun_after_its_civility_and_a_number_is_one_person() -> None:
    assert read_beginning("Dr mart").names == ("Dr mart", "mart")
    [number] = read_beginning("8 1000 3456 789").numbers
    assert number.value == "10003456789"
