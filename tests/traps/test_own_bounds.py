"""Every field of our own formats, just beyond its bound; what a spreadsheet or a hostile hand
writes: the row is set aside, the others are kept."""

import os
from datetime import date
from pathlib import Path
from typing import Any

import orjson
import pytest

from indexers.offers.directory import directory_locator
from indexers.quality.quarantine import Quarantine
from indexers.quality.reasons import Reason
from indexers.sources.own_formats import OwnFormatError, read_entries
from mappings import bounds
from mappings.files import FileNotUsableError
from mappings.formats import FORMATS, Absence, ParticipationFormat, SosAssociation
from tests.indexers.file_set import FileSet, stream_offers
from tests.traps.own_rows import HEALTHY, own_fields, values_beyond

FIELDS = own_fields()


def read(path: Path, name: str) -> tuple[int, Quarantine]:
    """How many rows are kept, and the quarantine."""
    aside = Quarantine(name, path.with_suffix(".aside"))
    kept = sum(1 for _ in read_entries(path, FORMATS[name], aside))
    aside.close()
    return kept, aside


def test_the_healthy_rows_are_healthy(tmp_path: Path) -> None:
    for name, rows in HEALTHY.items():
        path = tmp_path / f"{name}.jsonl"
        path.write_bytes(b"\n".join(map(orjson.dumps, rows)))
        kept, aside = read(path, name)
        assert (kept, aside.rejected.total()) == (len(rows), 0), name


@pytest.mark.parametrize("name", sorted({field.name for field in FIELDS}))
def test_a_value_beyond_its_bound_costs_its_row_alone(name: str, tmp_path: Path) -> None:
    healthy = HEALTHY[name]
    fields = [field for field in FIELDS if field.name == name]
    cases = [(field, value) for field in fields for value in values_beyond(field)]
    for field, value in cases:
        path = tmp_path / f"{field.name}.jsonl"
        rows = [*healthy, field.put(value), *healthy]
        path.write_bytes(b"\n".join(map(orjson.dumps, rows)))
        kept, aside = read(path, field.name)
        assert kept == 2 * len(healthy)
        (row,) = aside.samples[Reason.INVALID_RECORD]
        assert row.line == len(healthy) + 1
        assert str(field.at[0]) in row.detail
        assert len(row.detail) < 5_000


def test_text_at_its_bound_is_kept(tmp_path: Path) -> None:
    for field in FIELDS:
        if "maxLength" not in field.schema or field.schema.get("format") == "uri":
            continue
        room = field.schema["maxLength"] - len(field.healthy)
        path = tmp_path / f"{field.name}.jsonl"
        path.write_bytes(orjson.dumps(field.put(field.healthy + "x" * room)))
        assert read(path, field.name)[0] == 1, field


@pytest.mark.parametrize("text", ["é" * 200, "😀" * 200, "日" * 150])
def test_an_identifier_is_bounded_in_bytes(tmp_path: Path, text: str) -> None:
    row = orjson.loads(orjson.dumps(HEALTHY["sos"][0]))
    row["points"][0]["id"] = text
    path = tmp_path / "sos.jsonl"
    path.write_bytes(orjson.dumps(row))
    kept, aside = read(path, "sos")
    within = len(text.encode()) <= bounds.IDENTIFIER.bytes
    assert kept == within
    if within:
        model = SosAssociation.model_validate(row)
        assert len(f"sos:{model.siret}:{model.points[0].id}".encode()) <= bounds.LONGEST_ID
    else:
        assert "400 bytes" in aside.samples[Reason.INVALID_RECORD][0].detail


ODD = [
    b"[]",
    b"null",
    b"3",
    b'"x"',
    b"{}",
    b"{" * 5_000,
    b"[" * 50_000 + b"]" * 50_000,
    b'{"rpps":' + b"9" * 100_000 + b"}",
    b'{"rpps":' + b'{"a":' * 50_000 + b"1" + b"}" * 50_001,
    b'{"rpps": "\\ud800"}',
    b"\xff\xfe\x00",
    b"nul",
    b'{"%s": 1}' % (b"k" * 1_000_000),
    b'{"rpps": "10100000016", "participation": true, "via": 1, "via": 9}',
    b"{" + b",".join(b'"%d":1' % number for number in range(50_000)) + b"}",
]


@pytest.mark.parametrize("odd", ODD, ids=range(len(ODD)))
def test_odd_json_costs_its_line_alone(tmp_path: Path, odd: bytes) -> None:
    good = orjson.dumps(HEALTHY["participation"][0])
    path = tmp_path / "participation.jsonl"
    path.write_bytes(b"\n".join([good, odd, good]))
    kept, aside = read(path, "participation")
    assert (kept, aside.rejected) == (2, {Reason.INVALID_RECORD: 1})


def test_a_line_that_is_too_long_is_passed_over(tmp_path: Path) -> None:
    good = orjson.dumps(HEALTHY["participation"][0])
    path = tmp_path / "participation.jsonl"
    path.write_bytes(b"\n".join([good, b"x" * (bounds.LONGEST_LINE + 10), good]))
    kept, aside = read(path, "participation")
    assert (kept, aside.rejected) == (2, {Reason.LINE_TOO_LONG: 1})
    assert aside.read == 3


def test_rows_beyond_the_memory_of_a_source_are_set_aside(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("indexers.sources.own_formats.OWN_ROWS", 2)
    path = tmp_path / "lrm.jsonl"
    path.write_bytes(b"\n".join(orjson.dumps({"origin": f"{n}", "name": "x"}) for n in range(5)))
    kept, aside = read(path, "lrm")
    assert (kept, aside.rejected) == (2, {Reason.TOO_MANY_ROWS: 3})


SHEETS = {
    "quoted header": '"rpps","participation","via"\n"{0}","true","1"\n',
    "separator told": "sep=;\nrpps;participation;via\n{0};true;1\n",
    "separator told and quoted": '"sep=;"\r\n"rpps";"participation";"via"\r\n"{0}";"true";"1"\r\n',
    "separator is a comma": "sep=,\nrpps,participation,via\n{0},true,1\n",
    "empty columns and rows": "rpps;participation;via;;;\n{0};true;1;;;\n;;;;;\n\n",
    "tabulations": "rpps\tparticipation\tvia\n{0}\ttrue\t1\n",
    "old line ends": "rpps,participation,via\r{0},true,1\r",
    "spaces": " rpps ; participation ; via \n {0} ; true ; 1 \n",
    "other spaces": "rpps\u00a0;\u200bparticipation;via\u202f\n{0};true;1; ;\n ; ; \n",
    "rows before": "\n\nrpps;participation;via\n{0};true;1\n",
    "in French": "rpps;participation;via\n{0};VRAI;1\n",
    "a row shorter than the columns that are empty": "rpps,participation,via,,\n{0},true,1\n",
}


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"], ids=["", "mark"])
@pytest.mark.parametrize("sheet", SHEETS.values(), ids=SHEETS)
def test_what_a_spreadsheet_writes_is_read(tmp_path: Path, sheet: str, mark: bytes) -> None:
    path = tmp_path / "participation.csv"
    path.write_bytes(mark + sheet.format("10100000016").encode())
    aside = Quarantine("participation")
    ((_, entry),) = read_entries(path, ParticipationFormat, aside)
    assert (entry.rpps, entry.participation, entry.via) == ("10100000016", True, 1)
    assert not aside.rejected


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
def test_accents_of_a_spreadsheet_are_read(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "lrm.csv"
    path.write_bytes('"origin";"name"\r\n"samu48";"SAMU de la Lozère – été"\r\n'.encode(encoding))
    aside = Quarantine("lrm")
    ((_, entry),) = read_entries(path, FORMATS["lrm"], aside)
    assert entry.model_dump()["name"] == "SAMU de la Lozère – été"
    assert bool(aside.warned) == (encoding == "cp1252")


def test_a_day_that_a_french_spreadsheet_wrote_again_is_read(tmp_path: Path) -> None:
    path = tmp_path / "absences.csv"
    path.write_text("rpps;always;range1\n10100000016;FAUX;25/11/2026\n")
    ((_, entry),) = read_entries(path, Absence, Quarantine("absences"))
    day = date(2026, 11, 25)
    assert [(one.start, one.end) for one in entry.ranges] == [(day, day)]


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
def test_a_sheet_in_utf_16_is_refused_with_its_remedy(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "participation.csv"
    path.write_bytes("rpps;participation\n10100000016;true\n".encode(encoding))
    with pytest.raises(OwnFormatError, match="UTF-16: save it again as CSV UTF-8"):
        read(path, "participation")


@pytest.mark.parametrize("cell", ["x" * 200_000, '"' + "x" * 200_000 + '"', "9" * 5_000])
def test_a_cell_of_any_length_costs_its_row_alone(tmp_path: Path, cell: str) -> None:
    good = "10100000016,true,1,\n"
    path = tmp_path / "participation.csv"
    path.write_text(
        f"rpps,participation,via,additional_info\n{good}10100000016,true,1,{cell}\n"
        f"10100000016,true,{cell},\n{good}"
    )
    kept, aside = read(path, "participation")
    shorter = len(cell) <= bounds.FREE_TEXT.longest
    assert (kept, aside.rejected) == (2 + shorter, {Reason.INVALID_RECORD: 2 - shorter})


@pytest.mark.parametrize(
    "header", ["rpps,rpps", "", "\n", '"rpps', "x" * 200_000, "," * 10_000], ids=range(6)
)
def test_a_header_that_names_no_columns_refuses_the_file(tmp_path: Path, header: str) -> None:
    path = tmp_path / "participation.csv"
    path.write_text(header)
    with pytest.raises(OwnFormatError, match=r"participation\.csv"):
        read(path, "participation")


def test_a_pipe_in_place_of_a_source_is_refused_at_once(tmp_path: Path) -> None:
    FileSet(tmp_path).sos()
    for name in ("absences.jsonl", "geocoded.csv", "finess-structures.json"):
        os.mkfifo(tmp_path / name)
        with pytest.raises(FileNotUsableError, match=name):
            _offers(tmp_path)
        (tmp_path / name).unlink()
    (tmp_path / "cpts.jsonl").symlink_to("/dev/zero")
    with pytest.raises(FileNotUsableError, match="outside"):
        _offers(tmp_path)


def _offers(directory: Path) -> list[Any]:
    directory_locator(directory)
    return list(stream_offers(directory))
