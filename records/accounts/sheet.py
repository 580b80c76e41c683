"""The CSV of accounts, row by row; a row that cannot be read is refused, never the others."""

from collections.abc import Iterable
from itertools import islice

from mappings.bounds import OWN_ROWS
from mappings.text.sheets import Sheet, SheetRow
from records.accounts.store import AccountLine, LineReport, Outcome
from records.accounts.values import normalize_values
from records.errors import RecordsError

COLUMNS = (
    *("national_id", "email", "family", "given", "roles", "territories"),
    *("delegations", "structures", "active"),
)
ACTIVE = {
    **dict.fromkeys(("vrai", "true", "oui", "1"), True),
    **dict.fromkeys(("faux", "false", "non", "0"), False),
    "": None,
}
UNREADABLE = "Cette ligne ne se lit pas comme du CSV : vérifiez ses guillemets et ses colonnes."
WRONG_COLUMNS = f"ses colonnes sont parmi {', '.join(COLUMNS)}."
TOO_MANY = "plus de {rows} lignes ; rien n'est lu. Coupez ce fichier."
BAD_ACTIVE = "active : écrivez vrai ou faux, ou laissez vide pour ne rien changer."


class SheetRefused(RecordsError):
    """A sheet that is not one of accounts: nothing of it is read."""

    code = "sheet_refused"


def parse_account_sheet(sheet: Sheet) -> tuple[list[AccountLine], list[LineReport]]:
    """The rows of a sheet, and those refused before they reach the records.

    Raises ``SheetRefused`` for a sheet without our columns, or too long.
    """
    columns = sheet.columns
    if not columns or len({*columns}) < len(columns) or not {*columns} <= {*COLUMNS}:
        raise SheetRefused(WRONG_COLUMNS)
    read = [_parse_row(columns, row) for row in islice(sheet.rows, OWN_ROWS + 1)]
    if len(read) > OWN_ROWS:
        raise SheetRefused(TOO_MANY.format(rows=OWN_ROWS))
    return (
        [one for one in read if isinstance(one, AccountLine)],
        [one for one in read if isinstance(one, LineReport)],
    )


def order_reports(*reports: Iterable[LineReport]) -> list[LineReport]:
    """Reports in the order of their lines."""
    return sorted((one for part in reports for one in part), key=lambda one: one.number)


def _parse_row(columns: list[str], row: SheetRow) -> AccountLine | LineReport:
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
        delegations=cells.get("delegations", "").split(),
        structures=cells.get("structures", "").split(),
    )
    return AccountLine(row.line, values, ACTIVE[active])
