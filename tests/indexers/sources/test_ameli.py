"""Conventions of the open Ameli file: whose they are, or nobody's (trap 17)."""

import csv
import io
import random
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from indexers.quality.quarantine import Quarantine
from indexers.quality.reasons import Reason
from indexers.runs.folder import Quarantines
from indexers.sources.ameli import values
from indexers.sources.ameli.reader import read_contracts, source_date
from indexers.sources.ameli.towns import town
from indexers.sources.published import TwoEditionsError
from indexers.sources.reading.errors import LayoutError
from mappings.records import Offer
from tests.indexers.file_set import AT, FLORAC, MENDE, FileSet, rang

ANNE, BRUNO, CHLOE = "10100000016", "10100000024", "10100000032"
COLUMNS = (
    *("ps_activite_nom", "ps_activite_prenom", "ps_activite_civilite", "specialite_code"),
    *("type_ps_code", "coordonnees_voie", "coordonnees_code_postal", "coordonnees_ville"),
    *("secteur_conventionnel_code", "secteur_conventionnel_libelle", "option_tarifaire_libelle"),
    "ps_activite_sesam_vitale",
)
IN_MENDE = {
    "ps_activite_nom": "MARTIN",
    "ps_activite_prenom": "ANNE",
    "specialite_code": "01",
    "type_ps_code": "1",
    "coordonnees_voie": "12 RUE DES TANNEURS",
    "coordonnees_code_postal": "48000",
    "coordonnees_ville": "MENDE",
    "secteur_conventionnel_code": "1",
    "secteur_conventionnel_libelle": "Secteur 1",
}
IN_FLORAC = {
    **IN_MENDE,
    "coordonnees_voie": "3 PL DE L'ESPLANADE",
    "coordonnees_code_postal": "48400",
    "coordonnees_ville": "FLORAC TROIS RIVIERES",
}
SECTOR_2 = {"secteur_conventionnel_code": "3", "secteur_conventionnel_libelle": "Secteur 2"}
ELSEWHERE = {**MENDE, f"Numéro Voie {AT}": "40", f"Libellé Voie {AT}": "DU SOUBEYRAN"}
LINE_ELSEWHERE = {"coordonnees_voie": "40 RUE DU SOUBEYRAN"}


@pytest.fixture
def files(tmp_path: Path) -> FileSet:
    return FileSet(tmp_path / "in")


def ameli_csv(*rows: Mapping[str, str], columns: tuple[str, ...] = COLUMNS) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";", quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerow(columns)
    writer.writerows([row.get(column, "") for column in columns] for row in rows)
    return b"\xef\xbb\xbf" + text.getvalue().encode()


def build_offers_with_ameli(
    files: FileSet, *rows: Mapping[str, str]
) -> tuple[dict[str, Offer], Mapping[Reason, int]]:
    """The offers by RPPS and department, and what was left in doubt."""
    (files.directory / "liste-ps-20261120.csv").write_bytes(ameli_csv(*rows))
    quarantines = Quarantines()
    offers = files.offers(quarantines)
    assert not quarantines.get_quarantine("ameli").rejected
    return offers, quarantines.get_quarantine("ameli").skipped


def sectors(offers: Mapping[str, Offer]) -> dict[str, str | None]:
    return {offer["rpps"] + " " + offer["insee"]: offer.get("sector") for offer in offers.values()}


@pytest.mark.proves("F080")
def test_a_name_a_trade_and_a_town_that_one_person_has_give_the_sector(files: FileSet) -> None:
    row = {**IN_MENDE, "option_tarifaire_libelle": "OPTAM", "ps_activite_sesam_vitale": "O"}
    offers, doubts = build_offers_with_ameli(files.doctor(ANNE), row)
    (offer,) = offers.values()
    assert (offer["sector"], offer["optam"], offer["vitale"]) == ("1", True, True)
    assert offer["sources"]["convention"] == {"source": "ameli", "date": "2026-11-20"}
    assert not doubts


@pytest.mark.parametrize(
    ("registered", "row"),
    [
        (("MARTIN", "Hélène"), {"ps_activite_prenom": "HELENE"}),
        (
            ("LE GALL", "Jean-Pierre"),
            {"ps_activite_nom": "Le Gall", "ps_activite_prenom": "JEAN PIERRE"},
        ),
        (("D'ÉPINAY", "Zoë"), {"ps_activite_nom": "D EPINAY", "ps_activite_prenom": "ZOE"}),
        (("DURAND-MARTIN", "Anne"), {"ps_activite_nom": "MARTIN DURAND"}),
        (("DURAND", "Anne"), {"ps_activite_nom": "DURAND EP MARTIN"}),
        (("MARTIN DURAND", "Anne"), {"ps_activite_civilite": "Mme"}),
        (("MARTIN", "Anne"), {"specialite_code": "1"}),
    ],
)
def test_spellings_of_one_person(
    files: FileSet, registered: tuple[str, str], row: dict[str, str]
) -> None:
    """Accents, hyphens, order of two names, one of a woman's two names, a zero eaten."""
    offers, _ = build_offers_with_ameli(files.doctor(ANNE, name=registered), {**IN_MENDE, **row})
    assert sectors(offers) == {f"{ANNE} 48095": "1"}


@pytest.mark.parametrize(
    ("registered", "row"),
    [
        (("GALL", "Anne"), {"ps_activite_nom": "LE GALL"}),
        (("MARTIN", "Anne-Marie"), {}),
        (("MARTIN DURAND", "Anne"), {"ps_activite_civilite": "M."}),
        (("MARTINEZ", "Anne"), {}),
        (("MARTIN", "Anne"), {"specialite_code": "24"}),
        (("MARTIN", "Anne"), {"specialite_code": "03"}),
        (("MARTIN", "Anne"), {"coordonnees_code_postal": "48400", "coordonnees_ville": "FLORAC"}),
    ],
)
def test_somebody_else_is_not_taken_for_her(
    files: FileSet, registered: tuple[str, str], row: dict[str, str]
) -> None:
    """A particle, another given name, a man's double name, a likeness, a trade, a town."""
    offers, doubts = build_offers_with_ameli(
        files.doctor(ANNE, name=registered), {**IN_MENDE, **row}
    )
    assert sectors(offers) == {f"{ANNE} 48095": None}
    assert doubts == {Reason.CONVENTION_NOT_FOUND: 1}


def test_homonyms_of_a_town_are_told_apart_by_their_address_only(files: FileSet) -> None:
    files.doctor(ANNE).doctor(BRUNO, ELSEWHERE)
    rows = ({**IN_MENDE}, {**IN_MENDE, **SECTOR_2, **LINE_ELSEWHERE})
    offers, doubts = build_offers_with_ameli(files, *rows)
    assert sectors(offers) == {f"{ANNE} 48095": "1", f"{BRUNO} 48095": "3"}
    assert not doubts


def test_homonyms_that_one_contract_may_be_of_are_left_alone(files: FileSet) -> None:
    """One row, of one of two: he who is at its address has it, the other has nothing."""
    files.doctor(ANNE).doctor(BRUNO, ELSEWHERE)
    offers, doubts = build_offers_with_ameli(files, IN_MENDE)
    assert sectors(offers) == {f"{ANNE} 48095": "1", f"{BRUNO} 48095": None}
    assert doubts == {Reason.CONVENTION_HOMONYM: 1}
    offers, doubts = build_offers_with_ameli(
        files, {**IN_MENDE, "coordonnees_voie": "CENTRE MEDICAL"}
    )
    assert sectors(offers) == {f"{ANNE} 48095": None, f"{BRUNO} 48095": None}
    assert doubts == {Reason.CONVENTION_HOMONYM: 2}


def test_homonyms_at_one_address_are_left_alone(files: FileSet) -> None:
    files.doctor(ANNE).doctor(BRUNO)
    offers, doubts = build_offers_with_ameli(files, IN_MENDE)
    assert set(sectors(offers).values()) == {None}
    assert doubts == {Reason.CONVENTION_HOMONYM: 2}


def test_contracts_that_differ_are_ambiguous_unless_one_is_at_the_address(files: FileSet) -> None:
    """Somebody the register does not know bears the same name in the town."""
    files.doctor(ANNE)
    other = {**IN_MENDE, **SECTOR_2, **LINE_ELSEWHERE}
    offers, _ = build_offers_with_ameli(files, IN_MENDE, other)
    assert sectors(offers) == {f"{ANNE} 48095": "1"}
    nowhere = {**IN_MENDE, "coordonnees_voie": "CABINET"}
    offers, doubts = build_offers_with_ameli(files, nowhere, other)
    assert sectors(offers) == {f"{ANNE} 48095": None}
    assert doubts == {Reason.CONVENTION_AMBIGUOUS: 1}


def test_contracts_that_agree_are_no_doubt_but_for_what_they_do_not_share(files: FileSet) -> None:
    second = {**IN_MENDE, **LINE_ELSEWHERE, "option_tarifaire_libelle": "OPTAM"}
    offers, doubts = build_offers_with_ameli(files.doctor(ANNE), second, IN_MENDE)
    (offer,) = offers.values()
    assert (offer["sector"], offer.get("optam"), dict(doubts)) == ("1", None, {})


def test_two_places_have_each_their_sector(files: FileSet) -> None:
    files.doctor(ANNE).doctor(ANNE, FLORAC, practice=rang(ANNE, 2))
    offers, _ = build_offers_with_ameli(files, IN_MENDE, {**IN_FLORAC, **SECTOR_2})
    assert sectors(offers) == {f"{ANNE} 48095": "1", f"{ANNE} 48061": "3"}


def test_a_contract_under_the_name_of_another_row_is_hers(files: FileSet) -> None:
    """Under her own name in Mende, registered in Florac under another: both places are told."""
    files.doctor(ANNE).doctor(ANNE, FLORAC, name=("DURAND", "Anne"), practice=rang(ANNE, 2))
    offers, doubts = build_offers_with_ameli(files, IN_MENDE, {**IN_FLORAC, **SECTOR_2})
    assert sectors(offers) == {f"{ANNE} 48095": "1", f"{ANNE} 48061": "3"}
    assert not doubts


def test_two_places_of_one_town_have_each_their_sector_by_address(files: FileSet) -> None:
    files.doctor(ANNE).doctor(ANNE, ELSEWHERE, practice=rang(ANNE, 2))
    offers, _ = build_offers_with_ameli(files, IN_MENDE, {**IN_MENDE, **SECTOR_2, **LINE_ELSEWHERE})
    assert {o["lines"][0]: o.get("sector") for o in offers.values()} == {
        "12 Rue DES TANNEURS": "1",
        "40 Rue DU SOUBEYRAN": "3",
    }


def test_one_of_two_names_is_not_hers_when_another_bears_it_whole(files: FileSet) -> None:
    files.doctor(ANNE, name=("MARTIN", "Anne")).doctor(
        BRUNO, ELSEWHERE, name=("MARTIN DURAND", "Anne")
    )
    offers, doubts = build_offers_with_ameli(files, IN_MENDE)
    assert sectors(offers) == {f"{ANNE} 48095": "1", f"{BRUNO} 48095": None}
    assert doubts == {Reason.CONVENTION_NOT_FOUND: 1}


def test_a_salaried_post_and_a_trade_without_convention_are_not_looked_for(files: FileSet) -> None:
    row = {
        "Code mode exercice": "S",
        "Identifiant PP": ANNE,
        "Identification nationale PP": f"8{ANNE}",
        "Type d'identifiant PP": "8",
        "Nom d'exercice": "MARTIN",
        "Prénom d'exercice": "Anne",
        "Code profession": "10",
        "Code catégorie professionnelle": "C",
        "Code secteur d'activité": "SA05",
        "Identifiant technique de la structure": f"R{rang(ANNE)}",
        **MENDE,
    }
    files.activity(row).doctor(BRUNO, FLORAC, profession="93", skill="")
    offers, doubts = build_offers_with_ameli(files, IN_MENDE)
    assert set(sectors(offers).values()) == {None}
    assert not doubts


PARIS = {
    f"Code postal {AT}": "75015",
    f"Code commune {AT}": "75056",
    f"Libellé commune {AT}": "Paris",
}


@pytest.mark.parametrize(
    ("postal_code", "city", "sector"),
    [
        ("75015", "PARIS", "1"),
        ("75015", "PARIS 15", "1"),
        ("75740", "PARIS CEDEX 15", "1"),
        ("75008", "PARIS", None),
        ("92100", "BOULOGNE BILLANCOURT", None),
    ],
)
def test_a_district_is_a_town_of_its_own(
    files: FileSet, postal_code: str, city: str, sector: str | None
) -> None:
    where = {"coordonnees_code_postal": postal_code, "coordonnees_ville": city}
    offers, _ = build_offers_with_ameli(
        files.doctor(ANNE, {**MENDE, **PARIS}), {**IN_MENDE, **where}
    )
    assert [offer.get("sector") for offer in offers.values()] == [sector]


def test_towns_written_by_code_postcode_office_and_former_name_are_one() -> None:
    assert town("48000", "Mende", "48095") == town("48000", "MENDE") == town("48005", "MENDE CEDEX")
    assert town("69003", "LYON", "69123").district == town("69003", "LYON 03").district == "69383"
    assert town("13008", "", "13208").can_match(town("13008", "MARSEILLE"))
    assert town("48400", "Florac", "48061").can_match(town("48400", "FLORAC TROIS RIVIERES"))
    assert not town("99999", "NULLE PART").can_match(town("99998", "NULLE PART"))


def test_without_the_file_nobody_has_a_sector_and_nothing_is_counted(files: FileSet) -> None:
    quarantines = Quarantines()
    (offer,) = files.doctor(ANNE).offers(quarantines).values()
    assert "sector" not in offer
    assert "ameli" not in quarantines.as_json()


def test_columns_are_found_by_name_and_companies_are_counted(tmp_path: Path) -> None:
    path = tmp_path / "ameli.csv"
    company = {**IN_MENDE, "ps_activite_nom": "", "ps_activite_prenom": ""}
    unknown = {**IN_MENDE, "specialite_code": "99", "type_ps_code": "2"}
    silent = {**IN_MENDE, "secteur_conventionnel_libelle": ""}
    path.write_bytes(ameli_csv(IN_MENDE, company, unknown, silent, columns=COLUMNS[::-1]))
    quarantine = Quarantine("ameli")
    (contract,) = read_contracts(path, quarantine)
    assert contract.convention == {"sector": "1"}
    assert quarantine.read == 4
    assert quarantine.skipped == {
        Reason.NOT_A_PERSON: 1,
        Reason.PROFESSION_UNKNOWN: 1,
        Reason.SECTOR_UNKNOWN: 1,
    }


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "is empty"),
        (b"nofinesset;rs\n1;2\n", "ps_activite_nom, ps_activite_prenom"),
        (ameli_csv(IN_MENDE, columns=COLUMNS[:9]), "secteur_conventionnel_libelle"),
        (ameli_csv(IN_MENDE, columns=(*COLUMNS, "ps_activite_nom")), "twice"),
    ],
)
def test_another_file_is_refused(tmp_path: Path, content: bytes, message: str) -> None:
    path = tmp_path / "liste-ps-20261120.csv"
    path.write_bytes(content)
    with pytest.raises(LayoutError, match=message):
        list(read_contracts(path, Quarantine("ameli")))


def test_damaged_lines_are_set_aside_and_the_others_read(tmp_path: Path) -> None:
    path = tmp_path / "ameli.csv"
    whole = ameli_csv(IN_MENDE, IN_FLORAC)
    path.write_bytes(whole + b'"one";"two"\r\n' + whole.splitlines()[1][:40])
    quarantine = Quarantine("ameli")
    assert len(list(read_contracts(path, quarantine))) == 2
    assert quarantine.rejected == {Reason.COLUMN_COUNT: 1, Reason.TRUNCATED_LINE: 1}


@pytest.mark.parametrize(
    ("label", "code"),
    [
        ("Secteur 1", "1"),
        ("Conventionné secteur 1", "1"),
        ("Secteur 2", "3"),
        ("Honoraires libres", "3"),
        ("Secteur 1 avec droit permanent à dépassement", "2"),
        ("Non conventionné", "0"),
        ("Conventionné", "4"),
        ("", ""),
        ("Autre chose", ""),
    ],
)
def test_a_sector_is_read_from_its_label(label: str, code: str) -> None:
    assert values.sector(label) == code


def test_options_and_dates() -> None:
    assert [values.optam(t) for t in ("OPTAM", "OPTAM-ACO", "Non OPTAM", "Aucune", "")] == [
        *(True, True, False, False, False)
    ]
    assert [values.vitale(t) for t in ("O", "non", "?")] == [True, False, None]
    days: list[Any] = [source_date(Path(n)) for n in ("liste-ps-20261120.csv", "ameli.csv")]
    assert [str(day) for day in days] == ["2026-11-20", "None"]


def test_two_editions_are_refused(files: FileSet) -> None:
    for name in ("liste-ps-20261120.csv", "ameli.csv"):
        (files.directory / name).write_bytes(ameli_csv(IN_MENDE))
    with pytest.raises(TwoEditionsError, match=r"ameli\.csv"):
        files.doctor(ANNE).offers()


@pytest.mark.parametrize("seed", range(12))
def test_permuted_rows_give_the_same_conventions(files: FileSet, seed: int) -> None:
    """Contracts of one person that differ, and homonyms: which row comes first decides nothing."""
    anne, bruno = ("MARTIN", "ANNE"), ("DURAND", "BRUNO")
    files.doctor(ANNE, MENDE, anne).doctor(ANNE, FLORAC, anne, practice=rang(ANNE, 2))
    files.doctor(CHLOE, ELSEWHERE, anne).doctor(BRUNO, MENDE, bruno)
    optam = {"option_tarifaire_libelle": "OPTAM", "ps_activite_sesam_vitale": "OUI"}
    his = {**IN_MENDE, "ps_activite_nom": "DURAND", "ps_activite_prenom": "BRUNO"}
    rows = [
        *(IN_MENDE, {**IN_MENDE, **SECTOR_2, **LINE_ELSEWHERE}, {**IN_MENDE, **optam}),
        *(IN_FLORAC, {**IN_FLORAC, **optam}, {**IN_FLORAC, **LINE_ELSEWHERE}),
        *(his, {**his, **optam}, {**his, **LINE_ELSEWHERE}),
    ]
    expected, doubts = build_offers_with_ameli(files, *rows)
    assert {offer.get("sector") for offer in expected.values()} >= {"1", "3"}
    random.Random(seed).shuffle(rows)
    assert build_offers_with_ameli(files, *rows) == (expected, doubts)
