"""Differences between two sets of offers, as text."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

import orjson
from rich.console import Group, RenderableType
from rich.markup import escape
from rich.table import Table

from cli.terminal_text import flatten_texts
from indexers.changes.differences import ChangeTally, Differences

DEPARTMENTS_SHOWN = 10
"""Departments with the most changes; ``--json`` has all."""
FIELDS_SHOWN = 12


def comparison(left: str, right: str, changes: Differences) -> Group:
    """Differences between two indices."""
    slots = f"Slots changed on {changes.slots:,} offers of both."
    return Group(escape(f"From {left} to {right}:"), *differences(changes), slots)


def differences(changes: Differences) -> list[RenderableType]:
    """Counts by kind and department, fields, and examples of each sort of change."""
    if not changes.has_differences:
        return [f"No offer differs ({changes.same:,} say the same)."]
    parts: list[RenderableType] = [_by_kind(changes), _by_department(changes)]
    if changes.fields:
        parts.append(escape(f"Fields changed: {_most_common(changes.fields)}."))
    for word, tally in _tallies_by_change(changes).items():
        parts += [escape(f"{word} {_example(one)}") for one in tally.examples]
        parts += _more(word, tally)
    return parts


def _tallies_by_change(changes: Differences) -> dict[str, ChangeTally]:
    return {"added": changes.added, "changed": changes.changed, "removed": changes.removed}


def _by_kind(changes: Differences) -> Table:
    kinds = {word: tally.kinds for word, tally in _tallies_by_change(changes).items()}
    table = _counts(
        "offers", kinds, sorted({*kinds["added"], *kinds["changed"], *kinds["removed"]})
    )
    totals = (f"{tally.total:,}" for tally in _tallies_by_change(changes).values())
    table.add_row("all", *totals)
    return table


def _by_department(changes: Differences) -> Table:
    departments = {word: tally.departments for word, tally in _tallies_by_change(changes).items()}
    touched: Counter[str] = sum(departments.values(), Counter())
    most = [code for code, _ in touched.most_common(DEPARTMENTS_SHOWN)]
    more = len(touched) - len(most)
    title = "department" if more <= 0 else f"department ({more} more with --json)"
    return _counts(title, departments, most)


def _counts(title: str, columns: Mapping[str, Counter[str]], rows: list[str]) -> Table:
    table = Table(title, *columns)
    for row in rows:
        table.add_row(row, *(f"{counts[row]:,}" for counts in columns.values()))
    return table


def _most_common(fields: Counter[str]) -> str:
    return ", ".join(f"{name} {count:,}" for name, count in fields.most_common(FIELDS_SHOWN))


def _example(one: Mapping[str, Any]) -> str:
    one = flatten_texts(one)
    named = f"{one['kind']} {one['id']}, {one['title']} ({one['department']})"
    fields = one.get("fields", {})
    return named if not fields else f"{named}: {'; '.join(map(_field, fields.items()))}"


def _field(field: tuple[str, Mapping[str, Any]]) -> str:
    name, values = field
    return f"{name} {_value(values['old'])} -> {_value(values['new'])}" if values else name


def _value(value: Any) -> str:
    if value is None:
        return "none"
    return value if isinstance(value, str) else orjson.dumps(value).decode()


def _more(word: str, tally: ChangeTally) -> list[str]:
    more = tally.total - len(tally.examples)
    return [f"{word} {more:,} more."] if more and tally.examples else []
