"""What stands beside the results: a nearer offer, marketplace solutions, ways out of nothing."""

from typing import Any

import pytest

from tests.search_engine.conftest import IndexOffers
from tests.search_engine.sample_offers import (
    Searcher,
    area,
    commune,
    cpts,
    department,
    doctor,
    offer_key,
    slot,
    solution,
    structure,
)

PARTICIPANTS = [doctor(f"part-{n}", 10 + n, [slot(30)], participant=True) for n in range(5)]


async def test_the_nearest_offer_is_named_when_the_order_hides_it(
    index_offers: IndexOffers,
) -> None:
    near = doctor("near", 2, [slot(30)])
    page = await index_offers([*PARTICIPANTS, near]).page(profile="published")
    assert "near" not in [offer_key(card) for card in page["results"]]
    nearer = page["nearer_alternative"]
    assert offer_key(nearer["card"]) == "near"
    assert nearer["saved_km"] == pytest.approx(8, abs=0.01)


async def test_it_is_not_named_when_it_is_seen_or_saves_nothing(index_offers: IndexOffers) -> None:
    searcher = index_offers([*PARTICIPANTS[:4], doctor("near", 2, [slot(30)])])
    assert "nearer_alternative" not in await searcher.page(profile="published")
    searcher = index_offers([*PARTICIPANTS, doctor("near", 2), doctor("far", 12, [slot(30)])])
    assert "nearer_alternative" not in await searcher.page(profile="published")
    searcher = index_offers([*PARTICIPANTS, doctor("near", 2, [slot(30)])])
    assert "nearer_alternative" not in await searcher.page(where=commune(), profile="published")
    assert "nearer_alternative" not in await searcher.page(page=2, profile="published")


async def test_filters_hold_for_the_nearest_too(index_offers: IndexOffers) -> None:
    offers = [doctor("near", 2, [slot(30)], sector="2"), doctor("next", 3, [slot(30)])]
    page = await index_offers([*PARTICIPANTS, *offers]).page(sector=["1"], profile="published")
    assert offer_key(page["nearer_alternative"]["card"]) == "next"


async def test_a_nearer_member_is_named_by_its_community(index_offers: IndexOffers) -> None:
    member = doctor("member", 1, [slot(30)], cpts=["140000011"])
    offers = [*PARTICIPANTS, member, cpts("140000011", "14754")]
    page = await index_offers(offers).page(where=area(insee="14754"), profile="published")
    assert page["nearer_alternative"]["card"]["id"] == "cpts:140000011"


@pytest.mark.proves("F121", "W47")
async def test_solutions_stand_beside_a_poor_page_and_always_in_beyond(
    index_offers: IndexOffers,
) -> None:
    rich = [doctor(f"d{n}", n, [slot(30)], accepts_beyond=True) for n in range(1, 6)]
    searcher = index_offers([*rich, solution("visit")])
    assert "solutions" not in await searcher.page()
    beyond = await searcher.page(mode="beyond")
    assert [one["title"] for one in beyond["solutions"]["results"]] == ["Solution visit"]
    assert "solutions" not in await searcher.page(mode="all")
    poor = index_offers([*rich[:4], solution("visit")])
    assert (await poor.page())["solutions"]["total"]["value"] == 1
    assert "solutions" not in await poor.page("NOMD1")


@pytest.mark.proves("W20", "F121")
async def test_an_empty_page_tells_what_would_not_be(index_offers: IndexOffers) -> None:
    offers = [
        doctor("no-slot", 1, accepts_beyond=True),
        doctor("office", 2, [slot(30, consultation=["AMB"])], sector="2"),
        doctor("far", 35, [slot(30, consultation=["HH"])], sector="1"),
    ]
    searcher = index_offers(offers)
    page = await searcher.page(consultation=["HH"], sector=["1"])
    result = [(one["change"], one["criteria"], one["total"]) for one in page["instead"]]
    assert result == [
        ("filters", {"consultation": [], "sector": []}, 1),
        ("radius", {"radius_km": 40.0}, 1),
    ]
    emptier = index_offers([doctor("no-slot", 1, accepts_beyond=True)])
    page = await emptier.page()
    result = [(one["change"], one["criteria"], one["total"]) for one in page["instead"]]
    assert result == [("mode", {"mode": "all"}, 1), ("mode", {"mode": "beyond"}, 1)]
    for one in page["instead"]:
        again = await emptier.page(**one["criteria"])
        assert again["total"]["value"] == one["total"]


async def test_proposals_count_cards_and_open_modes_only(index_offers: IndexOffers) -> None:
    members = [doctor(f"m{n}", n, cpts=["140000011"]) for n in range(1, 4)]
    searcher = index_offers([*members, cpts("140000011", "14754")])
    page = await searcher.page(where=area(insee="14754"))
    assert [one["total"] for one in page["instead"]] == [1]
    page = await searcher.page(where=area(insee="14754"), modes=("available",))
    assert "instead" not in page
    page = await index_offers([doctor("x", 1)]).page(where=department())
    assert [one["change"] for one in page["instead"]] == ["mode"]


async def test_a_page_with_results_proposes_nothing(index_offers: IndexOffers) -> None:
    offers = [structure("pharma", "pharmacy", "620")]
    assert "instead" not in await index_offers(offers).page("pharmacie")


async def test_a_way_out_counts_what_its_search_finds(index_offers: IndexOffers) -> None:
    """Asked from the first circle and the exact spelling: this page was wider and looser."""
    near = [doctor(f"n{n}", 10 + n / 10, [slot(2)], accepts_beyond=True) for n in range(6)]
    far = [doctor(f"f{n}", 30 + n / 10, [slot(2)], accepts_beyond=True) for n in range(6)]
    members = [doctor(f"m{n}", 25 + n / 10, cpts=["140000011"]) for n in range(3)]
    asked = {"where": area(explicit_radius=False, insee="14754"), "sector": ["3"]}
    await _assert_alternatives(index_offers([*near, *far]), ["filters"], **asked)
    slotless = [{**one, "slots": []} for one in (*near, *far)]
    grouped = index_offers([*slotless, *members, cpts("140000011", "14754")])
    await _assert_alternatives(grouped, ["mode", "mode"], where=asked["where"])
    spelt = [
        doctor("d", names=["Dupond Jean"], slots=[slot(2)]),
        doctor("t", names=["Dupont Jean"], slots=[slot(2)]),
    ]
    await _assert_alternatives(index_offers(spelt), ["filters"], what="Dupond", sector=["3"])


async def test_a_structure_is_never_proposed_with_slots_only(index_offers: IndexOffers) -> None:
    offers = [structure("bare", "pharmacy", "620"), structure("booked", "pharmacy", "620")]
    searcher = index_offers([offers[0], {**offers[1], "slots": [slot(1)]}])
    await _assert_alternatives(searcher, ["mode"], what="pharmacie", mode="beyond")


AWAY = [{"gte": "2026-06-13T22:00:00Z", "lt": "2026-06-19T22:00:00Z"}]
"""Until Saturday: longer than the window."""

HAPAX = {"names": ["HAPAX Jean"], "family": "HAPAX", "title": "Dr Jean HAPAX"}


async def test_a_name_of_absent_people_alone_is_known_and_shown_by_a_click(
    index_offers: IndexOffers,
) -> None:
    away = doctor("away", 1, [slot(2)], absences=AWAY, **HAPAX)
    searcher = index_offers([away, doctor("other", 2, [slot(2)])])
    page = await searcher.page("Hapax")
    assert page["results"] == []
    assert page["query"]["read"]["sentences"] == [
        {
            "code": "absent",
            "message": "« Hapax » : Dr Jean HAPAX, Villers-sur-Mer, absence annoncée, retour le "
            "20/06. Voir avec « Absents compris ».",
        }
    ]
    await _assert_alternatives(searcher, ["absent"], what="Hapax")
    assert await searcher.keys("Hapax", absent=True) == ["away"]
    by_number = await searcher.page(away["rpps"])
    assert [one["change"] for one in by_number["instead"]] == ["absent"]


async def test_the_absent_are_named_above_the_rest_of_the_line(index_offers: IndexOffers) -> None:
    gone = doctor("gone", 1, always_absent=True, **HAPAX)
    searcher = index_offers([gone, doctor("other", 2, [slot(2)])])
    page = await searcher.page("cardiologue généraliste Hapax")
    assert [offer_key(card) for card in page["results"]] == ["other"]
    given_up = [one["message"] for one in page["query"]["read"]["sentences"]]
    assert given_up == [
        "« Hapax » : Dr Jean HAPAX, Villers-sur-Mer, absence annoncée, sans date de retour. Le "
        "reste de la recherche est affiché."
    ]
    shown = await searcher.page("cardiologue généraliste Hapax", absent=True)
    assert [offer_key(card) for card in shown["results"]] == ["gone"]


async def test_an_absent_namesake_is_not_named_beside_who_is_present(
    index_offers: IndexOffers,
) -> None:
    away = doctor("away", 1, absences=AWAY, **HAPAX)
    page = await index_offers([away, doctor("present", 2, **HAPAX)]).page("Hapax")
    assert [offer_key(card) for card in page["results"]] == ["present"]
    assert page["query"]["read"]["sentences"] == []
    assert "instead" not in page


async def test_one_absent_person_is_named_once_for_all_his_places(
    index_offers: IndexOffers,
) -> None:
    one = {"absences": AWAY, "rpps": "10001234567", **HAPAX}
    other = {"absences": AWAY, **HAPAX, "title": "Dr Anne HAPAX", "city": "Caen"}
    offers = [doctor("a", 1, **one), doctor("b", 2, **one), doctor("c", 3, **other)]
    page = await index_offers(offers).page("Hapax")
    [sentence] = page["query"]["read"]["sentences"]
    assert sentence["message"].startswith(
        "« Hapax » : Dr Jean HAPAX, Villers-sur-Mer, absence annoncée, retour le 20/06 ; Dr Anne "
        "HAPAX, Caen, absence annoncée, retour le 20/06."
    )


async def test_a_far_bearer_who_is_absent_is_known_too(index_offers: IndexOffers) -> None:
    far = doctor("far", 45, absences=AWAY, **HAPAX)
    searcher = index_offers([far, doctor("other", 2, [slot(2)])])
    await _assert_alternatives(
        searcher, ["absent"], what="Hapax", where=area(explicit_radius=False)
    )


async def _assert_alternatives(searcher: Searcher, changes: list[str], **criteria: Any) -> None:
    result = (await searcher.page(**criteria))["instead"]
    assert [one["change"] for one in result] == changes
    for one in result:
        page = await searcher.page(**{**criteria, **one["criteria"]})
        assert page["total"]["value"] == one["total"]
