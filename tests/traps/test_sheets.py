"""Published CSV files that somebody opened in a spreadsheet and saved: read as before."""

import csv
import io
from pathlib import Path

import pytest

from indexers.quality.quarantine import Quarantine
from indexers.quality.reasons import Reason
from indexers.sources.ameli.reader import read_contracts
from indexers.sources.finess import Structure, detect_finess_form, read_structures, source_date
from indexers.sources.geocoding_cache import read_geocoded
from tests.traps.bounded_files import LINE_FORMATS

FIXTURES = Path(__file__).parents[1] / "fixtures/finess"
HEADED = FIXTURES / "finess-2020-ain-100.csv"
LEGACY = FIXTURES / "etalab-cs1100507-stock-20260512-0339.csv"


def save_as_spreadsheet(text: str, *, opening: str = "", ending: str = "") -> str:
    """Every cell quoted, a first line, empty columns and rows at the end, Windows line ends."""
    rows = csv.reader(io.StringIO(text), delimiter=";")
    saved = io.StringIO()
    writer = csv.writer(saved, delimiter=";", quoting=csv.QUOTE_ALL, lineterminator="")
    lines = []
    for row in rows:
        writer.writerow(row)
        lines.append(saved.getvalue() + ending)
        saved.seek(0)
        saved.truncate()
    return "\r\n".join([*([opening] if opening else []), *lines]) + "\r\n"


def read(path: Path) -> tuple[list[Structure], Quarantine]:
    quarantine = Quarantine("finess")
    return list(read_structures(path, quarantine)), quarantine


def without_lines(sites: list[Structure]) -> list[dict[str, object]]:
    return [{key: value for key, value in site.items() if key != "line"} for site in sites]


@pytest.mark.parametrize("opening", ["", "sep=;", '"sep=;"'])
@pytest.mark.parametrize("ending", ["", ";;;"])
@pytest.mark.parametrize("mark", ["", "\ufeff"], ids=["", "mark"])
def test_a_register_saved_by_a_spreadsheet_is_read(
    tmp_path: Path, opening: str, ending: str, mark: str
) -> None:
    path = tmp_path / "finess.csv"
    path.write_bytes(
        (mark + save_as_spreadsheet(HEADED.read_text(), opening=opening, ending=ending)).encode()
    )
    (expected, _), (found, quarantine) = read(HEADED), read(path)
    assert detect_finess_form(path) == "finess-headed"
    assert without_lines(found) == without_lines(expected)
    assert not quarantine.rejected
    assert not quarantine.unknown
    assert source_date(path) == source_date(HEADED)


@pytest.mark.parametrize("ending", ["", ";;;"])
def test_the_form_without_header_too(tmp_path: Path, ending: str) -> None:
    header, *lines = LEGACY.read_text("cp1252").splitlines()
    healthy = [line for line in lines if line.startswith("structureet;0100000")]
    path = tmp_path / "finess.csv"
    plain = "\n".join([header, *healthy]) + "\n"
    path.write_text(plain)
    expected, before = read(path)
    path.write_text(save_as_spreadsheet(plain, opening="sep=;", ending=ending))
    found, quarantine = read(path)
    assert expected
    assert without_lines(found) == without_lines(expected)
    assert quarantine.rejected == before.rejected
    assert source_date(path) is not None


def test_a_register_in_windows_1252_is_read_and_warned_about(tmp_path: Path) -> None:
    header = HEADED.read_text().splitlines()[0]
    cells = dict.fromkeys(header.split(";"), "")
    cells |= {"nofinesset": "480000033", "rs": "PHARMACIE DE LA FORÊT", "categetab": "620"}
    path = tmp_path / "finess.csv"
    path.write_bytes(f"{header}\r\n{';'.join(cells.values())}\r\n".encode("cp1252"))
    ((site,), quarantine) = read(path)
    assert site["name"] == "PHARMACIE DE LA FORÊT"
    assert quarantine.warned[Reason.NOT_UTF8] == 1


def test_conventions_saved_by_a_spreadsheet_are_read(tmp_path: Path) -> None:
    (ameli,) = (form for form in LINE_FORMATS if form.name == "ameli")
    text = ameli.write([ameli.rows(1)]).decode()
    path = tmp_path / "ameli.csv"
    path.write_text(save_as_spreadsheet(text, opening="sep=;", ending=";;"))
    quarantine = Quarantine("ameli")
    assert len(list(read_contracts(path, quarantine))) == 1
    assert not quarantine.rejected


def test_geocoded_addresses_saved_by_a_spreadsheet_are_read(tmp_path: Path) -> None:
    path = tmp_path / "geocoded.csv"
    path.write_bytes(
        '\ufeffsep=;\r\n"line";"postal_code";"city";"lat";"lon";"precision";"score";;\r\n'
        '"1 rue A";"48000";"Mende";"44.5";"3.5";"street";"0.9";;\r\n;;;;;;;;\r\n'.encode()
    )
    assert len(read_geocoded(path)) == 1


@pytest.mark.parametrize(
    "line",
    [
        '480000033;"a\rb";;;',
        '"' + "x" * 200_000 + '"',
        '"' * 1_001,
        ";" * 100_000,
        "\0" * 100,
        '"a"b"c";"',
    ],
    ids=range(6),
)
def test_an_odd_line_costs_itself_alone(tmp_path: Path, line: str) -> None:
    lines = HEADED.read_text().splitlines()
    path = tmp_path / "finess.csv"
    path.write_text("\n".join([*lines[:3], line, *lines[3:5]]) + "\n", newline="")
    found, quarantine = read(path)
    assert len(found) == 4
    assert quarantine.rejected.total() == 1
