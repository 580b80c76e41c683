"""Plots as inline SVG: small functions from counts to text, every label escaped.

Colours are classes of ``style.css``, so that a page reads in the dark as in the light.
"""

import csv
from collections.abc import Mapping, Sequence
from functools import cache
from html import escape
from itertools import starmap
from math import log1p
from pathlib import Path
from typing import NamedTuple

TILES = Path(__file__).parent / "tiles.csv"
"""Where each department stands in the grid: as near as possible to where it is in France."""

TILE, GAP = 46, 3
"""Side of a tile and space between two, in SVG units."""
FAINTEST = 0.12
"""Opacity of the smallest count; the largest is 1."""
DARK = 0.75
"""Opacity from which a label is written in the colour of the paper."""

LABEL_WIDTH, BAR_WIDTH, VALUE_WIDTH = 300, 420, 190
BAR_HEIGHT, BAR_STEP = 16, 22
TEN_THOUSAND = 10_000
"""From there a count is written without tenth of a thousand."""
MAX_LABEL = 44
"""Characters of a label; the whole stands in its tooltip."""


class Bar(NamedTuple):
    """One bar: its label, its length in any unit, and what is written beside it."""

    label: str
    value: float
    caption: str


class Tile(NamedTuple):
    """Column and row of a department, from the top left."""

    column: int
    row: int


@cache
def tiles() -> Mapping[str, Tile]:
    """The grid of departments and collectivities, overseas in the last row."""
    with TILES.open(encoding="utf-8", newline="") as lines:
        rows = csv.DictReader(lines)
        return {row["department"]: Tile(int(row["column"]), int(row["row"])) for row in rows}


def render_map(counts: Mapping[str, int]) -> str:
    """Counts by department, darker where there are more; each tile says its count."""
    largest = max(counts.values(), default=0)
    drawn = [_tile(code, place, counts.get(code, 0), largest) for code, place in tiles().items()]
    width = max(place.column for place in tiles().values()) + 1
    height = max(place.row for place in tiles().values()) + 1
    return _svg("Offers by department", width * TILE, height * TILE, drawn)


def counts_without_tile(counts: Mapping[str, int]) -> dict[str, int]:
    """Counts of the codes that have no tile."""
    return {code: count for code, count in counts.items() if code not in tiles()}


def _tile(code: str, place: Tile, count: int, largest: int) -> str:
    x, y, side = place.column * TILE, place.row * TILE, TILE - GAP
    opacity = tile_opacity(count, largest)
    kind = "tile" if count else "empty"
    ink = ' style="fill: var(--paper)"' if opacity > DARK else ""
    return (
        f'<g><title>{escape(code)}: {count:,} offers</title><rect class="{kind}" x="{x}" y="{y}" '
        f'width="{side}" height="{side}" rx="4" fill-opacity="{opacity:.2f}"/>'
        f'<text x="{x + side / 2}" y="{y + 18}" text-anchor="middle"{ink}>{escape(code)}</text>'
        f'<text x="{x + side / 2}" y="{y + 34}" text-anchor="middle"{ink}>'
        f"{format_short_count(count)}</text></g>"
    )


def tile_opacity(count: int, largest: int) -> float:
    """How dark a count is, by its logarithm: Paris has a hundred times the offers of Lozère."""
    if count <= 0 or largest <= 0:
        return 0.0
    return FAINTEST + (1 - FAINTEST) * log1p(count) / log1p(largest)


def format_short_count(count: int) -> str:
    """A count in at most four characters or so: ``999``, ``1.2k``, ``35k``."""
    thousands = count / 1_000
    if thousands < 1:
        return str(count)
    return f"{thousands:.1f}k" if count < TEN_THOUSAND else f"{thousands:,.0f}k"


def render_bars(title: str, bars: Sequence[Bar]) -> str:
    """Bars from the left, the longest as wide as there is room."""
    largest = max((bar.value for bar in bars), default=0) or 1
    drawn = [
        _bar(row, bar, LABEL_WIDTH, BAR_WIDTH * max(bar.value, 0) / largest, "bar")
        for row, bar in enumerate(bars)
    ]
    return _svg(title, LABEL_WIDTH + BAR_WIDTH + VALUE_WIDTH, len(bars) * BAR_STEP, drawn)


def render_changes(title: str, bars: Sequence[Bar]) -> str:
    """Bars from a middle line: what grew to the right, what shrank to the left."""
    largest = max((abs(bar.value) for bar in bars), default=0) or 1
    half, middle = BAR_WIDTH / 2, LABEL_WIDTH + BAR_WIDTH / 2
    drawn = [f'<line class="axis" x1="{middle}" x2="{middle}" y1="0" y2="{len(bars) * BAR_STEP}"/>']
    for row, bar in enumerate(bars):
        width = half * abs(bar.value) / largest
        start = middle if bar.value >= 0 else middle - width
        drawn.append(_bar(row, bar, start, width, "more" if bar.value >= 0 else "less"))
    return _svg(title, LABEL_WIDTH + BAR_WIDTH + VALUE_WIDTH, len(bars) * BAR_STEP, drawn)


def _bar(row: int, bar: Bar, start: float, width: float, kind: str) -> str:
    top = row * BAR_STEP
    label = bar.label if len(bar.label) <= MAX_LABEL else f"{bar.label[: MAX_LABEL - 1]}…"
    beside = LABEL_WIDTH + BAR_WIDTH + 8
    return (
        f"<g><title>{escape(bar.label)}: {escape(bar.caption)}</title>"
        f'<text x="{LABEL_WIDTH - 8}" y="{top + 14}" text-anchor="end">{escape(label)}</text>'
        f'<rect class="{kind}" x="{start:.1f}" y="{top + 2}" width="{width:.1f}" '
        f'height="{BAR_HEIGHT}" rx="2"/>'
        f'<text class="value" x="{beside}" y="{top + 14}">{escape(bar.caption)}</text></g>'
    )


def _svg(title: str, width: int, height: int, elements: Sequence[str]) -> str:
    return (
        f'<svg role="img" aria-label="{escape(title)}" width="{width}" height="{height}" '
        f'viewBox="0 0 {width} {height}">{"".join(elements)}</svg>'
    )


def largest_first(counts: Mapping[str, float], caption_format: str = "{:,}") -> list[Bar]:
    """One bar a count, the largest first."""
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return list(
        starmap(lambda label, value: Bar(label, value, caption_format.format(value)), ordered)
    )
