"""The CSV of accounts, row by row; a row that cannot be read is refused, never the file."""

import csv
from itertools import islice
from pathlib import Path

from indexers.quality.quarantine import Quarantine
from indexers.sources.own_formats import OwnFormatError
from indexers.sources.reading.sheets import SheetRow, open_sheet
from mappings.bounds import LONGEST_LINE, OWN_ROWS
from records.accounts.store import AccountLine, LineReport, Outcome
from records.accounts.values import normalize_values

COLUMNS = ("national_id", "email", "family", "given", "roles", "territories", "active")
ACTIVE = {
    **dict.fromkeys(("vrai", "true", "oui", "1"), True),
    **dict.fromkeys(("faux", "false", "non", "0"), False),
    "": None,
}
UNREADABLE = "Cette ligne ne se lit pas comme du CSV : vérifiez ses guillemets et ses colonnes."
TOO_LARGE = (
    "{file} : plus de {rows} lignes, ou une ligne de plus de {line} octets ; rien n'est lu. "
    "Coupez ce fichier."
)
BAD_ACTIVE = "active : écrivez vrai ou faux, ou laissez vide pour ne rien changer."


def read_account_lines(file: Path) -> tuple[list[AccountLine], list[LineReport]]:
    """The rows of a file, and those refused before they reach the records.

    Raises ``OwnFormatError`` for a file without our columns, ``OSError``.
    """
    too_long = Quarantine("accounts")
    try:
        sheet = open_sheet(file, too_long)
    except csv.Error as error:
        raise OwnFormatError(f"{file.name} : son en-tête n'est pas du CSV ({error}).") from error
    unknown = [name for name in sheet.columns if name not in COLUMNS]
    if unknown or not sheet.columns or len(set(sheet.columns)) < len(sheet.columns):
        raise OwnFormatError(f"{file.name} : ses colonnes sont parmi {', '.join(COLUMNS)}.")
    read = [_read_row(sheet.columns, row) for row in islice(sheet.rows, OWN_ROWS + 1)]
    if len(read) > OWN_ROWS or too_long.rejected:
        raise OwnFormatError(TOO_LARGE.format(file=file.name, rows=OWN_ROWS, line=LONGEST_LINE))
    return (
        [one for one in read if isinstance(one, AccountLine)],
        [one for one in read if isinstance(one, LineReport)],
    )


def _read_row(columns: list[str], row: SheetRow) -> AccountLine | LineReport:
    if row.fault:
        return LineReport(row.line, Outcome.REFUSED, UNREADABLE)
    cells = dict(zip(columns, row.cells, strict=True))
    active = cells.get("active", "").strip().lower()
    if active not in ACTIVE:
        return LineReport(row.line, Outcome.REFUSED, BAD_ACTIVE)
    values = normalize_values(
        national_id=cells.get("national_id", ""),
        email=cells.get("email", ""),
        family=cells.get("family", ""),
        given=cells.get("given", ""),
        roles=cells.get("roles", "").split(),
        territories=cells.get("territories", "").split(),
    )
    return AccountLine(row.line, values, ACTIVE[active])
