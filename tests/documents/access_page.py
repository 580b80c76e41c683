"""docs/reference/access.md, from the table that the tests of access walk."""

from tests.documents.tables import NOTICE, markdown_table
from tests.records.access.table import ROLES, AccessRow, read_table

INTRODUCTION = f"""# Who may do what

{NOTICE}

One module decides: `records/access.py`. Every use case calls it. Tests try every cell, on the
objects of the person and on those of others, in the program and over HTTP.

- **own**: a professional himself; a delegate those he was given; a structure manager his
  structures; OSNP and IOA orientations they gave; an account manager accounts wholly of his
  territories, and orientations of them.
- **all**: every object. **none**: refused with 403 `access_denied`.
- Roles add up. [Accounts](../how-to/manage-accounts.md) hold who is a delegate or a manager.
"""


def access_page() -> str:
    """The whole page."""
    head = ("what", "use case", "route", *(role.replace("_", " ") for role in ROLES))
    return f"{INTRODUCTION}\n{markdown_table(head, map(build_line, read_table()))}\n"


def build_line(row: AccessRow) -> tuple[str, ...]:
    """The cells of one row."""
    use_case = f"`{row.use_case.rpartition('.')[2]}`"
    route = f"`{row.route}`" if row.route else ""
    return row.object, use_case, route, *(row.reach[role] for role in ROLES)
