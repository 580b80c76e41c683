"""Geometry of the charts, in SVG units; ``templates/charts.svg.j2`` draws them."""

import csv
from collections.abc import Mapping, Sequence
from functools import cache
from itertools import starmap
from math import log1p
from pathlib import Path
from typing import Any, NamedTuple

from markupsafe import Markup

from indexers.report.templates import TEMPLATES

TILES = Path(__file__).parent / "tiles.csv"
"""Place of each department in the grid, as near as possible to its place in France."""

TILE, GAP = 46, 3
"""Side of a tile and space between two."""
FAINTEST = 0.12
"""Opacity of the smallest count; the largest is 1."""
DARK = 0.75
"""Opacity from which a label is written in the colour of the paper."""

LABEL_WIDTH, BAR_WIDTH, VALUE_WIDTH = 300, 420, 190
BAR_HEIGHT, BAR_STEP = 16, 22
TEN_THOUSAND = 10_000
"""From there a count is written without tenth of a thousand."""
MAX_LABEL = 44
"""Characters of a label; its tooltip has all of them."""


class Bar(NamedTuple):
    """One bar: its label, its length in any unit, and the text beside it."""

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


def render_map(counts: Mapping[str, int]) -> Markup:
    """Counts by department, darker where there are more, each tile with its count."""
    largest = max(counts.values(), default=0)
    drawn = [_place_tile(code, at, counts.get(code, 0), largest) for code, at in tiles().items()]
    width = (max(place.column for place in tiles().values()) + 1) * TILE
    height = (max(place.row for place in tiles().values()) + 1) * TILE
    return _draw("map", "Offers by department", width, height, drawn)


def counts_without_tile(counts: Mapping[str, int]) -> dict[str, int]:
    """Counts of the codes that have no tile."""
    return {code: count for code, count in counts.items() if code not in tiles()}


def _place_tile(code: str, place: Tile, count: int, largest: int) -> dict[str, Any]:
    opacity = tile_opacity(count, largest)
    return {
        "code": code,
        "count": count,
        "short_count": format_short_count(count),
        "x": place.column * TILE,
        "y": place.row * TILE,
        "side": TILE - GAP,
        "opacity": opacity,
        "is_dark": opacity > DARK,
        "style": "tile" if count else "empty",
    }


def tile_opacity(count: int, largest: int) -> float:
    """Opacity of a count, logarithmic: Paris has a hundred times the offers of Lozère."""
    if count <= 0 or largest <= 0:
        return 0.0
    return FAINTEST + (1 - FAINTEST) * log1p(count) / log1p(largest)


def format_short_count(count: int) -> str:
    """A count in at most four characters or so: ``999``, ``1.2k``, ``35k``."""
    thousands = count / 1_000
    if thousands < 1:
        return str(count)
    return f"{thousands:.1f}k" if count < TEN_THOUSAND else f"{thousands:,.0f}k"


def render_bars(title: str, bars: Sequence[Bar]) -> Markup:
    """Bars from the left, the longest of full width."""
    largest = max((bar.value for bar in bars), default=0) or 1
    widths = [BAR_WIDTH * max(bar.value, 0) / largest for bar in bars]
    return _draw_bars(
        title,
        [
            _place_bar(row, bar, LABEL_WIDTH, width, "bar")
            for row, (bar, width) in enumerate(zip(bars, widths, strict=True))
        ],
    )


def render_changes(title: str, bars: Sequence[Bar]) -> Markup:
    """Bars from a middle line: growth to the right, loss to the left."""
    largest = max((abs(bar.value) for bar in bars), default=0) or 1
    half, middle = BAR_WIDTH / 2, LABEL_WIDTH + BAR_WIDTH / 2
    drawn = []
    for row, bar in enumerate(bars):
        width = half * abs(bar.value) / largest
        start = middle if bar.value >= 0 else middle - width
        drawn.append(_place_bar(row, bar, start, width, "more" if bar.value >= 0 else "less"))
    return _draw_bars(title, drawn, middle)


def _place_bar(row: int, bar: Bar, start: float, width: float, style: str) -> dict[str, Any]:
    label = bar.label if len(bar.label) <= MAX_LABEL else f"{bar.label[: MAX_LABEL - 1]}…"
    return {
        "label": bar.label,
        "short_label": label,
        "label_end": LABEL_WIDTH - 8,
        "caption": bar.caption,
        "caption_start": LABEL_WIDTH + BAR_WIDTH + 8,
        "top": row * BAR_STEP,
        "height": BAR_HEIGHT,
        "start": start,
        "width": width,
        "style": style,
    }


def _draw_bars(
    title: str, drawn: Sequence[Mapping[str, Any]], middle: float | None = None
) -> Markup:
    width, height = LABEL_WIDTH + BAR_WIDTH + VALUE_WIDTH, len(drawn) * BAR_STEP
    return _draw("bars", title, width, height, drawn, middle=middle)


def _draw(
    chart: str,
    title: str,
    width: int,
    height: int,
    drawn: Sequence[Mapping[str, Any]],
    **more: float | None,
) -> Markup:
    """The SVG of a macro of ``templates/charts.svg.j2``, every text escaped."""
    macros = TEMPLATES.get_template("charts.svg.j2").module
    svg: Markup = getattr(macros, chart)(title, width, height, drawn, **more)
    return svg


def largest_first(counts: Mapping[str, float], caption_format: str = "{:,}") -> list[Bar]:
    """One bar a count, the largest first."""
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return list(
        starmap(lambda label, value: Bar(label, value, caption_format.format(value)), ordered)
    )
