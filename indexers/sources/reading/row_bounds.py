"""Bounds of the cells of a file, by position: a row with a cell beyond its bound is set aside.

Nearly every row has no cell over the narrowest bound: one look at the longest cell settles it.
"""

from collections.abc import Mapping, Sequence

from indexers.sources.columns import Columns
from mappings.bounds import CELL, TextBound


class RowBounds:
    """The bound of each cell of a row; a column that no table names has that of words."""

    def __init__(self, names: Sequence[str], columns: Columns, places: Mapping[str, int]) -> None:
        """``names`` is the header; ``places`` the position of the known columns."""
        known = {at: columns[name] for name, at in places.items()}
        self._names = names
        self._bounds: tuple[TextBound, ...] = tuple(known.get(at, CELL) for at in range(len(names)))
        self._narrowest = min((bound.longest for bound in self._bounds), default=0)

    @property
    def width(self) -> int:
        """Fields of a row."""
        return len(self._bounds)

    def find_excess(self, fields: Sequence[str]) -> str:
        """The first cell beyond its bound, with the limit: ``rs: at most ...``; ``""`` for none."""
        if len(max(fields, key=len)) <= self._narrowest:
            return ""
        for name, bound, field in zip(self._names, self._bounds, fields, strict=False):
            if not bound.holds(field):
                return f"{name[: CELL.longest]}: {bound.limit}"
        return ""


def positional_bounds(columns: Columns) -> RowBounds:
    """Bounds of a file without header, whose fields are those of the table in order."""
    names = tuple(columns)
    return RowBounds(names, columns, {name: at for at, name in enumerate(names)})
