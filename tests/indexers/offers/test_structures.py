"""Structures, SOS points, CPTS cards and solutions as offers."""

from pathlib import Path
from typing import Any

import pytest

from geography.gazetteer import load_gazetteer
from indexers.runs.folder import Quarantines
from tests.indexers.file_set import CENTRE, CPTS, MSP, PHARMACY, SOS_SIRET, FileSet, rang

ANNE = "10100000016"


@pytest.fixture
def files(tmp_path: Path) -> FileSet:
    return FileSet(tmp_path)


def test_a_structure_is_known_by_its_finess(files: FileSet) -> None:
    offer = files.site(PHARMACY, "620", "PHARMACIE DU PONT").only()
    assert offer["id"] == f"finess:{PHARMACY}"
    assert (offer["kind"], offer["structure_kind"]) == ("structure", "pharmacy")
    assert offer["labels"] == ["Pharmacie", "Pharmacie d'officine"]
    assert offer["point"] == pytest.approx({"lat": 44.519, "lon": 3.499})
    assert offer["sources"]["identity"] == {"source": "finess-plus", "date": "2026-10-18"}


@pytest.mark.proves("F033")
@pytest.mark.parametrize(
    ("category", "kind"),
    [("603", "msp"), ("124", "health_centre"), ("617", "unscheduled_care"), ("355", "hospital")],
)
def test_the_category_tells_the_kind(files: FileSet, category: str, kind: str) -> None:
    assert files.site(MSP, category, "X").only()["structure_kind"] == kind


@pytest.mark.proves("F033")
@pytest.mark.parametrize("category", ["604", "639", "320"])
def test_other_categories_are_counted_and_not_shown(files: FileSet, category: str) -> None:
    quarantines = Quarantines()
    assert files.site(MSP, category, "X").offers(quarantines) == {}
    assert quarantines.as_json()["finess"]["skipped"] == {"kind_not_shown": 1}


def test_a_closed_site_is_not_shown_but_one_that_will_close_is(files: FileSet) -> None:
    files.site(MSP, "603", "FERMEE", closed="2026-11-23")
    files.site(CENTRE, "124", "FERMERA", closed="2026-12-31")
    assert files.offers().keys() == {f"finess:{CENTRE}"}


def test_settings_bring_hours_maternity_level_and_emergency(files: FileSet) -> None:
    files.site(MSP, "355", "CENTRE HOSPITALIER DE MENDE")
    hours = {"mon": [["08:00", "12:00"], ["14:00", "18:00"]]}
    files.line(
        "structures",
        finess=MSP,
        hours=hours,
        maternity_level="2A",
        emergency=True,
        additional_info="Entrée rue Basse",
    )
    offer = files.only()
    assert offer["hours"] == hours
    assert offer["open_minutes"] == [{"gte": 480, "lt": 720}, {"gte": 840, "lt": 1080}]
    assert (offer["maternity_level"], offer["emergency"]) == ("2A", True)
    assert offer["additional_info"] == "Entrée rue Basse"


@pytest.mark.parametrize(
    ("category", "fields", "open_then"),
    [
        ("124", {}, False),
        ("617", {}, True),
        ("355", {}, False),
        ("355", {"emergency": True}, True),
        ("124", {"hours": {"mon": [], "holiday": [["09:00", "12:00"]]}}, True),
    ],
)
def test_places_on_duty_keep_their_hours_of_sunday_on_public_holidays(
    files: FileSet, category: str, fields: dict[str, Any], open_then: bool
) -> None:
    hours = {"mon": [["20:00", "02:00"]], "sun": [["08:00", "24:00"]]}
    files.site(CENTRE, category, "LIEU")
    files.line("structures", **{"finess": CENTRE, "hours": hours, **fields})
    marks = files.only()["open_minutes"]
    holiday_at_ten = 10_080 + 600
    assert any(mark["gte"] <= holiday_at_ten < mark["lt"] for mark in marks) is open_then


def test_each_point_of_an_association_is_an_offer(files: FileSet) -> None:
    offer = files.sos().only()
    assert offer["id"] == f"sos:{SOS_SIRET}:PFG-1"
    assert (offer["kind"], offer["association"]) == ("sos_point", "SOS Médecins Lozère")
    assert offer["names"] == ["Point de garde de Mende", "SOS Médecins Lozère", "SOS Médecins"]
    assert offer["specialty_groups"] == ["general_medicine"]
    assert "idnst" not in offer


@pytest.mark.proves("F085", "F102")
def test_a_point_of_an_association_has_hours_of_its_own(files: FileSet) -> None:
    night = {"sun": [["20:00", "24:00"]], "mon": [["00:00", "06:00"]]}
    address = {"postal_code": "48000", "city": "Mende"}
    open_at_night = {"id": "PFG-1", "name": "PFG", "address": address, "hours": night}
    unknown = {"id": "PFG-2", "name": "PFG", "address": address}
    result, silent = files.sos(points=[open_at_night, unknown]).offers().values()
    assert result["hours"] == {**night, "holiday": night["sun"]}
    holiday = {"gte": 11_280, "lt": 11_520}
    assert result["open_minutes"] == [
        {"gte": 0, "lt": 360},
        {"gte": 9840, "lt": 10_080},
        holiday,
    ]
    assert "hours" not in silent
    assert "open_minutes" not in silent


def test_the_point_given_for_an_sos_place_is_kept_at_its_best_precision(files: FileSet) -> None:
    address = {"postal_code": "48000", "city": "Mende"}
    point = {"id": f"1{MSP}", "name": "PFG", "address": address}
    offer = files.sos(points=[{**point, "point": {"lat": 44.52, "lon": 3.501}}]).only()
    assert offer["point"] == pytest.approx({"lat": 44.52, "lon": 3.501})
    assert offer["precision"] == "housenumber"
    assert offer["idnst"] == f"1{MSP}"


@pytest.mark.proves("F096")
def test_a_cpts_is_a_card_with_its_communes_and_phones(files: FileSet) -> None:
    files.line(
        "cpts", finess=CPTS, name="CPTS Lozère", communes=["48095", "48061"], phones=["0466000002"]
    )
    offer = files.only()
    assert (offer["id"], offer["kind"]) == (f"cpts:{CPTS}", "cpts")
    assert offer["covers_insee"] == ["48095", "48061"]
    assert offer["phones"] == offer["cpts_phones"] == ["0466000002"]
    assert (offer["department"], offer["timezone"]) == ("48", "Europe/Paris")
    assert "point" not in offer


@pytest.mark.proves("F090")
def test_a_cpts_covers_a_merged_commune_under_its_code_of_today(files: FileSet) -> None:
    files.line("cpts", finess=CPTS, name="CPTS", communes=["14074", "14654", "14654"])
    today = load_gazetteer().by_insee("14074")
    assert today is not None
    assert today.insee != "14074"
    assert files.only()["covers_insee"] == list(dict.fromkeys([today.insee, "14654"]))


def test_a_postcode_among_the_communes_of_a_cpts_is_read_as_a_search_reads_it(
    files: FileSet,
) -> None:
    files.line("cpts", finess=CPTS, name="CPTS", communes=["75115", "75016"])
    assert files.only()["covers_insee"] == ["75115", "75116"]


def test_a_cpts_stands_at_the_seat_finess_knows(files: FileSet) -> None:
    files.site(CPTS, "604", "CPTS LOZERE").line("cpts", finess=CPTS, name="CPTS Lozère")
    assert files.only()["point"] == pytest.approx({"lat": 44.519, "lon": 3.499})


def test_a_cpts_nobody_can_place_is_set_aside(files: FileSet) -> None:
    quarantines = Quarantines()
    assert files.line("cpts", finess=CPTS, name="CPTS").offers(quarantines) == {}
    assert quarantines.as_json()["cpts"]["rejected"] == {"not_located": 1}


@pytest.mark.proves("F121")
def test_a_solution_says_what_it_covers(files: FileSet) -> None:
    files.line(
        "solutions",
        key="visio",
        editor="acme",
        name="Acme Visio",
        link="https://acme.example/sas",
        professions=["10"],
        specialties=["SM54"],
        departments=["48", "2A"],
        communes=["14074", "14094", "75056"],
        consultation=["VR", "HH"],
        description="Le <b>soir</b>\u0007",
    )
    offer = files.only()
    assert offer["id"] == "solution:acme:visio"
    assert offer["covers_departments"] == ["48", "2A"]
    assert offer["covers_insee"] == ["14005", "75056"]
    assert offer["consultation"] == ["VR", "HH"]
    assert offer["additional_info"] == "Le  soir"
    assert offer["solution_professions"] == ["10"]
    assert offer["specialty_groups"] == ["general_medicine"]
    assert offer["link"] == "https://acme.example/sas"
    assert "Médecine générale" in offer["labels"]


def test_a_solution_around_a_point_on_greenwich(files: FileSet) -> None:
    circle = {"lat": 49.3, "lon": 0.0, "km": 20}
    files.line("solutions", key="k", editor="e", name="N", link="https://e.example", circle=circle)
    offer = files.only()
    assert offer["point"] == {"lat": 49.3, "lon": 0.0}
    assert offer["covers_km"] == 20
    assert offer["department"] == "14"


@pytest.mark.proves("F121")
def test_a_solution_switched_off_is_not_shown(files: FileSet) -> None:
    files.line(
        "solutions",
        key="k",
        editor="e",
        name="N",
        link="https://e.example",
        departments=["48"],
        enabled=False,
    )
    assert files.offers() == {}


def test_one_default_point_for_many_streets_is_no_point(files: FileSet) -> None:
    for number in range(22):
        files.site(
            f"4800001{number:02d}",
            "620",
            f"PHARMACIE {number}",
            address={
                "libelleVoie": f"DE LA SOURCE {chr(65 + number)}",
            },
        )
    offers = files.offers()
    assert len(offers) == 22
    assert {offer["precision"] for offer in offers.values()} == {"municipality"}


def test_every_kind_in_one_directory(files: FileSet) -> None:
    files.doctor(ANNE).site(MSP, "603", "MSP").sos()
    files.line("cpts", finess=CPTS, name="CPTS Lozère", communes=["48095"])
    files.line(
        "solutions", key="k", editor="e", name="N", link="https://e.example", departments=["48"]
    )
    offers = files.offers()
    assert {offer["kind"] for offer in offers.values()} == {
        "professional",
        "structure",
        "sos_point",
        "cpts",
        "solution",
    }
    assert f"rpps:{ANNE}@4{rang(ANNE)}" in offers
