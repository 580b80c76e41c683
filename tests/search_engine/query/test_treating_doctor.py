"""The treating doctor above the results, and nobody else removed for it."""

import pytest

from search_engine.execution.cursor_key import build_cursor_key
from search_engine.query.treating_doctor import DoctorQuery, read_doctor
from tests.search_engine.conftest import IndexOffers
from tests.search_engine.sample_offers import after, department, doctor, offer_key, slot

RPPS = "10003456789"
URN = "urn:oid:1.2.250.1.71.4.2.1|8" + RPPS


@pytest.mark.proves("F048", "F051", "W31")
@pytest.mark.parametrize(
    ("text", "asked"),
    [
        (URN, DoctorQuery(rpps=RPPS)),
        (URN.upper(), DoctorQuery(rpps=RPPS)),
        ("8" + RPPS, DoctorQuery(rpps=RPPS)),
        (RPPS, DoctorQuery(rpps=RPPS)),
        ("1 0003 456 789", DoctorQuery(rpps=RPPS)),
        ("Dr Journo", DoctorQuery(name="Dr Journo")),
        ("Boidin", DoctorQuery(name="Boidin")),
        ("Dr O'Brien, cardiologue", DoctorQuery(name="o'brien")),
        ("Dr Martin 8 1000 3456 789", DoctorQuery(rpps=RPPS)),
        ("D'Urn: Oid", DoctorQuery(name="D'Urn: Oid")),
        ("urn:oid:1.2.250.1.71.4.2.1|0123456789", DoctorQuery()),
        ("urn:oid:1.2.3|8" + RPPS, DoctorQuery()),
    ],
)
def test_what_the_parameter_holds(text: str, asked: DoctorQuery) -> None:
    assert read_doctor(text) == asked


@pytest.mark.proves("F048", "F052")
async def test_all_places_of_the_doctor_stand_above_and_apart(index_offers: IndexOffers) -> None:
    offers = [
        doctor("near", 3, [slot(), slot(2, types=["SNP"])], rpps=RPPS),
        doctor("none", 4, rpps=RPPS, participant=True),
        doctor("far", 60, [slot()], rpps=RPPS, department="76"),
        doctor("absent", 5, rpps=RPPS, absences=[{"gte": after(-90), "lt": after(90)}]),
        *(doctor(f"other{n}", 6 + n, [slot()]) for n in range(4)),
    ]
    searcher = index_offers(offers)
    page = await searcher.page(treating_doctor=URN, size=2, sector=["1"], slot_type=["PRO"])
    assert [offer_key(card) for card in page["pinned"]] == ["near", "none", "absent", "far"]
    result = [(c["without_slot"], c["out_of_area"], c["absent"]) for c in page["pinned"]]
    assert result == [
        (False, False, False),
        (True, False, False),
        (True, False, True),
        (False, True, False),
    ]
    assert page["total"]["value"] == 0
    first = await searcher.page(treating_doctor=RPPS, size=2)
    assert (first["total"]["value"], len(first["results"]), first["next"]) == (4, 2, {"page": 2})
    second = await searcher.page(treating_doctor=RPPS, size=2, page=2)
    assert second["pinned"] == []
    assert [offer_key(card) for card in second["results"]] == ["other2", "other3"]
    assert second["warnings"] == []
    inside = await searcher.page(treating_doctor=RPPS, where=department())
    assert [card["out_of_area"] for card in inside["pinned"]] == [False, False, False, True]


@pytest.mark.proves("F049", "F052", "W33")
async def test_a_name_must_be_unique_around_and_a_failure_removes_nobody(
    index_offers: IndexOffers,
) -> None:
    offers = [
        doctor("journo", 3, [slot()], names=["JOURNO Anne"]),
        doctor("journo-2", 30, [slot()], names=["JOURNO Anne"], rpps=RPPS),
        doctor("journo-3", 5, [slot()], names=["JOURNO Anne"], rpps=RPPS),
        doctor("boidin", 5, [slot()], names=["BOIDIN Marc"]),
        doctor("boidin-far", 200, [slot()], names=["BOIDIN Marc"]),
    ]
    searcher = index_offers(offers)
    known = await searcher.page(treating_doctor="Dr Boidin")
    assert [offer_key(card) for card in known["pinned"]] == ["boidin"]
    assert [offer_key(card) for card in known["results"]] == ["journo", "journo-3"]
    for name in ("Journo", "Inconnu", "Dr", "10000000000", "urn:oid:1.2.3|8" + RPPS):
        page = await searcher.page(treating_doctor=name)
        assert [warning["code"] for warning in page["warnings"]] == ["sas_pf_001"], name
        assert page["pinned"] == []
        assert page["total"]["value"] == 3, name


@pytest.mark.proves("F050")
async def test_a_doctor_who_was_not_told_has_a_warning_of_his_own(
    index_offers: IndexOffers,
) -> None:
    searcher = index_offers([doctor("one", 3, [slot()])])
    page = await searcher.page(treating_doctor=" ")
    assert [warning["code"] for warning in page["warnings"]] == ["sas_pf_002"]
    assert [offer_key(card) for card in page["results"]] == ["one"]
    assert (await searcher.page())["warnings"] == []


@pytest.mark.proves("F052", "W33")
async def test_homonyms_of_the_treating_doctor_stay(index_offers: IndexOffers) -> None:
    offers = [
        doctor("his", 3, [slot()], names=["MARTIN Paul"], rpps=RPPS),
        doctor("homonym", 4, [slot()], names=["MARTIN Paul"]),
    ]
    page = await index_offers(offers).page(treating_doctor=RPPS)
    assert [offer_key(card) for card in page["pinned"]] == ["his"]
    assert [offer_key(card) for card in page["results"]] == ["homonym"]


async def test_two_places_of_one_doctor_are_one_person(index_offers: IndexOffers) -> None:
    offers = [doctor(key, km, names=["LEROY Max"], rpps=RPPS) for key, km in (("b", 2), ("a", 9))]
    page = await index_offers(offers).page(treating_doctor="Leroy Max", where=department())
    assert [offer_key(card) for card in page["pinned"]] == ["b", "a"]


async def test_colleagues_of_a_doctor_who_cannot_see_his_patient_gain(
    index_offers: IndexOffers,
) -> None:
    """At his door or in his structure; never while he has a slot himself."""
    mine = {"rpps": "10003456789", "precision": "housenumber"}
    others = [
        doctor("same-door", 2, [slot(3)]),
        doctor("same-key", 3, [slot(3)], place_key="mine"),
        doctor("elsewhere", 2.1, [slot(3)]),
    ]
    asked = {"treating_doctor": "10003456789", "profile": "regulation", "size": 1, "seed": 1}
    afar = slot(20, consultation=["VR"])
    neighbours = ["same-door", "same-key"]
    for slots, credited in (([], neighbours), ([afar], neighbours), ([slot(20)], [])):
        searcher = index_offers([doctor("mine", 2, slots, **mine), *others])
        first = await searcher.page(**asked, key=build_cursor_key(None))
        assert [offer_key(card) for card in first["pinned"]] == ["mine"]
        pages = [await searcher.page(**asked, page=number) for number in (1, 2, 3)]
        results = [card for page in pages for card in page["results"]]
        gains = {
            offer_key(card): part["minutes"]
            for card in results
            for part in card["rank"]["parts"]
            if part["name"] == "practice"
        }
        assert gains == dict.fromkeys(credited, -4)
        assert [page["pinned"] for page in pages[1:]] == [[], []]


async def test_a_page_by_cursor_keeps_the_practice(index_offers: IndexOffers) -> None:
    colleagues = [doctor(f"d{n}", 2, [slot(3)], place_key="mine") for n in range(4)]
    searcher = index_offers([doctor("mine", 2, rpps="10003456789"), *colleagues])
    key = build_cursor_key(None)
    asked = {"treating_doctor": "10003456789", "profile": "regulation", "size": 2, "key": key}
    first = await searcher.page(**asked)
    second = await searcher.page(**asked, cursor=first["next"]["cursor"])
    cards = [*first["results"], *second["results"]]
    assert len({card["id"] for card in cards}) == 4
    assert all(any(p["name"] == "practice" for p in card["rank"]["parts"]) for card in cards)
