"""Lines typed as heard, searched whole: who is found, what is given up, what is said."""

from random import Random
from typing import Any

import pytest

from mappings.codes import table_rows
from search_engine.execution.cursor_key import build_cursor_key
from search_engine.request.problems import QueryTooShort
from search_engine.understanding.phrases import load_phrases
from tests.search_engine.conftest import IndexOffers
from tests.search_engine.sample_offers import (
    Searcher,
    area,
    commune,
    doctor,
    offer_key,
    slot,
    structure,
)

OFFERS = [
    doctor("gp", 1, [slot(2)], names=["LEBRUN Anne"], family="LEBRUN"),
    doctor("child", 2, [slot(3)], specialties=["SM40"], names=["PETIT Luc"]),
    doctor("heart", 3, [slot(4)], specialties=["SM04"], names=["MARTIN Jean"], sector="2"),
    doctor("heart-later", 4, [slot(26)], specialties=["SM04"], names=["ROUX Paul"]),
    doctor("heart-remote", 5, [slot(5, consultation=["VR"])], specialties=["SM04"]),
    doctor("no-slot", 6, names=["O'BRIEN Nora"], rpps="10001234567"),
    doctor("far", 90, names=["LOINTAIN Eve"], rpps="10009999999"),
    structure("pharmacy", "pharmacy", "620", 2, names=["PHARMACIE DES LILAS"]),
    structure("lab", "laboratory", "611", 2, names=["CERBALLIANCE"], finess="480780097"),
]


@pytest.fixture
def searcher(index_offers: IndexOffers) -> Searcher:
    """The offers above, searched by text."""
    return index_offers(OFFERS)


async def find(searcher: Searcher, what: str, **criteria: Any) -> list[str]:
    """The keys found by a line."""
    page = await searcher.page(what, **criteria)
    return [offer_key(card) for card in page["results"]]


def list_uses(page: dict[str, Any]) -> dict[str, str]:
    """What each part of the line did, by what was typed."""
    return {part["typed"]: part["use"] for part in page["query"]["read"]["parts"]}


def list_codes(page: dict[str, Any]) -> list[str]:
    """The codes of the sentences, in order."""
    return [sentence["code"] for sentence in page["query"]["read"]["sentences"]]


async def test_lines_find_who_they_are_about(searcher: Searcher) -> None:
    expected = {
        "cardioloque": ["heart", "heart-later"],
        "otite enfant": ["gp", "child"],
        "pédiatre urgent": ["child"],
        "Dr O'Brien": ["no-slot"],
        "RPPS 8 10001234567": ["no-slot"],
        "10009999999": ["far"],
        "480780097": ["lab"],
        "martin cardiologue": ["heart"],
        "médecin martin": ["heart"],
        "Dr Lebrun pédiatre": ["gp"],
        "laboratoire cerballiance": ["lab"],
        "pharmacie des lilas": ["pharmacy"],
        "cardiologue en visio": ["heart-remote"],
        "cardiologue secteur 2": ["heart"],
        "cardiologue demain": ["heart-later"],
        "sans rdv": ["gp"],
    }
    found = {what: await find(searcher, what) for what in expected}
    assert {what: sorted(keys) for what, keys in found.items()} == {
        what: sorted(keys) for what, keys in expected.items()
    }


async def test_what_was_read_is_told_part_by_part(searcher: Searcher) -> None:
    page = await searcher.page("cardioloque en visio urgent anglais")
    assert page["query"]["read"] == {
        "parts": [
            {
                "kind": "need",
                "typed": "cardioloque",
                "meaning": "cardiologue",
                "use": "searched",
                "corrected_from": "cardioloque",
                "corrected_to": "cardiologue",
            },
            {
                "kind": "consultation",
                "typed": "en visio",
                "meaning": "en téléconsultation",
                "use": "filter",
            },
            {
                "kind": "when",
                "typed": "urgent",
                "meaning": "dès que possible",
                "use": "preference",
            },
        ],
        "unused": ["anglais"],
        "sentences": [],
    }
    assert page["query"]["asked"].get("consultation") is None


async def test_a_moment_bounds_the_slots_that_show(searcher: Searcher) -> None:
    page = await searcher.page("cardiologue demain matin")
    assert page["window"]["from"] == "2026-06-16T22:00:00Z"
    assert page["window"]["to"] == "2026-06-17T10:59:59Z"
    later = await searcher.page("cardiologue vendredi")
    assert list_codes(later) == ["moment_unknown"]
    assert later["total"]["value"] == 2


async def test_what_nobody_meets_is_given_up_and_the_rest_is_answered(searcher: Searcher) -> None:
    home = await searcher.page("cardiologue à domicile")
    assert home["total"]["value"] == 2
    assert list_uses(home) == {"cardiologue": "searched", "domicile": "given_up"}
    assert list_codes(home) == ["given_up"]
    one = await searcher.page("cardiologue secteur 2 à domicile")
    assert [offer_key(card) for card in one["results"]] == ["heart"]
    assert list_uses(one)["secteur 2"] == "filter"
    nobody = await searcher.page("xyzzyx cardiologue secteur 2")
    assert [offer_key(card) for card in nobody["results"]] == ["heart"]
    assert list_uses(nobody)["xyzzyx"] == "given_up"
    assert list_uses(nobody)["secteur 2"] == "filter"


async def test_a_person_is_seen_without_a_slot_and_whatever_the_qualities(
    searcher: Searcher,
) -> None:
    page = await searcher.page("Dr O'Brien à domicile")
    assert [offer_key(card) for card in page["results"]] == ["no-slot"]
    assert page["mode"] == "all"
    assert list_uses(page) == {"O Brien": "searched", "domicile": "told"}
    assert "name_mode" in [warning["code"] for warning in page["warnings"]]


async def test_danger_is_said_first_whatever_else_the_line_holds(searcher: Searcher) -> None:
    for what in ("cardiologue douleur thoracique", "vétérinaire AVC", "Dr Martin ne respire plus"):
        page = await searcher.page(what)
        first, *_ = page["query"]["read"]["sentences"]
        assert first["code"] == "danger", what
        assert "régulation médicale" in first["message"]


async def test_what_is_elsewhere_is_said_with_where_to_turn(searcher: Searcher) -> None:
    for what, turn in (("véto", "3115"), ("SAMU social", "115"), ("pharmacie de garde", "3237")):
        page = await searcher.page(what)
        assert any(turn in one["message"] for one in page["query"]["read"]["sentences"]), what


async def test_a_walk_by_cursor_stays_in_the_search_that_found_the_page(
    index_offers: IndexOffers,
) -> None:
    key = build_cursor_key(None)
    searcher = index_offers([doctor(f"d{n}", n / 10, [slot(n + 1)]) for n in range(7)])
    what, found = "généraliste xyzzyx à domicile", []
    page = await searcher.page(what, key=key, size=2)
    while True:
        found += [offer_key(card) for card in page["results"]]
        assert list_uses(page)["xyzzyx"] == "given_up"
        if page["next"] is None:
            break
        assert "xyzzyx" not in page["next"]["cursor"]
        page = await searcher.page(what, key=key, size=2, cursor=page["next"]["cursor"])
    assert sorted(found) == [f"d{n}" for n in range(7)]


async def test_no_line_of_french_words_ends_in_a_mute_zero(searcher: Searcher) -> None:
    random = Random(16)
    words = [phrase.text for phrase in load_phrases().phrases]
    words += [row["name"].title() for row in table_rows("surnames")]
    words += ["xyzzyx", "Brest", "29200", "à", "de", "chez", "mon", "ma", "mercredi", "Dr", "?"]
    mute = []
    for _ in range(60):
        what = " ".join(random.sample(words, random.choice((1, 1, 2, 3, 4))))[:200]
        try:
            page = await searcher.page(what)
        except QueryTooShort:
            continue
        if not page["total"]["value"] and not page["query"]["read"]["sentences"]:
            mute.append(what)
    assert mute == []


async def test_who_is_called_so_is_found_beyond_the_circle(index_offers: IndexOffers) -> None:
    searcher = index_offers(
        [
            doctor("named", 49, names=["KERVADEC Paul", "Paul KERVADEC"], family="KERVADEC"),
            doctor("away", 90, names=["LOINTAIN Eve"], family="LOINTAIN"),
        ]
    )
    around = area(explicit_radius=False)
    assert await find(searcher, "Paul Kervadec", where=around) == ["named"]
    assert await find(searcher, "Paul Kervadec") == []
    assert await find(searcher, "Dr Lointain", where=around) == []


async def test_a_surname_as_it_is_written_comes_before_a_word_with_an_error(
    index_offers: IndexOffers,
) -> None:
    searcher = index_offers(
        [
            doctor("vachin", 1, specialties=["SM42"], names=["VACHIN Luc"], family="VACHIN"),
            doctor("verisson", 2, names=["VERISSON Ode"], family="VERISSON"),
            doctor("gp", 3, [slot(2)], names=["LEBRUN Anne"], family="LEBRUN"),
        ]
    )
    assert await find(searcher, "Vachin psychiatre") == ["vachin"]
    assert await find(searcher, "vzrisson") == ["verisson"]


async def test_a_person_of_the_commune_comes_before_a_namesake_of_another_with_a_slot(
    index_offers: IndexOffers,
) -> None:
    name = {"names": ["MOUTOU Ode"], "family": "MOUTOU", "given": "Ode"}
    own = {"rpps": "10001234567", **name}
    searcher = index_offers(
        [
            doctor("own", 1, insee="48095", **own),
            doctor("own-elsewhere", 2, [slot(2)], insee="48030", city="Chastel", **own),
            doctor("namesake", 1, [slot(1)], insee="48030", **name),
            doctor("other", 1, [slot(1)], insee="48095", names=["MOUTO Luc"], family="MOUTO"),
        ]
    )
    page = await searcher.page("Ode Moutou", where=commune(insee="48095"))
    first, second = page["results"]
    assert (offer_key(first), offer_key(second)) == ("own", "namesake")
    assert first["rank"]["label"].startswith("Nom exact, dans la commune, sans créneau")
    assert [offer_key(place) for place in first["also_at"]] == ["own-elsewhere"]
    assert await find(searcher, "Ode Moutou") == ["namesake", "own-elsewhere"]


async def test_the_civility_of_a_doctor_puts_doctors_before_others_of_the_name(
    index_offers: IndexOffers,
) -> None:
    name = {"names": ["MOUTOU Ode"], "family": "MOUTOU", "insee": "48095"}
    physiotherapist = {**name, "profession": "70", "specialties": []}
    searcher = index_offers(
        [
            doctor("physio", 1, [slot(1)], **physiotherapist),
            doctor("doctor", 3, **{**name, "insee": "48030"}),
        ]
    )
    mende = commune(insee="48095")
    for what in ("Dr Moutou", "docteur Moutou", "dr Ode Moutou", "drmoutou"):
        page = await searcher.page(what, where=mende)
        assert [offer_key(card) for card in page["results"]] == ["doctor", "physio"], what
        assert page["results"][1]["rank"]["label"].startswith("Nom exact, autre profession")
    for what in ("Moutou", "Mme Moutou"):
        assert await find(searcher, what, where=mende) == ["physio", "doctor"], what


async def test_the_level_of_a_maternity_is_a_filter_that_is_given_up_last(
    index_offers: IndexOffers,
) -> None:
    hospital = ("hospital", "355")
    searcher = index_offers(
        [
            structure("near", *hospital, 1, maternity_level="1"),
            structure("sure", *hospital, 5, maternity_level="3"),
        ]
    )
    assert await find(searcher, "maternité niveau 3") == ["sure"]
    assert await find(searcher, "maternité") == ["near", "sure"]
    page = await searcher.page("maternité de niveau 2")
    assert [offer_key(card) for card in page["results"]] == ["near", "sure"]
    assert list_uses(page)["niveau 2"] == "given_up"


async def test_a_structure_that_is_not_found_leaves_the_others_of_its_kind(
    index_offers: IndexOffers,
) -> None:
    searcher = index_offers([structure("other", "hospital", "355", names=["CH DE FLORAC"])])
    page = await searcher.page("CH Langogne")
    assert [offer_key(card) for card in page["results"]] == ["other"]
    assert list_codes(page) == ["given_up"]


async def test_a_kind_and_a_commune_are_those_of_the_commune(index_offers: IndexOffers) -> None:
    searcher = index_offers(
        [
            structure("own", "msp", "603", 3, names=["MSP DU CAUSSE"], insee="48095"),
            structure("other", "msp", "603", 1, slots=[slot(2)], insee="48030"),
            structure("dental", "health_centre", "124", 2, names=["CENTRE DENTAIRE DU LOT"]),
            structure("general", "health_centre", "124", 1, names=["CENTRE DE SANTE DU LOT"]),
        ]
    )
    mende = commune(insee="48095")
    assert await find(searcher, "MSP", where=mende) == ["own", "other"]
    assert await find(searcher, "MSP") == ["other", "own"]
    assert await find(searcher, "centre dentaire") == ["dental"]
