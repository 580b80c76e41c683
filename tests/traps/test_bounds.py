"""Every field of every published format, at its bound and just beyond it: the row is set aside
with the name of the field, and the other rows of the file are kept."""

from pathlib import Path

import pytest

from indexers.quality.quarantine import Quarantine
from indexers.quality.reasons import Reason
from indexers.sources.finess import read_structures
from mappings.bounds import ListBound, TextBound
from tests.traps.bounded_files import (
    LINE_FIELDS,
    LineFormat,
    json_bound,
    json_paths,
    json_site,
    write_json_sites,
)


def read_with(form: LineFormat, path: Path, column: str, value: str) -> Quarantine:
    """The quarantine of a file of three rows, the second with this value."""
    rows = [form.rows(number) for number in (1, 2, 3)]
    rows[1] = {**rows[1], column: value}
    path.write_bytes(form.write(rows))
    quarantine = Quarantine(form.name)
    kept = len(list(form.read(path, quarantine)))
    others = quarantine.warned[Reason.POINT_WITHOUT_STRUCTURE]
    assert kept + others + quarantine.rejected.total() + quarantine.skipped.total() <= 3
    assert quarantine.read == 3
    return quarantine


@pytest.mark.parametrize("name", sorted({form.name for form, _ in LINE_FIELDS}))
def test_a_cell_beyond_its_bound_costs_its_row_alone(name: str, tmp_path: Path) -> None:
    for form, column in LINE_FIELDS:
        if form.name == name:
            check_cells_beyond_bound(form, column, tmp_path / "file.txt")


def check_cells_beyond_bound(form: LineFormat, column: str, path: Path) -> None:
    longest = form.columns[column].longest
    for value in ("x" * longest, "é" * longest):
        within = read_with(form, path, column, value)
        assert not within.rejected[Reason.OUT_OF_BOUNDS]
    for value in ("x" * (longest + 1), "é" * (longest + 1), "9" * 5_000, "x" * 200_000):
        beyond = read_with(form, path, column, value)
        assert beyond.rejected == {Reason.OUT_OF_BOUNDS: 1}
        (row,) = beyond.samples[Reason.OUT_OF_BOUNDS]
        assert str(longest)[-3:] in row.detail
        assert row.raw


PATHS = list(json_paths())


@pytest.mark.parametrize("at", PATHS, ids=[".".join(path) for path in PATHS])
def test_a_value_of_json_beyond_its_bound_costs_its_site_alone(
    at: tuple[str, ...], tmp_path: Path
) -> None:
    bound = json_bound(at)
    within: object = ["x"] * bound.most if isinstance(bound, ListBound) else "x" * bound.longest
    beyond: list[object] = [["x"] * (bound.most + 1)] if isinstance(bound, ListBound) else []
    if isinstance(bound, TextBound):
        beyond = ["x" * (bound.longest + 1), "x" * 200_000]
    for value, aside in ((within, 0), *((one, 1) for one in beyond)):
        sites = [json_site(1), json_site(2, at, value), json_site(3)]
        quarantine = Quarantine("finess")
        kept = list(read_structures(write_json_sites(tmp_path / "f.json", sites), quarantine))
        assert quarantine.rejected[Reason.OUT_OF_BOUNDS] == aside
        assert {"480000001", "480000003"} <= {site["finess"] for site in kept}
        if aside:
            (row,) = quarantine.samples[Reason.OUT_OF_BOUNDS]
            assert f"{at[-1]}: at most" in row.detail


HOSTILE_NUMBERS = ["9" * 4_301, "9" * 100_000, "-" + "9" * 5_000, "1e999999", "0." + "3" * 5_000]


@pytest.mark.parametrize("number", HOSTILE_NUMBERS, ids=range(len(HOSTILE_NUMBERS)))
@pytest.mark.parametrize("key", ["cogCommune", "unheard"])
def test_a_number_of_any_length_costs_its_entity_alone(
    number: str, key: str, tmp_path: Path
) -> None:
    path = write_json_sites(tmp_path / "f.json", [json_site(1), json_site(2), json_site(3)])
    marked = path.read_bytes().replace(
        b'"numFinessEge":"480000002"', f'"numFinessEge":"480000002","{key}":{number}'.encode()
    )
    path.write_bytes(marked)
    quarantine = Quarantine("finess")
    kept = {site["finess"] for site in read_structures(path, quarantine)}
    assert {"480000001", "480000003"} <= kept
    assert quarantine.rejected.total() == 3 - len(kept)


@pytest.mark.parametrize("levels", [300, 2_000, 50_000])
@pytest.mark.parametrize("opening", ["[", '{"a":'])
def test_brackets_of_any_depth_cost_their_entity_alone(
    levels: int, opening: str, tmp_path: Path
) -> None:
    closing = "]" if opening == "[" else "}"
    deep = f"{opening * levels}1{closing * levels}"
    path = write_json_sites(tmp_path / "f.json", [json_site(1), json_site(2), json_site(3)])
    plain = b'"numFinessEge":"480000002"'
    path.write_bytes(path.read_bytes().replace(plain, plain + f',"deep":{deep}'.encode()))
    quarantine = Quarantine("finess", tmp_path / "q.jsonl")
    kept = {site["finess"] for site in read_structures(path, quarantine)}
    assert {"480000001", "480000003"} <= kept
    assert quarantine.rejected.total() == 3 - len(kept)


@pytest.mark.parametrize(
    "damage", [b"\xff\xfe", b'"\\ud800"', b"{,}", b"NaN", b"nul"], ids=range(5)
)
def test_json_that_cannot_be_read_costs_its_entity_alone(damage: bytes, tmp_path: Path) -> None:
    path = write_json_sites(tmp_path / "f.json", [json_site(1), json_site(2), json_site(3)])
    old = b'{"numFinessEge":"480000002"}'
    path.write_bytes(path.read_bytes().replace(old, b'{"numFinessEge":' + damage + b"}"))
    quarantine = Quarantine("finess")
    kept = {site["finess"] for site in read_structures(path, quarantine)}
    assert {"480000001", "480000003"} <= kept
    assert quarantine.rejected.total() >= 1


def test_windows_1252_in_json_is_read_and_told(tmp_path: Path) -> None:
    site = json_site(1, ("informationsGeneralesEGE", "nomEgeLong"), "Médecins")
    site["informationsGeneralesEGE"]["numFinessEge"] = "480000001"
    path = write_json_sites(tmp_path / "f.json", [site])
    path.write_bytes(path.read_bytes().decode().encode("cp1252"))
    quarantine = Quarantine("finess")
    (kept,) = read_structures(path, quarantine)
    assert kept["name"] == "Médecins"
    assert quarantine.warned[Reason.NOT_UTF8] == 1
