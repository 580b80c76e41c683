"""FINESS, headed form: a hundred real sites of Ain (Licence Ouverte), and its damages."""

from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from indexers.quality.quarantine import Quarantine
from indexers.quality.reasons import Reason
from indexers.sources.finess import (
    Structure,
    detect_finess_form,
    read_structures,
    source_date,
    structure_exclusion_reason,
)
from indexers.sources.finess.header_form import COLUMNS
from indexers.sources.reading.errors import LayoutError

FILE = Path(__file__).parents[2] / "fixtures/finess/finess-2020-ain-100.csv"
HEADER, FIRST = FILE.read_text().splitlines()[:2]


@pytest.fixture(scope="module")
def quarantine() -> Quarantine:
    return Quarantine("finess")


@pytest.fixture(scope="module")
def sites(quarantine: Quarantine) -> list[Structure]:
    return list(read_structures(FILE, quarantine))


def read(path: Path, *lines: str) -> tuple[list[Structure], Quarantine]:
    path.write_text("\n".join(lines) + "\n")
    quarantine = Quarantine("finess")
    return list(read_structures(path, quarantine)), quarantine


def test_the_columns_are_those_of_the_file() -> None:
    assert ";".join(COLUMNS) == HEADER
    assert len(COLUMNS) == 42


def test_all_hundred_sites_are_read(sites: list[Structure], quarantine: Quarantine) -> None:
    assert len(sites) == len({site["finess"] for site in sites}) == 100
    assert quarantine.read == 100
    assert not quarantine.rejected
    assert not quarantine.unknown


def test_every_site_has_what_a_card_needs(sites: list[Structure]) -> None:
    for site in sites:
        assert site["name"]
        assert site["category"]
        assert site["address"]["insee"].startswith("01")
        assert site["address"]["postal_code"].startswith("01")
        assert site["address"]["city"]
        (pair,) = site["coordinates"]
        assert 830_000 < float(pair["x"]) < 950_000
        assert 6_500_000 < float(pair["y"]) < 6_600_000
        assert pair["source"].endswith("LAMBERT_93")
    assert sum("line" in site["address"] for site in sites) == 97
    assert all(len(phone) == 12 for site in sites for phone in site.get("phones", ()))
    assert sum("phones" in site for site in sites) == 92


def test_no_warning_but_characters_lost_before_publication(
    sites: list[Structure], quarantine: Quarantine
) -> None:
    """Trap 5: the file holds U+FFFD; identifiers, dates and phones of real sites are sound."""
    assert set(quarantine.warned) == {Reason.LOST_CHARACTER}


def test_a_quoted_field_with_doubled_quotes(sites: list[Structure]) -> None:
    (site,) = (s for s in sites if s["finess"] == "010003119")
    assert site.get("name") == 'SERVICE D\'ACCUEIL DE JOUR - ASSOCIATION "VIVRE EN VILLE 01"'
    assert "siret" not in site


def test_street_types_are_spelled_out(sites: list[Structure]) -> None:
    lines = {site["finess"]: site["address"].get("line") for site in sites}
    assert lines["010000024"] == "900 ROUTE DE PARIS"
    assert lines["010003507"] == "100 GRANDE RUE"
    assert lines["010002269"] == "1820 GRANDE RUE"
    assert lines["010000107"] == "CHEMIN DES NIVRES"


def test_postal_distribution_is_no_part_of_the_street(sites: list[Structure]) -> None:
    """Trap 36: BP and CEDEX."""
    (site,) = (s for s in sites if s["finess"] == "010000065")
    assert site["address"] == {
        "line": "14 RUE DE L'HOPITAL",
        "complement": "BP 615",
        "postal_code": "01606",
        "city": "TREVOUX CEDEX",
        "insee": "01427",
    }


def test_several_sites_at_one_point_are_kept(sites: list[Structure]) -> None:
    """Trap 34: three sites of Plateau d'Hauteville share their address."""
    lines = Counter(site["address"].get("line") for site in sites)
    assert lines["AVENUE FELIX MANGINI"] == 3


def test_pharmacies_show_and_social_work_does_not(sites: list[Structure]) -> None:
    today = date(2026, 11, 23)
    hidden = {s["category"] for s in sites if structure_exclusion_reason(s, today) is not None}
    shown = {s["category"] for s in sites if structure_exclusion_reason(s, today) is None}
    assert "620" in shown
    assert hidden.isdisjoint(shown | {"500", "127", "189", "202"})
    assert hidden


def test_its_day_is_that_of_the_latest_update() -> None:
    """Trap 11: 2020 data is told to be of 2020."""
    assert source_date(FILE) == date(2020, 12, 30)


def test_columns_reordered_added_and_missing(tmp_path: Path) -> None:
    """Trap 3."""
    values = dict(zip(COLUMNS, FIRST.split(";"), strict=True))
    names = [name for name in reversed(COLUMNS) if name != "sourcegeocod"]
    header = ";".join(["nouveau", *names])
    row = ";".join(["?", *(values[name] for name in names)])
    (site,), quarantine = read(tmp_path / "finess.csv", header, row)
    assert site["finess"] == "010000024"
    assert site["coordinates"] == [{"x": "870215.7", "y": "6571590.5"}]
    assert quarantine.unknown == {"nouveau": 1}


def test_zeros_eaten_by_a_spreadsheet_come_back(tmp_path: Path) -> None:
    """Trap 14."""
    damaged = (
        FIRST.replace("010000024", "10000024")
        .replace("010780054", "10780054")
        .replace(";01451;01440;", ";1451;1440;")
        .replace("04 74 45 46 47", "474454647")
        .replace("26010004500012", "2,601E+13")
    )
    (site,), quarantine = read(tmp_path / "finess.csv", HEADER, damaged)
    assert (site["finess"], site["legal_finess"]) == ("010000024", "010780054")
    assert (site["address"]["insee"], site["address"]["postal_code"]) == ("01451", "01440")
    assert site["phones"] == ["+33474454647"]
    assert "siret" not in site
    assert quarantine.warned[Reason.IDENTIFIER_DROPPED] == 1


def test_an_open_quote_does_not_swallow_the_next_line(tmp_path: Path) -> None:
    """Trap 1."""
    odd = FIRST.replace(";CH DE FLEYRIAT;", ';"CH DE FLEYRIAT;')
    other = FIRST.replace("010000024", "010000032", 1)
    sites, quarantine = read(tmp_path / "finess.csv", HEADER, odd, other)
    assert [site["finess"] for site in sites] == ["010000024", "010000032"]
    assert not quarantine.rejected


def test_a_site_without_point_has_no_coordinates(tmp_path: Path) -> None:
    bare = FIRST.replace("870215.7;6571590.5;", ";;")
    (site,), _ = read(tmp_path / "finess.csv", HEADER, bare)
    assert "coordinates" not in site


def test_a_short_row_and_a_cut_one(tmp_path: Path) -> None:
    """Traps 2 and 8."""
    path = tmp_path / "finess.csv"
    path.write_text(f"{HEADER}\n1;2;3\n{FIRST[:200]}")
    quarantine = Quarantine("finess")
    assert list(read_structures(path, quarantine)) == []
    assert quarantine.rejected == {Reason.COLUMN_COUNT: 1, Reason.TRUNCATED_LINE: 1}


@pytest.mark.parametrize("bom", [b"", b"\xef\xbb\xbf"])
def test_the_form_is_told_by_the_content_not_the_name(tmp_path: Path, bom: bytes) -> None:
    """Trap 4."""
    path = tmp_path / "structures.bin"
    path.write_bytes(bom + f"{HEADER}\n{FIRST}\n".encode())
    assert detect_finess_form(path) == "finess-headed"
    (site,) = read_structures(path, Quarantine("finess"))
    assert site["finess"] == "010000024"


@pytest.mark.parametrize("content", ["", "a;b;c\n1;2;3\n", "<html>404</html>", "[1, 2]"])
def test_anything_else_is_refused(tmp_path: Path, content: str) -> None:
    path = tmp_path / "finess.csv"
    path.write_text(content)
    with pytest.raises(LayoutError, match="no FINESS file"):
        read_structures(path, Quarantine("finess"))


def test_a_header_without_what_matters_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "finess.csv"
    path.write_text("nofinesset;rs\n010000024;X\n")
    with pytest.raises(LayoutError, match="categetab"):
        list(read_structures(path, Quarantine("finess")))
