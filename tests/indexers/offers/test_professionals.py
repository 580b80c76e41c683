"""Rows of the register become one offer a person and place."""

from pathlib import Path

import pytest

from indexers.quality.reasons import Reason
from indexers.runs.folder import Quarantines
from mappings.offer_ids import FAIR_KEY_BITS, capitalise_given_name, fair_key, person_title
from tests.indexers.file_set import AT, CAYENNE, CENTRE, FLORAC, MENDE, MSP, FileSet, rang

ANNE, BRUNO = "10100000016", "10100000024"


@pytest.fixture
def files(tmp_path: Path) -> FileSet:
    return FileSet(tmp_path)


def test_an_offer_is_a_person_at_a_place(files: FileSet) -> None:
    offer = files.doctor(ANNE, phone="0466123456", brand="CABINET DES TANNEURS").only()
    assert offer["id"] == f"rpps:{ANNE}@4{rang(ANNE)}"
    assert offer["title"] == "Dr Anne MARTIN"
    assert offer["names"] == ["MARTIN Anne", "Anne MARTIN"]
    assert offer["place_names"] == ["CABINET DES TANNEURS"]
    assert offer["family_words"] == ["martin"]
    assert offer["labels"] == ["Médecin", "Médecine générale"]
    assert offer["place_key"] == offer["idnst"] == f"4{rang(ANNE)}"
    assert offer["phones"] == ["+33466123456"]
    assert (offer["insee"], offer["department"], offer["territory"]) == ("48095", "48", "SAS-48")
    assert offer["timezone"] == "Europe/Paris"
    assert (offer["landmass"], "zone" in offer) == ("mainland", False)
    assert offer["lines"] == ["12 Rue DES TANNEURS"]
    assert offer["precision"] == "municipality"
    assert offer["sources"]["identity"] == {"source": "rpps", "date": "2026-11-22"}
    assert offer["sources"]["point"] == {"source": "gazetteer"}
    assert "participant" not in offer


def test_a_person_with_two_places_is_two_offers_of_one_person(files: FileSet) -> None:
    files.doctor(ANNE).doctor(ANNE, FLORAC, practice=rang(ANNE, 2))
    offers = files.offers()
    assert sorted(offers) == [f"rpps:{ANNE}@4{rang(ANNE)}", f"rpps:{ANNE}@4{rang(ANNE, 2)}"]
    assert {offer["rpps"] for offer in offers.values()} == {ANNE}


@pytest.mark.proves("F088")
def test_two_exercises_at_one_place_are_one_offer_with_both(files: FileSet) -> None:
    files.doctor(ANNE, skill="SM54").doctor(ANNE, skill="SM59")
    offer = files.only()
    assert offer["specialties"] == ["SM54", "SM59"]
    assert offer["specialty_groups"] == ["general_medicine", "emergency_medicine"]


@pytest.mark.proves("F088")
def test_two_identifiers_at_one_address_are_one_place_with_the_best_of_them(
    files: FileSet,
) -> None:
    files.site(MSP, "603", "MSP DES TANNEURS")
    files.doctor(ANNE).doctor(ANNE, finess=MSP, former=f"1{MSP}", technical=f"F{MSP}")
    offers = files.offers()
    assert f"rpps:{ANNE}@1{MSP}" in offers
    assert len([one for one in offers.values() if one["kind"] == "professional"]) == 1
    assert offers[f"rpps:{ANNE}@1{MSP}"]["idnsts"] == [f"1{MSP}", f"4{rang(ANNE)}"]


@pytest.mark.proves("F088")
def test_one_address_spelled_in_two_ways_is_one_place(files: FileSet) -> None:
    spelled = {**MENDE, f"Libellé type de voie {AT}": "R", f"Libellé Voie {AT}": "des Tanneurs"}
    bare = {"former": "", "technical": ""}
    files.doctor(ANNE, **bare).doctor(ANNE, spelled, **bare)
    assert files.only()["place_key"].startswith("addr-")


def test_a_place_without_identifier_keeps_its_id_from_its_address(files: FileSet) -> None:
    offer = files.doctor(ANNE, former="", technical="").only()
    assert offer["id"].startswith(f"rpps:{ANNE}@addr-")
    assert "idnst" not in offer
    assert files.only()["id"] == offer["id"]


def test_one_siret_in_two_towns_is_a_company_and_two_places(files: FileSet) -> None:
    siret = "44306184100047"
    ids = {"former": f"3{siret}", "technical": f"C{siret}", "siret": siret}
    files.doctor(ANNE, MENDE, **ids).doctor(ANNE, FLORAC, **ids)
    offers = files.offers()
    assert {offer["city"] for offer in offers.values()} == {"Mende", "Florac Trois Rivières"}
    assert all("@addr-" in offer_id for offer_id in offers)


def test_the_finess_of_a_legal_entity_does_not_join_two_towns(files: FileSet) -> None:
    ids = {"former": "", "technical": "", "finess": MSP, "legal_finess": MSP}
    files.doctor(ANNE, MENDE, **ids).doctor(ANNE, FLORAC, **ids)
    assert len(files.offers()) == 2


def test_cedex_does_not_make_another_town_of_a_company(files: FileSet) -> None:
    siret = "44306184100047"
    ids = {"former": f"3{siret}", "technical": f"C{siret}", "siret": siret}
    files.doctor(ANNE, MENDE, **ids)
    files.doctor(ANNE, MENDE, **ids, city="MENDE CEDEX", postal_code="48005", insee="")
    assert files.only()["place_key"] == f"3{siret}"


def test_a_speciality_only_in_the_skill_file_is_found_on_the_offer(files: FileSet) -> None:
    offer = files.doctor(ANNE, skill="").skill(ANNE, "SM04").only()
    assert offer["specialties"] == ["SM04"]
    assert offer["specialty_groups"] == ["cardiology"]
    assert "Cardiologie et Maladies vasculaires" in offer["labels"]


def test_skills_of_another_profession_of_the_same_person_stay_out(files: FileSet) -> None:
    files.doctor(ANNE, profession="60", skill="", civility="").skill(ANNE, "SM04", "10")
    assert "specialties" not in files.only()


@pytest.mark.parametrize("code", ["SM26", "SM53", "SM54"])
def test_every_code_of_general_medicine_is_in_its_group(files: FileSet, code: str) -> None:
    assert files.doctor(ANNE, skill=code).only()["specialty_groups"] == ["general_medicine"]


def test_a_skill_on_a_row_that_is_not_shown_serves_when_there_is_no_other(files: FileSet) -> None:
    files.doctor(ANNE, skill="").doctor(ANNE, FLORAC, practice=rang(ANNE, 2), sector="SA01")
    assert files.only()["specialties"] == ["SM54"]


def test_every_spelling_of_a_name_finds_its_bearer(files: FileSet) -> None:
    files.doctor(ANNE, name=("LE GALL", "Anne")).doctor(ANNE, name=("LEGALL", "Anne-Marie"))
    names = files.only()["names"]
    assert {"LE GALL Anne", "LEGALL Anne-Marie", "Anne LE GALL", "Anne-Marie LEGALL"} <= set(names)


def test_a_nurse_who_is_an_osteopath_too_has_both_labels(files: FileSet) -> None:
    plain = {"skill": "", "civility": ""}
    files.doctor(ANNE, profession="71", **plain).doctor(ANNE, profession="60", **plain)
    offer = files.only()
    assert offer["profession"] == "60"
    assert {"Infirmier", "Ostéopathe"} <= set(offer["labels"])


@pytest.mark.proves("F033")
def test_rows_out_of_the_scope_of_the_sas_are_counted_and_not_shown(files: FileSet) -> None:
    files.doctor(ANNE).doctor(BRUNO, sector="SA50").doctor(BRUNO, category="E")
    files.doctor(BRUNO, sector="SA01")
    quarantines = Quarantines()
    assert {offer["rpps"] for offer in files.offers(quarantines).values()} == {ANNE}
    skipped = quarantines.as_json()["rpps"]["skipped"]
    assert skipped == {"billing_place": 1, "student": 1, "sector_not_shown": 1}


def test_who_has_only_an_adeli_number_is_counted_and_not_shown(files: FileSet) -> None:
    row = {
        "Type d'identifiant PP": "0",
        "Identifiant PP": "750123456",
        "Identification nationale PP": "0750123456",
        "Code profession": "93",
        "Code catégorie professionnelle": "C",
        "Code secteur d'activité": "SA07",
        **MENDE,
    }
    quarantines = Quarantines()
    assert files.activity(row).offers(quarantines) == {}
    assert quarantines.as_json()["rpps"]["skipped"] == {"without_rpps": 1}


@pytest.mark.proves("F024")
def test_a_place_nobody_can_locate_is_set_aside_with_its_line(files: FileSet) -> None:
    nowhere = {"postal_code": "00000", "insee": "", "city": "ZZYZX"}
    quarantines = Quarantines()
    assert files.doctor(ANNE).doctor(BRUNO, **nowhere).offers(quarantines).keys() == {
        f"rpps:{ANNE}@4{rang(ANNE)}"
    }
    (row,) = quarantines.get_quarantine("rpps").samples[Reason.NOT_LOCATED]
    assert row.line == 3
    assert row.raw == f"8{BRUNO}"


def test_a_place_abroad_is_counted_and_not_shown(files: FileSet) -> None:
    abroad = {"country": "99132", "postal_code": "GL", "city": "CHELTENHAM", "insee": ""}
    quarantines = Quarantines()
    assert files.doctor(ANNE, **abroad).offers(quarantines) == {}
    assert quarantines.as_json()["rpps"]["skipped"] == {"abroad": 1}


def test_a_place_overseas_has_its_own_zone_and_territory(files: FileSet) -> None:
    offer = files.doctor(ANNE, CAYENNE).only()
    assert (offer["department"], offer["timezone"]) == ("973", "America/Cayenne")
    assert offer["landmass"] == "guyane"
    assert offer["territory"] == "SAS-973"


def test_the_point_of_the_site_serves_its_professionals(files: FileSet) -> None:
    files.site(MSP, "603", "MSP DES TANNEURS")
    files.doctor(ANNE, finess=MSP, former=f"1{MSP}", technical=f"F{MSP}")
    offer = files.offers()[f"rpps:{ANNE}@1{MSP}"]
    assert offer["point"] == pytest.approx({"lat": 44.519, "lon": 3.499})
    assert offer["precision"] == "street"
    assert offer["sources"]["point"] == {"source": "finess", "date": "2026-11-20"}
    assert offer["phones"] == ["+33466000001"]
    assert offer["sources"]["phones"] == {"source": "finess-plus", "date": "2026-10-18"}
    assert "Maison de santé" in offer["labels"]


def test_a_site_found_by_siret_alone_serves_too(files: FileSet) -> None:
    siret = "44306184100047"
    files.site(MSP, "603", "MSP DES TANNEURS", siret=siret)
    files.doctor(ANNE, siret=siret, former=f"3{siret}", technical=f"C{siret}")
    offer = files.offers()[f"rpps:{ANNE}@3{siret}"]
    assert offer["finess"] == MSP
    assert offer["precision"] == "street"


def test_the_point_of_a_site_in_another_town_does_not_serve(files: FileSet) -> None:
    files.site(MSP, "603", "MSP DES TANNEURS")
    files.doctor(ANNE, FLORAC, finess=MSP, former=f"1{MSP}", technical=f"F{MSP}")
    offer = files.offers()[f"rpps:{ANNE}@1{MSP}"]
    assert (offer["city"], offer["precision"]) == ("Florac Trois Rivières", "municipality")


def test_nobody_is_shown_at_a_closed_site(files: FileSet) -> None:
    files.site(MSP, "603", "MSP DES TANNEURS", closed="2026-01-31")
    files.doctor(ANNE, finess=MSP, former=f"1{MSP}", technical=f"F{MSP}")
    quarantines = Quarantines()
    assert files.offers(quarantines) == {}
    assert quarantines.as_json()["rpps"]["skipped"] == {"closed": 1}


def test_a_health_centre_is_one_by_its_finess_even_when_the_sector_says_another(
    files: FileSet,
) -> None:
    files.site(CENTRE, "124", "CENTRE DE SANTE DE MENDE")
    files.doctor(ANNE, finess=CENTRE, former=f"1{CENTRE}", technical=f"F{CENTRE}", sector="SA08")
    assert files.offers()[f"rpps:{ANNE}@1{CENTRE}"]["activity_sector"] == "SA05"


@pytest.mark.parametrize(
    ("general", "practice", "gender"),
    [
        ("MME", "DR", "female"),
        ("MLLE", "", "female"),
        ("M", "PR", "male"),
        ("", "MME", "female"),
        ("", "DR", None),
    ],
)
def test_the_gender_is_that_of_the_civility_and_no_title_tells_it(
    files: FileSet, general: str, practice: str, gender: str | None
) -> None:
    offer = files.doctor(ANNE, civility=practice, general_civility=general).only()
    assert offer.get("gender") == gender
    assert offer.get("civility") == (practice or general)


def test_the_places_of_a_doctor_are_one_person(files: FileSet) -> None:
    files.doctor(ANNE).doctor(ANNE, FLORAC, practice=rang(ANNE, 2))
    offers = list(files.offers().values())
    assert [offer["person_key"] for offer in offers] == [ANNE, ANNE]
    assert len({offer["id"] for offer in offers}) == 2


def test_fair_keys_depend_on_the_id_only_and_fit_31_bits() -> None:
    keys = [fair_key(f"rpps:{number:011d}@addr-0") for number in range(5000)]
    assert keys == [fair_key(f"rpps:{number:011d}@addr-0") for number in range(5000)]
    assert len(set(keys)) == len(keys)
    assert min(keys) >= 0
    assert 2 ** (FAIR_KEY_BITS - 1) < max(keys) < 2**FAIR_KEY_BITS


@pytest.mark.parametrize(
    ("civility", "profession", "title"),
    [
        ("DR", "10", "Dr Anne-Marie LE GALL"),
        ("PR", "10", "Pr Anne-Marie LE GALL"),
        ("", "10", "Dr Anne-Marie LE GALL"),
        ("MME", "40", "Dr Anne-Marie LE GALL"),
        ("MME", "60", "Anne-Marie LE GALL"),
        ("", "50", "Anne-Marie LE GALL"),
    ],
)
def test_titles(civility: str, profession: str, title: str) -> None:
    assert person_title(civility, profession, "ANNE-MARIE", "Le Gall") == title


def test_given_names_written_by_hand_keep_their_case() -> None:
    assert capitalise_given_name("DeAndre") == "DeAndre"
    assert capitalise_given_name("jean pierre") == "Jean Pierre"
