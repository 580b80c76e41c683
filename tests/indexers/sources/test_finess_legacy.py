"""FINESS, legacy form: two sections, glued commune codes, points after the sites.

Lines 2 to 10 of the fixture are sites of the register (Licence Ouverte, ministry of health),
the others are invented.
"""

import tracemalloc
from datetime import date
from pathlib import Path

import pytest

from indexers.quality.quarantine import Quarantine
from indexers.quality.reasons import Reason
from indexers.sources.finess import Structure, detect_finess_form, read_structures, source_date
from indexers.sources.finess.legacy import GEOLOCATION_FIELDS, STRUCTURE_FIELDS, commune_code

FILE = Path(__file__).parents[2] / "fixtures/finess/etalab-cs1100507-stock-20260512-0339.csv"


@pytest.fixture(scope="module")
def quarantine() -> Quarantine:
    return Quarantine("finess")


@pytest.fixture(scope="module")
def sites(quarantine: Quarantine) -> dict[str, Structure]:
    return {site["finess"]: site for site in read_structures(FILE, quarantine)}


def test_there_are_32_and_6_fields() -> None:
    assert (len(STRUCTURE_FIELDS), len(GEOLOCATION_FIELDS)) == (32, 6)


def test_a_site_with_its_point(sites: dict[str, Structure]) -> None:
    assert sites["010000024"] == {
        "line": 2,
        "source": "finess-legacy",
        "finess": "010000024",
        "legal_finess": "010780054",
        "name": "CENTRE HOSPITALIER DE BOURG-EN-BRESSE FLEYRIAT",
        "category": "355",
        "siret": "26010004500012",
        "opened": "1979-02-13",
        "updated": "2020-02-04",
        "address": {
            "line": "900 ROUTE DE PARIS",
            "postal_code": "01440",
            "city": "VIRIAT",
            "insee": "01451",
        },
        "phones": ["+33474454647"],
        "coordinates": [
            {
                "x": "870215.7",
                "y": "6571590.5",
                "source": "1,ATLASANTE,96,BAN,EPSG:2154 RGF93 / Lambert-93 (Métropole)",
            }
        ],
    }


def test_points_join_on_the_number_wherever_they_stand(sites: dict[str, Structure]) -> None:
    with_point = {finess for finess, site in sites.items() if "coordinates" in site}
    assert with_point == {"010000024", "970100012", "980501506", "970500010"}
    assert "EPSG:4471" in sites["980501506"]["coordinates"][0]["source"]


@pytest.mark.parametrize(
    ("finess", "insee"),
    [
        ("970100012", "97101"),
        ("970102018", "97701"),
        ("970100400", "97801"),
        ("970210126", "97207"),
        ("970300026", "97302"),
        ("970409645", "97408"),
        ("970500010", "97502"),
        ("980501506", "97606"),
        ("980600027", "98613"),
        ("2A0000014", "2A004"),
    ],
)
def test_overseas_and_corsican_communes_are_glued(
    sites: dict[str, Structure], finess: str, insee: str
) -> None:
    """Traps 39 and 40: Saint-Barthélemy and Saint-Martin are told by 97133 and 97150."""
    assert sites[finess]["address"]["insee"] == insee


@pytest.mark.parametrize(
    ("commune", "department", "postal_code", "insee"),
    [
        ("451", "01", "01440", "01451"),
        ("4", "1", "01500", "01004"),
        ("127", "9A", "97150", "97801"),
        ("123", "9A", "97133", "97701"),
        ("123", "9A", "97100", "97701"),
        ("101", "9a", "97139", "97101"),
        ("055", "13", "13001", "13055"),
        ("", "01", "01440", ""),
        ("XYZ", "01", "01440", ""),
    ],
)
def test_commune_codes(commune: str, department: str, postal_code: str, insee: str) -> None:
    assert commune_code(commune, department, postal_code) == insee


def test_doubled_quotes_are_one(sites: dict[str, Structure]) -> None:
    assert sites["980501506"]["name"] == 'LIEU DE VIE ET D\'ACCUEIL "MAVOUNA MEMA 1"'


def test_the_repetition_stands_after_the_number(sites: dict[str, Structure]) -> None:
    assert sites["970409645"]["address"]["line"] == "1 C RUE RAYMOND BARRE"
    assert sites["2A0000014"]["address"]["line"] == "7 B BOULEVARD DU ROI JEROME"


def test_phones_overseas_and_doubled(sites: dict[str, Structure]) -> None:
    """Trap 56; six figures are dialled inside Saint-Pierre-et-Miquelon."""
    assert sites["2A0000014"]["phones"] == ["+33495000001", "+33495000002"]
    assert sites["980501506"]["phones"] == ["+262269666815"]
    assert sites["970500010"]["phones"] == ["+508411234"]


def test_padding_and_a_line_of_windows_1252(
    sites: dict[str, Structure], quarantine: Quarantine
) -> None:
    """Traps 5 and 7."""
    assert sites["970300026"]["name"] == "CENTRE HOSPITALIER DE CAYENNE"
    assert quarantine.warned[Reason.NOT_UTF8] == 1
    assert "Médico-Psycho" in quarantine.samples[Reason.NOT_UTF8][0].raw


def test_each_damaged_line_has_its_reason(
    sites: dict[str, Structure], quarantine: Quarantine
) -> None:
    """Traps 2 and 20."""
    lines = {r: [s.line for s in quarantine.samples[r]] for r in quarantine.rejected}
    assert lines == {
        Reason.FINESS_DUPLICATE: [13],
        Reason.FINESS_MISSING: [14],
        Reason.FINESS_INVALID: [15],
        Reason.COLUMN_COUNT: [16],
        Reason.UNKNOWN_SECTION: [17],
    }


def test_a_date_that_is_no_day_is_dropped(
    sites: dict[str, Structure], quarantine: Quarantine
) -> None:
    assert "updated" not in sites["2A0000014"]
    assert quarantine.samples[Reason.DATE_DROPPED][0].raw == "updated 2021-02-30"


def test_a_point_of_nobody_is_told(sites: dict[str, Structure], quarantine: Quarantine) -> None:
    (point,) = quarantine.samples[Reason.POINT_WITHOUT_STRUCTURE]
    assert (point.line, point.raw) == (23, "010999999")


def test_a_frozen_file_tells_its_day() -> None:
    """Trap 11: publication stopped in July 2026 and a checksum sees nothing of it."""
    assert source_date(FILE) == date(2026, 5, 12)


def test_a_cut_file_loses_its_last_line_only(tmp_path: Path) -> None:
    """Trap 8."""
    path = tmp_path / "etalab-cs1100507-stock-20260512-0339.csv"
    content = FILE.read_bytes()
    path.write_bytes(content[: content.index(b"970102018") + 40])
    quarantine = Quarantine("finess")
    assert [site["finess"] for site in read_structures(path, quarantine)] == ["010000024"]
    assert quarantine.rejected == {Reason.TRUNCATED_LINE: 1}


def test_the_older_file_in_windows_1252_with_crlf_is_read(tmp_path: Path) -> None:
    """Traps 5 and 8: encodings before 2020, and the form without any point."""
    path = tmp_path / "etalab-cs1100502-stock-20190905-0433.csv"
    line = FILE.read_text("utf-8", errors="replace").splitlines()[1]
    line = line.replace("FLEYRIAT;;;", "HÔPITAL;;;")
    path.write_bytes(f"finess;etalab;79;2019-09-05\r\n{line}\r\n".encode("cp1252"))
    (site,) = read_structures(path, Quarantine("finess"))
    assert site.get("name") == "CENTRE HOSPITALIER DE BOURG-EN-BRESSE HÔPITAL"
    assert detect_finess_form(path) == "finess-legacy"
    assert source_date(path) == date(2019, 9, 5)


@pytest.mark.usefixtures("large_input")
def test_sites_are_streamed(tmp_path: Path) -> None:
    path = tmp_path / "etalab-cs1100507-stock-20260512-0339.csv"
    line = FILE.read_text("utf-8", errors="replace").splitlines()[1]
    lines = [line.replace("010000024", f"01{i:07d}", 1) for i in range(10_000)]
    path.write_text("\n".join(["finess;etalab;1;2026-05-12", *lines, ""]))
    tracemalloc.start()
    count = sum(1 for _ in read_structures(path, Quarantine("finess")))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert count == 10_000
    assert peak < 5_000_000
