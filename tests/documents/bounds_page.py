"""docs/reference/bounds.md, from the table of bounds and the fields that it bounds."""

import ast
import inspect
from collections.abc import Iterable, Iterator

from indexers.sources import columns as published
from mappings import bounds
from mappings.bounds import Bound
from tests.documents.tables import NOTICE, markdown_table, plain_markdown

FORMATS = {
    "RPPS activities": published.RPPS,
    "RPPS skills": published.RPPS_SKILLS,
    "FINESS, headed": published.FINESS_HEADED,
    "FINESS, legacy, sites": published.FINESS_LEGACY_SITE,
    "FINESS, legacy, points": published.FINESS_LEGACY_POINT,
    **{f"FINESS+, `{name}`": keys for name, keys in published.FINESS_PLUS.items()},
    "Ameli": published.AMELI,
    "`geocoded.csv`": published.GEOCODED,
}
INTRODUCTION = f"""# Bounds

{NOTICE}

The limits of what files, editors and settings may hold, one name each (`mappings/bounds.py`). A
value beyond its bound sets its row aside, with the name of the field; the other rows of the file
are kept. Fields of our own formats: `sas schema NAME`. Limits of files stop what no row can be: a
longer line is passed over (`line_too_long`), and rows beyond the memory of a source are set aside
(`too_many_rows`).
"""


def bounds_page() -> str:
    """The whole page."""
    named = [(f"`{name}`", limit, text) for name, limit, text in _list_bounds()]
    columns = [
        (title, f"`{name}`", ", ".join(f"`{field}`" for field in fields))
        for title, keys in FORMATS.items()
        for name, fields in _group_fields(keys.items())
    ]
    return (
        f"{INTRODUCTION}\n## Names\n{markdown_table(('bound', 'limit', 'of'), named)}\n\n"
        f"## Fields of the published formats\n"
        f"{markdown_table(('format', 'bound', 'fields'), columns)}\n"
    )


def _list_bounds() -> Iterator[tuple[str, str, str]]:
    """Name, limit in words, and what it bounds; a text may be shared by the names above it."""
    waiting: list[tuple[str, str]] = []
    for node in ast.parse(inspect.getsource(bounds)).body:
        match node:
            case ast.Assign(targets=[ast.Name(id=name)]) if name.isupper():
                waiting.append((name, _limit(getattr(bounds, name))))
            case ast.Expr(value=ast.Constant(value=str(text))) if waiting:
                yield from ((name, limit, plain_markdown(text)) for name, limit in waiting)
                waiting = []


def _limit(value: object) -> str:
    if isinstance(value, int):
        return f"{value:,}"
    return value.limit if hasattr(value, "limit") else str(value)


def _group_fields(fields: Iterable[tuple[str, Bound]]) -> Iterator[tuple[str, list[str]]]:
    """The fields of each bound, by the name of the bound."""
    names = {id(bound): name for name, bound in vars(bounds).items() if isinstance(bound, Bound)}
    groups: dict[str, list[str]] = {}
    for field, bound in fields:
        groups.setdefault(names[id(bound)], []).append(field)
    yield from groups.items()
