"""FINESS+, the JSON form: addresses, states, duplicates, keys that differ, cut files."""

import gzip
import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from indexers.quality.quarantine import Quarantine
from indexers.quality.reasons import Reason
from indexers.sources.finess import (
    Structure,
    is_open,
    read_structures,
    source_date,
    structure_exclusion_reason,
)
from indexers.sources.reading.errors import CutFileError

FILE = Path(__file__).parents[2] / "fixtures/finess/finess-structures-journalier-20260905.json"
TODAY = date(2026, 11, 23)


@pytest.fixture(scope="module")
def quarantine() -> Quarantine:
    return Quarantine("finess")


@pytest.fixture(scope="module")
def sites_by_name(quarantine: Quarantine) -> dict[str, Structure]:
    return {site.get("name", ""): site for site in read_structures(FILE, quarantine)}


def test_a_site_of_the_published_sample(sites_by_name: dict[str, Structure]) -> None:
    assert sites_by_name["CLINIQUE DOCTEUR CONVERT"] == {
        "line": 1,
        "source": "finess-plus",
        "finess": "010780195",
        "legal_finess": "010000156",
        "name": "CLINIQUE DOCTEUR CONVERT",
        "category": "365",
        "siret": "77220148900022",
        "opened": "2010-01-01",
        "updated": "2026-09-01",
        "ban_key": "01053_1950_00062",
        "address": {
            "line": "62 AVENUE DE JASSERON",
            "complement": "BP 132",
            "postal_code": "01000",
            "city": "BOURG EN BRESSE",
            "insee": "01053",
        },
        "phones": ["+33428631234"],
        "coordinates": [
            {"x": "6570414.61", "y": "873766.07", "source": "coordonnee"},
            {"x": "5.254203", "y": "46.211257", "source": "direction"},
        ],
    }


def test_the_address_of_the_site_is_taken_by_its_use_not_its_rank(
    sites_by_name: dict[str, Structure],
) -> None:
    """A site has up to 150 addresses; the legal entity's and a secondary one stand before."""
    site = sites_by_name["CENTRE DE SANTE FICTIF DES HALLES"]
    assert site["address"] == {
        "line": "9 RUE DES HALLES",
        "postal_code": "01440",
        "city": "VIRIAT",
        "insee": "01451",
    }


def test_both_pairs_of_coordinates_are_passed_on_unjudged(
    sites_by_name: dict[str, Structure],
) -> None:
    """Degrees are in one pair for some sites, in the other for the rest: a known fault."""
    degrees_first = sites_by_name["CENTRE DE SANTE FICTIF DES HALLES"]["coordinates"]
    assert degrees_first[0] == {"x": "5.209181", "y": "46.222286", "source": "coordonnee"}
    numbers = sites_by_name["CLES DIFFERENTES"]
    assert numbers["coordinates"] == [{"x": "5.25", "y": "46.2", "source": "coordonnee"}]
    assert numbers["ban_key"] == "01053"
    assert "coordinates" not in sites_by_name["MSP FICTIVE DU PORT"]


def test_two_phones_in_one_field_of_the_main_contact(sites_by_name: dict[str, Structure]) -> None:
    """Trap 56; the number of the secondary contact is not the site's."""
    site = sites_by_name["CENTRE DE SANTE FICTIF DES HALLES"]
    assert site["phones"] == ["+33474000011", "+33474000012"]


def test_an_email_is_read_from_its_field_and_from_the_phone(
    sites_by_name: dict[str, Structure],
) -> None:
    """Trap 57."""
    assert sites_by_name["CPTS FICTIVE BRESSE"]["email"] == "contact@cpts-exemple.fr"
    assert sites_by_name["CABINET FICTIF"]["email"] == "accueil@cds-exemple.fr"
    assert "phones" not in sites_by_name["CABINET FICTIF"]


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("CENTRE DE SANTE FICTIF DES HALLES", None),
        ("MSP FICTIVE FERMEE", Reason.CLOSED),
        ("MSP FICTIVE QUI FERMERA", None),
        ("PHARMACIE FICTIVE INACTIVE", Reason.CLOSED),
        ("IME FICTIF", Reason.KIND_NOT_SHOWN),
    ],
)
def test_closed_and_out_of_scope_sites_are_told_not_lost(
    sites_by_name: dict[str, Structure], name: str, reason: Reason | None
) -> None:
    """Traps 29 and 30: the RPPS still refers to closed sites, so they are read."""
    assert structure_exclusion_reason(sites_by_name[name], TODAY) is reason


def test_a_site_closes_on_the_day_it_says(sites_by_name: dict[str, Structure]) -> None:
    """Trap 30."""
    site = sites_by_name["MSP FICTIVE QUI FERMERA"]
    assert is_open(site, date(2027, 6, 29))
    assert not is_open(site, date(2027, 6, 30))


def test_duplicates_and_sites_without_number(
    sites_by_name: dict[str, Structure], quarantine: Quarantine
) -> None:
    """Trap 20: the first of a FINESS is kept, a repeated technical identifier only warns."""
    assert "DOUBLON DE NUMERO" not in sites_by_name
    assert sites_by_name["DOUBLON D'IDENTIFIANT"]["finess"] == "019000041"
    assert quarantine.read == 16
    assert quarantine.rejected == {Reason.FINESS_DUPLICATE: 1, Reason.FINESS_MISSING: 1}
    assert quarantine.samples[Reason.EGE_ID_DUPLICATE][0].raw == "1004"
    assert "SANS NUMERO FINESS" in quarantine.samples[Reason.FINESS_MISSING][0].raw


def test_keys_that_differ_from_the_schema_are_read_and_counted(
    sites_by_name: dict[str, Structure], quarantine: Quarantine
) -> None:
    """Trap 12: another case is the same key, an unknown key is counted by its place."""
    assert sites_by_name["CLES DIFFERENTES"]["category"] == "603"
    assert quarantine.unknown == {
        "pmej.nouvelleCle": 1,
        "ege.nouveaute": 1,
        "informationsGeneralesEGE.labelQualite": 1,
    }


def test_a_wrong_control_digit_only_warns(
    sites_by_name: dict[str, Structure], quarantine: Quarantine
) -> None:
    """Trap 21: 510032549 is published and fails."""
    assert sites_by_name["CENTRE FICTIF A CLE FAUSSE"]["finess"] == "510032549"
    assert quarantine.samples[Reason.KEY_CHECK_FAILED][0].raw == "finess 510032549"


def test_several_sites_at_one_address_are_all_kept(sites_by_name: dict[str, Structure]) -> None:
    """Trap 34."""
    port = [site for name, site in sites_by_name.items() if name.endswith(" DU PORT")]
    assert [site["category"] for site in port] == ["603", "124", "620"]
    assert {site["address"]["line"] for site in port} == {"10 QUAI DU PORT"}


def test_the_seat_of_a_cpts_is_all_that_is_known_of_it(sites_by_name: dict[str, Structure]) -> None:
    """Trap 35: its seat may be outside its territory; members and communes come elsewhere."""
    site = sites_by_name["CPTS FICTIVE BRESSE"]
    assert (site["category"], site["address"]["insee"]) == ("604", "69123")


def test_saint_martin_has_its_commune_of_today(sites_by_name: dict[str, Structure]) -> None:
    """Trap 40."""
    assert sites_by_name["IME FICTIF"]["address"]["insee"] == "97801"
    assert sites_by_name["IME FICTIF"]["phones"] == ["+590590000007"]


def test_the_day_of_the_data_is_told_by_the_file() -> None:
    """Trap 11."""
    assert source_date(FILE) == date(2026, 9, 5)


def test_a_file_without_its_day_has_none(tmp_path: Path) -> None:
    path = tmp_path / "finess-structures.json"
    path.write_text('{"pmej": [], "generatedAt": "2026-09-05T03:49:37Z"}')
    assert source_date(path) is None
    path.write_text('{"generatedAt": "hier", "pmej": []}')
    assert source_date(path) is None


def test_half_a_register_does_not_pass_for_one(tmp_path: Path) -> None:
    """Trap 9."""
    path = tmp_path / "finess-structures.json"
    content = FILE.read_bytes()
    path.write_bytes(content[: len(content) * 2 // 3])
    with pytest.raises(CutFileError, match="download it again"):
        list(read_structures(path, Quarantine("finess")))


def test_a_packed_register_that_was_cut_is_told(tmp_path: Path) -> None:
    path = tmp_path / "finess-structures.json.gz"
    sites = b'{"x":{}},' * 9_000
    path.write_bytes(gzip.compress(b'{"pmej": [' + sites + b'{"x":{}}]}')[:-12])
    with pytest.raises(CutFileError, match="packed and cut"):
        list(read_structures(path, Quarantine("finess")))


def test_broken_json_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "finess-structures.json"
    path.write_text('{"pmej": [ {} ] ]}')
    with pytest.raises(CutFileError, match="not JSON to its end"):
        list(read_structures(path, Quarantine("finess")))
    path.write_text('{"generatedAt": ,')
    with pytest.raises(CutFileError, match="not JSON to its end"):
        source_date(path)


@pytest.mark.parametrize(
    "ege",
    [
        {},
        {"informationsGeneralesEGE": None},
        {"informationsGeneralesEGE": [], "adresse": None, "contact": "x"},
        {"informationsGeneralesEGE": {"numFinessEge": {"value": "010000024"}}},
    ],
)
def test_a_site_of_another_shape_is_set_aside(tmp_path: Path, ege: dict[str, Any]) -> None:
    path = tmp_path / "finess-structures.json"
    path.write_text(json.dumps({"pmej": [{"ege": [ege]}, "odd", {"ege": None}]}))
    quarantine = Quarantine("finess")
    assert list(read_structures(path, quarantine)) == []
    assert quarantine.rejected == {Reason.FINESS_MISSING: 1}


def test_one_object_where_a_list_is_expected_is_read(tmp_path: Path) -> None:
    path = tmp_path / "finess-structures.json"
    address = {"codePostal": 1000, "cogCommune": "1053", "ligneAcheminement": "BOURG EN BRESSE"}
    ege = {
        "informationsGeneralesEGE": {"numFinessEge": "10000024", "dateOuverture": "00/00/0000"},
        "adresse": address,
    }
    path.write_text(json.dumps({"pmej": {"0": 1}}))
    assert list(read_structures(path, Quarantine("finess"))) == []
    path.write_text(json.dumps({"pmej": [{"ege": ege}]}))
    quarantine = Quarantine("finess")
    (site,) = read_structures(path, quarantine)
    assert site["finess"] == "010000024"
    assert site["address"]["postal_code"] == "01000"
    assert site["address"]["insee"] == "01053"
    assert "opened" not in site
    assert quarantine.warned == {Reason.DATE_DROPPED: 1}
