"""Cells of exported rows: texts to a spreadsheet, and the same row when they come back."""

import csv

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexers.quality.spreadsheet_cells import (
    DELIMITERS,
    find_delimiter,
    neutralise_row,
    restore_row,
)

ODD = st.text(alphabet="=+-@＝＋－＠'\"\t\r;,|ab é", max_size=25)
ANY = st.text(st.characters(exclude_characters="\n"), max_size=25)
DELIMITER = st.sampled_from(DELIMITERS)


@given(ODD | ANY, DELIMITER)
def test_every_row_comes_back_as_it_was(row: str, delimiter: str) -> None:
    assert restore_row(neutralise_row(row, delimiter), delimiter) == row


@given(st.lists(ODD.map(lambda cell: cell.replace("\r", "")), min_size=1, max_size=5))
def test_no_cell_is_a_formula_to_a_spreadsheet(cells: list[str]) -> None:
    class WrittenRow:
        text = ""

        def write(self, text: str) -> None:
            self.text = text

    line = WrittenRow()
    csv.writer(line, delimiter=";", lineterminator="").writerow(cells)
    (found,) = csv.reader([neutralise_row(line.text, ";")], delimiter=";")
    assert not any(cell.startswith((*"=+-@＝＋－＠\t\r",)) for cell in found)


@pytest.mark.parametrize(
    ("row", "neutral"),
    [
        ("=1+1", "'=1+1"),
        ("a|+33466001122|-1.5|", "a|'+33466001122|'-1.5|"),
        ("'=1", "''=1"),
        ("＝1+1|＠a", "'＝1+1|'＠a"),
        ('""=1+1', '""\'=1+1'),
        ("it's|'tis", "it's|'tis"),
        ('a|"=HYPERLINK(""x|y"")"|@b', 'a|"\'=HYPERLINK(""x|y"")"|\'@b'),
        ('"=open', "\"'=open"),
        ("", ""),
        ("a-b|c=d", "a-b|c=d"),
    ],
)
def test_what_is_put_before_a_cell(row: str, neutral: str) -> None:
    assert neutralise_row(row, "|") == neutral


def test_the_delimiter_is_the_one_of_the_header() -> None:
    assert [find_delimiter(one) for one in ("a;b,c;d", "a,b", "a|b|", "a\tb")] == [*";,|\t"]
