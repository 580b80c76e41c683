"""The file of phrases as a person edits it: read whole, one row added in its place."""

import csv
import io
from pathlib import Path

from search_engine.understanding.check_words import (
    COLUMNS,
    Row,
    WordsFault,
    check_words,
    sort_key,
)

WORDS = Path(__file__).with_name("words.csv")
"""The table of the product."""


class WordsFileInvalid(ValueError):
    """The file is no table of phrases; the message says in French what it should be."""


class WordsRefused(ValueError):
    """A row that the rules refuse; ``faults`` says why, in French."""

    def __init__(self, faults: list[WordsFault]) -> None:
        super().__init__("; ".join(fault.reason for fault in faults))
        self.faults = faults


def parse_words(content: bytes) -> list[Row]:
    """The rows of a file, as they are; raises ``WordsFileInvalid``."""
    try:
        reader = csv.DictReader(io.StringIO(content.decode("utf-8-sig")))
        rows = list(reader)
    except (UnicodeDecodeError, csv.Error) as error:
        raise WordsFileInvalid("ce fichier n'est pas un CSV en UTF-8") from error
    if tuple(reader.fieldnames or ()) != COLUMNS:
        raise WordsFileInvalid(f"colonnes attendues : {', '.join(COLUMNS)}")
    return list(rows)


def add_row(content: bytes, row: Row) -> bytes:
    """The file with one row more, sorted.

    Raises ``WordsFileInvalid``, and ``WordsRefused`` when the table with this row breaks a rule.
    """
    rows = [*parse_words(content), row]
    faults = check_words([row]) or check_words(sorted(rows, key=sort_key))
    if faults:
        raise WordsRefused(faults)
    return format_words(rows)


def format_words(rows: list[Row]) -> bytes:
    """The rows as a sorted CSV file."""
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(sorted(rows, key=sort_key))
    return text.getvalue().encode()
