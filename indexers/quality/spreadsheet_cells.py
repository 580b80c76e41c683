"""Rows for a spreadsheet, which runs a cell that begins as a formula does.

Such a cell gets an apostrophe before it, as a person types to say that it is text; one that begins
with apostrophes and then a formula gets one more, so that every row comes back as it was
(OWASP, CSV injection).
"""

import re
from functools import cache

DELIMITERS = "|;,\t"
"""Of the sources that a spreadsheet opens: RPPS, FINESS, our own formats."""

_FORMULA_START = r"'*[=+\-@\t\r＝＋－＠]"
"""What makes a formula: in full width too, as a spreadsheet set to Japanese reads it. The quotes
before it, ``""=1``, are none of the cell."""
_FORMULA = re.compile(rf'("*)({_FORMULA_START})')
_KEPT_AS_TEXT = re.compile(rf"(\"*)'({_FORMULA_START})")


def find_delimiter(header: str) -> str:
    """The delimiter that a header has most often."""
    return max(DELIMITERS, key=header.count)


def neutralise_row(row: str, delimiter: str) -> str:
    """The row of text, none of whose cells is a formula."""
    return _cells(delimiter).sub(lambda cell: _replace_start(_FORMULA, r"\1'\2", cell[0]), row)


def restore_row(row: str, delimiter: str) -> str:
    """The row that was neutralised."""
    return _cells(delimiter).sub(lambda cell: _replace_start(_KEPT_AS_TEXT, r"\1\2", cell[0]), row)


def _replace_start(pattern: re.Pattern[str], replacement: str, cell: str) -> str:
    found = pattern.match(cell)
    return cell if found is None else found.expand(replacement) + cell[found.end() :]


@cache
def _cells(delimiter: str) -> re.Pattern[str]:
    """A cell: between quotes up to a delimiter or the end, or else up to the next delimiter."""
    end = re.escape(delimiter)
    return re.compile(rf'"(?:[^"]|"")*"(?={end}|\Z)|[^{end}]+')
