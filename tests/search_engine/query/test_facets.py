"""Facets count cards over the whole result, each as if its own choice were not made."""

from typing import Any

import pytest

from search_engine.backend.index import Index
from search_engine.execution.cursor_key import build_cursor_key
from tests.search_engine.conftest import IndexOffers
from tests.search_engine.sample_offers import (
    area,
    commune,
    cpts,
    doctor,
    offer_key,
    slot,
    structure,
)

COAST = "140000001"
EVERY = {"size": 50}


def counts(page: dict[str, Any], name: str) -> dict[str, int]:
    """Count by value of one facet, in the order of the page."""
    return {value["value"]: value["count"] for value in values(page, name)}


def values(page: dict[str, Any], name: str) -> list[dict[str, Any]]:
    (facet,) = [facet for facet in page["facets"] if facet["name"] == name]
    return list(facet["values"])


def list_selected_values(page: dict[str, Any], name: str) -> list[str]:
    return [value["value"] for value in values(page, name) if value.get("selected")]


@pytest.mark.proves("F080", "F082", "F083", "W09")
async def test_a_choice_restricts_the_other_facets_and_not_its_own(
    index_offers: IndexOffers,
) -> None:
    offers = [
        *(doctor(f"a{n}", n, [slot()], sector="1") for n in range(1, 7)),
        *(doctor(f"b{n}", n, [slot()], sector="2", profession="40") for n in range(1, 3)),
        doctor("c", 1, [slot()], sector="3", territory="SAS-14"),
    ]
    searcher = index_offers(offers)
    page = await searcher.page(size=2)
    assert counts(page, "sector") == {"1": 6, "2": 2, "3": 1}
    assert counts(page, "profession") == {"10": 7, "40": 2}
    chosen = await searcher.page(size=2, sector=["2", "3"])
    assert chosen["total"]["value"] == 3
    assert counts(chosen, "sector") == {"1": 6, "2": 2, "3": 1}
    assert list_selected_values(chosen, "sector") == ["2", "3"]
    assert counts(chosen, "profession") == {"40": 2, "10": 1}
    both = await searcher.page(sector=["3"], profession=["40"])
    assert both["total"]["value"] == 0
    assert counts(both, "sector") == {"2": 2, "3": 0}
    assert counts(both, "profession") == {"10": 1, "40": 0}


@pytest.mark.proves("F079", "F082", "F084", "W10")
async def test_an_empty_choice_is_empty_whatever_the_others(index_offers: IndexOffers) -> None:
    page = await index_offers([doctor("a", 1, [slot()])]).page(sector=["4"], kind=["professional"])
    assert (page["results"], page["total"]["value"]) == ([], 0)
    assert counts(page, "kind") == {"professional": 0}
    assert counts(page, "sector") == {"1": 1, "4": 0}


@pytest.mark.proves("F082", "F094")
async def test_facets_of_slots_hold_on_one_same_slot(index_offers: IndexOffers) -> None:
    offers = [
        doctor("two", 1, [slot(1, consultation=["AMB"]), slot(6, consultation=["VR"])]),
        doctor("one", 2, [slot(6, consultation=["AMB", "HH"], types=["SNP"])]),
        doctor("none", 3),
    ]
    searcher = index_offers(offers)
    page = await searcher.page(mode="all")
    assert page["total"]["value"] == 3
    assert counts(page, "consultation") == {"AMB": 2, "HH": 1, "VR": 1}
    assert counts(page, "horizon") == {"0-4": 1, "4-8": 1}
    assert counts(page, "slot_type") == {"PUBLIC": 1, "SNP": 1}
    chosen = await searcher.page(mode="all", horizon=["4-8"])
    assert chosen["total"]["value"] == 1
    assert counts(chosen, "consultation") == {"AMB": 1, "HH": 1, "VR": 1}
    other = await searcher.page(role="OTHER", mode="all", slot_type=["SNP"])
    assert other["total"]["value"] == 0
    assert counts(other, "slot_type") == {"PUBLIC": 1, "SNP": 0}
    unseen = await searcher.page(role="OTHER", mode="all")
    assert counts(unseen, "slot_type") == {"PUBLIC": 1}


@pytest.mark.proves("F083")
@pytest.mark.parametrize("mode", ["available", "all", "beyond", "reorientation"])
async def test_a_slot_filter_restricts_in_every_mode(index_offers: IndexOffers, mode: str) -> None:
    agreed = {"accepts_beyond": True, "reorientation": True}
    offers = [
        doctor("office", 1, [slot(1, consultation=["AMB"])], **agreed),
        doctor("home", 2, [slot(1, consultation=["HH"])], **agreed),
        doctor("none", 3, **agreed),
    ]
    searcher = index_offers(offers)
    assert await searcher.keys(mode=mode, consultation=["HH"]) == ["home"]
    assert await searcher.keys(mode=mode, horizon=["24-48"]) == []


@pytest.mark.proves("F081")
async def test_levels_of_maternity_and_kinds_of_structures(index_offers: IndexOffers) -> None:
    offers = [
        *(structure(f"m{n}", "hospital", "355", n, maternity_level="2A") for n in (1, 2)),
        structure("big", "hospital", "355", 3, maternity_level="3"),
        structure("small", "birth_centre", "631", 4, maternity_level="1"),
    ]
    page = await index_offers(offers).page("maternité", maternity_level=["3"])
    assert [offer_key(result) for result in page["results"]] == ["big"]
    assert counts(page, "maternity_level")["2A"] == 2
    assert list_selected_values(page, "maternity_level") == ["3"]
    assert counts(page, "kind") == {"hospital": 1, "structure": 1}


async def test_reform_pairs_are_one_value(index_offers: IndexOffers) -> None:
    offers = [
        doctor("both", 1, [slot()], specialties=["SM53", "SM54"], specialty_groups=GENERAL),
        doctor("new", 2, [slot()], specialties=["SM54", "SM40"], specialty_groups=GENERAL),
    ]
    searcher = index_offers(offers)
    page = await searcher.page()
    assert counts(page, "specialty") == {"SM26": 2, "SM40": 1}
    (label,) = [one["label"] for one in values(page, "specialty") if one["value"] == "SM26"]
    assert label == "Médecine générale"
    chosen = await searcher.page(specialty=["SM54"])
    assert (chosen["total"]["value"], list_selected_values(chosen, "specialty")) == (2, ["SM26"])


GENERAL = ["general_medicine"]


@pytest.mark.proves("F079", "F082", "F091")
async def test_a_cpts_counts_once_for_all_its_members(index_offers: IndexOffers) -> None:
    offers = [
        cpts(COAST, "14754"),
        doctor("m1", 1, [slot()], cpts=[COAST], sector="1"),
        doctor("m2", 2, [slot()], cpts=[COAST], sector="1"),
        doctor("m3", 3, [slot()], cpts=[COAST], sector="2"),
        doctor("d", 4, [slot()], sector="2"),
    ]
    searcher = index_offers(offers)
    page = await searcher.page(where=area(insee="14754"))
    assert page["total"]["value"] == 2
    assert counts(page, "kind") == {"cpts": 1, "professional": 1}
    assert counts(page, "sector") == {"2": 2, "1": 1}
    people = await searcher.page(where=area(insee="14754"), group_cpts=False)
    assert counts(people, "kind") == {"professional": 4}
    assert counts(people, "sector") == {"1": 2, "2": 2}


async def test_participation_counts_participants_only(index_offers: IndexOffers) -> None:
    offers = [
        doctor("a", 1, [slot()], participant=True, via=["own", "msp"]),
        doctor("b", 2, [slot()], participant=True, via=["own"]),
        doctor("left", 3, [slot()], participant=False),
    ]
    page = await index_offers(offers).page()
    assert counts(page, "participation") == {"own": 2, "msp": 1}


async def test_the_nearest_that_participants_hide_is_named_beside(
    index_offers: IndexOffers,
) -> None:
    far = [doctor(f"p{n}", 10 + n, [slot()], participant=True) for n in range(6)]
    hidden = [doctor("near", 1.5, [slot()]), doctor("nearer-without-slot", 1)]
    searcher = index_offers([*far, *hidden])
    asked = {"mode": "all", "profile": "published"}
    page = await searcher.page(**asked)
    result = page["nearer_alternative"]
    assert offer_key(result["card"]) == "near"
    assert result["saved_km"] == pytest.approx(8.5, abs=0.01)
    assert "nearer_alternative" not in await searcher.page(**asked, page=2)
    assert "nearer_alternative" not in await searcher.page(where=commune(), **asked)
    assert "nearer_alternative" not in await index_offers([*far[:4], *hidden]).page(**asked)


async def test_a_hidden_member_is_named_by_its_cpts(index_offers: IndexOffers) -> None:
    """The members of the first circle's edge hide one who is near; the CPTS card is far below."""
    far = [doctor(f"p{n}", 10 + n, [slot()], participant=True) for n in range(6)]
    members = [
        doctor("near", 1, [slot(40)], cpts=[COAST]),
        doctor("m2", 3, [slot(40)], cpts=[COAST]),
    ]
    searcher = index_offers([cpts(COAST, "14754"), *far, *members])
    asked = {"where": area(insee="14754"), "profile": "published"}
    result = (await searcher.page(**asked))["nearer_alternative"]
    assert (result["card"]["id"], result["card"]["kind"]) == (f"cpts:{COAST}", "cpts")
    assert result["saved_km"] == pytest.approx(9, abs=0.01)
    first = doctor("first", 9, [slot(1)], cpts=[COAST], participant=True)
    shown = index_offers([cpts(COAST, "14754"), *far, *members, first])
    assert "nearer_alternative" not in await shown.page(**asked)


async def test_facets_left_out_change_nothing_else(
    index_offers: IndexOffers, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Their requests are not sent, and a page by cursor may leave out what the first one gave."""
    key = build_cursor_key(None)
    members = [doctor(f"m{n}", n, [slot()], cpts=[COAST]) for n in (1, 3)]
    alone = [doctor(f"d{n}", n, [slot()]) for n in range(4, 12)]
    searcher = index_offers([cpts(COAST, "14754"), *members, *alone])
    criteria = {"where": area(insee="14754"), "seed": 1, "kind": ["professional"]}
    full = await searcher.page(**criteria, key=key)
    bodies = record_bodies(monkeypatch)
    plain = await searcher.page(**criteria, key=key, facets=False)
    assert not [name for body in bodies for name in body.get("aggs", {}) if "facet" in name]
    assert "facets" not in plain
    assert set(full) - set(plain) == {"facets"}
    same = ("total", "results", "nearer_alternative")
    assert [plain.get(name) for name in same] == [full.get(name) for name in same]
    follow = {**criteria, "key": key, "cursor": full["next"]["cursor"]}
    after = [await searcher.page(**follow, facets=facets) for facets in (True, False)]
    assert ["facets" in page for page in after] == [True, False]
    assert after[0]["results"] == after[1]["results"]


def record_bodies(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """The requests of the searches that follow."""
    bodies: list[dict[str, Any]] = []
    real = Index.fetch_answers

    async def fetch_answers(index: Index, sent: list[dict[str, Any]]) -> list[dict[str, Any]]:
        bodies.extend(sent)
        return await real(index, sent)

    monkeypatch.setattr(Index, "fetch_answers", fetch_answers)
    return bodies
