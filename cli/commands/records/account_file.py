"""The file of accounts, read for ``sas accounts import``."""

import csv
from pathlib import Path

from indexers.quality.quarantine import Quarantine
from indexers.sources.own_formats import OwnFormatError
from indexers.sources.reading.sheets import open_sheet
from mappings.bounds import LONGEST_LINE
from records.accounts.sheet import SheetRefused, parse_account_sheet
from records.accounts.store import AccountLine, LineReport

TOO_LONG = "{file} : une ligne de plus de {line} octets ; rien n'est lu. Coupez ce fichier."


def read_account_lines(file: Path) -> tuple[list[AccountLine], list[LineReport]]:
    """The rows of a file, and those refused before they reach the records.

    Raises ``OwnFormatError`` for a file that is not one of accounts, ``OSError``.
    """
    too_long = Quarantine("accounts")
    try:
        found = parse_account_sheet(open_sheet(file, too_long))
    except csv.Error as error:
        raise OwnFormatError(f"{file.name} : son en-tête n'est pas du CSV ({error}).") from error
    except SheetRefused as error:
        raise OwnFormatError(f"{file.name} : {error}") from error
    if too_long.rejected:
        raise OwnFormatError(TOO_LONG.format(file=file.name, line=LONGEST_LINE))
    return found
