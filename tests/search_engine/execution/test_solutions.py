"""Marketplace solutions: when they are wanted, whom they serve, their order, their cards."""

from pathlib import Path
from typing import Any

import pytest

from api.schemas.solutions import SolutionCard, Solutions
from geography.gazetteer import load_gazetteer
from search_engine.query.solutions import solutions_body, wants_solutions
from search_engine.request.area import department_area, find_department, insee_area
from search_engine.request.criteria import Role
from search_engine.request.interpretation import Interpretation
from search_engine.response.solutions import MAX_SOLUTIONS
from tests.indexers.file_set import FileSet
from tests.search_engine.conftest import IndexOffers
from tests.search_engine.random_score import random_score
from tests.search_engine.sample_offers import KM, LAT, LON, commune, doctor, slot
from tests.search_engine.sample_solutions import (
    Marketplace,
    around,
    index_solutions,
    plan,
    solution,
)

GAZETTEER = load_gazetteer()


@pytest.mark.proves("F121", "W47")
@pytest.mark.parametrize(
    ("what", "mode", "found", "wanted"),
    [
        ("médecin généraliste", "beyond", 100, True),
        ("médecin généraliste", "available", 4, True),
        ("médecin généraliste", "available", 5, False),
        ("dentiste", "available", 0, True),
        ("médecin généraliste", "all", 0, False),
        ("médecin généraliste", "reorientation", 0, False),
        ("pharmacie", "available", 0, False),
        ("pharmacie", "beyond", 0, False),
        ("SOS Médecins", "beyond", 0, False),
        ("Dupont", "available", 0, False),
        ("Dupont", "beyond", 0, False),
        ("places de marché", "available", 100, True),
        ("place de marché", "reorientation", 0, True),
    ],
)
def test_when_solutions_are_wanted(what: str, mode: str, found: int, wanted: bool) -> None:
    assert wants_solutions(plan(what, mode=mode), found) is wanted


@pytest.fixture
def market(index_offers: IndexOffers) -> Marketplace:
    """Solutions of every trade over the whole department, and a doctor who is none."""
    trades: dict[str, dict[str, Any]] = {
        "everybody": {},
        "doctors": {"solution_professions": ["10"]},
        "nurses": {"solution_professions": ["60"]},
        "visits": {"solution_professions": ["10", "60"], "specialties": ["SM26"]},
        "gp-only": {"specialties": ["SM54"]},
        "heart": {"solution_professions": ["10"], "specialties": ["SM80"]},
        "dentists": {"solution_professions": ["40"]},
    }
    offers = [solution(key, "14", **trade) for key, trade in trades.items()]
    return index_solutions(
        index_offers, *offers, doctor("a", 1, [slot()], covers_departments=["14"])
    )


@pytest.mark.proves("F121")
@pytest.mark.parametrize(
    ("what", "serving"),
    [
        ("médecin généraliste", "everybody doctors visits gp-only"),
        ("cardiologue", "everybody doctors heart"),
        ("pédiatre", "everybody doctors"),
        ("médecin", "everybody doctors visits gp-only"),
        ("infirmier", "everybody nurses visits"),
        ("dentiste", "everybody dentists"),
        ("sage-femme", "everybody"),
        ("place de marché", "everybody doctors nurses visits gp-only heart dentists"),
    ],
)
async def test_who_serves_a_need(market: Marketplace, what: str, serving: str) -> None:
    assert sorted(await market.keys(what)) == sorted(serving.split())


async def test_an_ambiguous_word_asks_for_any_of_its_meanings(market: Marketplace) -> None:
    both = Interpretation("", professions=("40",), specialties=("SM04",))
    found = await market.keys(meaning=both)
    assert sorted(found) == ["dentists", "doctors", "everybody", "heart"]


async def test_the_filters_of_trades_hold_for_solutions_too(market: Marketplace) -> None:
    nurses = await market.keys("place de marché", profession=["60"])
    assert sorted(nurses) == ["everybody", "nurses", "visits"]
    doctors = Interpretation("Médecin", professions=("10",))
    hearts = await market.keys(meaning=doctors, specialty=["SM04"])
    assert hearts[0] == "heart"
    assert sorted(hearts) == ["doctors", "everybody", "heart"]


@pytest.mark.proves("F121")
async def test_a_consultation_asked_for_is_not_refused_by_silence(
    index_offers: IndexOffers,
) -> None:
    offers = [
        solution("silent", "14"),
        solution("remote", "14", consultation=["VR"]),
        solution("home", "14", consultation=["AMB", "HH"]),
    ]
    market = index_solutions(index_offers, *offers)
    assert sorted(await market.keys(consultation=["HH"])) == ["home", "silent"]
    assert sorted(await market.keys(consultation=["HH", "VR"])) == ["home", "remote", "silent"]
    assert len(await market.keys()) == 3


def covering(kind: str, key: str, **fields: Any) -> dict[str, Any]:
    """A solution that covers the place in that way."""
    if kind == "circle":
        return around(key, LAT + KM, LON, 30, **fields)
    if kind == "commune":
        return solution(key, covers_insee=["14754"], **fields)
    return solution(key, "14", **fields)


@pytest.mark.proves("F121")
async def test_the_speciality_then_the_most_local_coverage(index_offers: IndexOffers) -> None:
    kinds = ("department", "circle", "commune")
    named = [covering(kind, f"{kind}-named", specialties=["SM54"]) for kind in kinds]
    others = [covering(kind, kind) for kind in kinds]
    market = index_solutions(index_offers, *others, *named)
    here = insee_area(GAZETTEER, "14754", None)
    local = ["commune", "circle", "department"]
    for seed in range(5):
        found = await market.keys(where=here, seed=seed)
        assert found == [*(f"{kind}-named" for kind in local), *local]
    whole = department_area(find_department("14"), None)
    wide = ["department", "circle", "commune"]
    found = await market.keys(where=whole)
    assert found == [*(f"{kind}-named" for kind in wide), *wide]


async def test_the_size_and_the_middle_of_a_circle_buy_no_rank(index_offers: IndexOffers) -> None:
    circles = [around(f"c{km}", LAT + km * KM / 2, LON, km) for km in (1, 15, 400)]
    market = index_solutions(index_offers, *circles)
    firsts = {(await market.keys(seed=seed))[0] for seed in range(40)}
    assert firsts == {"c1", "c15", "c400"}


@pytest.mark.proves("F121")
async def test_equals_are_drawn_by_the_seed(index_offers: IndexOffers) -> None:
    market = index_solutions(index_offers, *(solution(f"s{n}", "14") for n in range(3)))
    orders = {seed: await market.keys(seed=seed) for seed in range(40)}
    assert await market.keys(seed=7) == orders[7]
    assert {order[0] for order in orders.values()} == {"s0", "s1", "s2"}


async def test_the_draw_is_that_of_every_other_list(index_offers: IndexOffers) -> None:
    offers = [solution(f"s{n}", "14") for n in range(15)]
    market = index_solutions(index_offers, *offers)
    answer = await market.index.fetch_answer(solutions_body(plan(seed=3)))
    index = answer["hits"]["hits"][0]["_index"]
    offers.sort(key=lambda offer: -random_score(3, offer["fair_key"], index))
    assert await market.keys(seed=3) == [offer["id"].rpartition(":")[2] for offer in offers]


async def test_more_than_are_shown_are_counted(index_offers: IndexOffers) -> None:
    offers = [solution(f"s{n}", "14") for n in range(MAX_SOLUTIONS + 3)]
    offers += [around(f"far{n}", LAT + 11 * KM, LON, 10.5) for n in range(5)]
    block = await index_solutions(index_offers, *offers).block(plan())
    assert block["total"] == {"value": MAX_SOLUTIONS + 3, "relation": "eq"}
    assert len(block["results"]) == MAX_SOLUTIONS
    Solutions.model_validate(block)


async def test_beyond_what_is_read_the_count_says_so(
    index_offers: IndexOffers, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in ("query", "response"):
        monkeypatch.setattr(f"search_engine.{module}.solutions.MAX_CANDIDATES", 3)
    named = solution("named", "14", specialties=["SM54"])
    offers = [*(solution(f"s{n}", "14") for n in range(6)), named]
    block = await index_solutions(index_offers, *offers).block(plan())
    assert block["total"] == {"value": 3, "relation": "gte"}
    assert block["results"][0]["title"] == "Solution named"


async def test_no_solution_is_an_empty_block(index_offers: IndexOffers) -> None:
    block = await index_solutions(index_offers, solution("a", "61")).block(plan())
    assert block == {"total": {"value": 0, "relation": "eq"}, "results": []}


@pytest.mark.proves("F121")
async def test_a_card_tells_all_that_is_known_and_no_more(index_offers: IndexOffers) -> None:
    full = solution(
        "full",
        "14",
        link="https://acme.example/a?origin=other&b=1#c",
        phones=["+33145000000"],
        solution_professions=["10", "ZZ"],
        specialties=["SM54"],
        consultation=["VR"],
        additional_info="Sur appel du régulateur.",
    )
    market = index_solutions(index_offers, full, solution("bare", "14"))
    cards = await market.cards(origin="samu14")
    assert cards[0] == {
        "id": "solution:acme:full",
        "kind": "solution",
        "title": "Solution full",
        "editor": "acme",
        "link": "https://acme.example/a?b=1&origin=samu14#c",
        "phones": ["+33145000000"],
        "professions": [{"code": "10", "label": "Médecin"}, {"code": "ZZ"}],
        "specialties": cards[0]["specialties"],
        "consultation": ["VR"],
        "coverage": {"kind": "department"},
        "additional_info": "Sur appel du régulateur.",
        "sources": {"identity": {"source": "solutions", "date": "2026-06-01"}},
    }
    assert [one["code"] for one in cards[0]["specialties"]] == ["SM54"]
    bare = {"id", "kind", "title", "editor", "link", "coverage", "sources"}
    assert set(cards[1]) == bare
    for card in cards:
        SolutionCard.model_validate(card)


@pytest.mark.parametrize("link", ["javascript:alert(1)", "data:text/html,x", "//acme.example", ""])
async def test_a_link_that_is_no_web_page_is_dropped(index_offers: IndexOffers, link: str) -> None:
    market = index_solutions(
        index_offers, solution("odd", "14", link=link, phones=["+33145000000"])
    )
    (card,) = await market.cards()
    assert "link" not in card
    assert card["phones"] == ["+33145000000"]


@pytest.mark.proves("F104")
@pytest.mark.parametrize(("role", "told"), [(Role.OSNP, 1), (Role.IOA, 1), (Role.OTHER, 0)])
async def test_the_additional_information_is_for_regulators(
    index_offers: IndexOffers, role: Role, told: int
) -> None:
    market = index_solutions(index_offers, solution("a", "14", additional_info="Interne"))
    asked = plan()
    asked = asked._replace(request=asked.request.with_criteria({"role": role}))
    (card,) = (await market.block(asked))["results"]
    assert ("additional_info" in card) is bool(told)


@pytest.mark.proves("F121")
async def test_from_the_file_of_an_editor_to_the_card(
    index_offers: IndexOffers, tmp_path: Path
) -> None:
    files, common = FileSet(tmp_path), {"editor": "acme", "link": "https://acme.example"}
    files.line(
        "solutions",
        **common,
        key="visits",
        name="Visites",
        professions=["10"],
        circle={"lat": LAT, "lon": LON, "km": 12},
        consultation=["HH"],
        description="<b>Le soir</b>",
    )
    files.line("solutions", **common, key="off", name="N", departments=["14"], enabled=False)
    files.line("solutions", **common, key="merged", name="Commune", communes=["14074"])
    market = index_solutions(index_offers, *files.offers().values())
    (card,) = await market.cards(where=commune(insee="14754"), consultation=["HH"])
    assert card["title"] == "Visites"
    assert card["coverage"] == {"kind": "circle", "km": 12}
    assert card["consultation"] == ["HH"]
    assert card["additional_info"] == "Le soir"
    (card,) = await market.cards(where=insee_area(GAZETTEER, "14005", None))
    assert (card["title"], card["coverage"]) == ("Commune", {"kind": "commune"})
