"""The page of a run: one file that needs nothing else, safe whatever its texts hold."""

import xml.etree.ElementTree as ET
from collections.abc import Mapping
from html.parser import HTMLParser
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geography.departments import departments
from indexers.report.charts import (
    Bar,
    counts_without_tile,
    format_short_count,
    render_bars,
    render_changes,
    render_map,
    tile_opacity,
    tiles,
)
from indexers.report.page import drift_bars, render_page
from indexers.runs import folder
from tests.indexers.reindex_harness import ReindexHarness, two_doctors

HOSTILE = "<script>alert(1)</script>\"'&"
NAMES = st.one_of(st.text(max_size=12), st.just(HOSTILE))
PAIRS = st.fixed_dictionaries({"live": st.integers(0, 10**6), "new": st.integers(0, 10**6)})
COUNTS = st.dictionaries(NAMES, PAIRS, max_size=5)
REPORTS = st.fixed_dictionaries(
    {},
    optional={
        "run": st.fixed_dictionaries(
            {"outcome": st.sampled_from(["done", "failed", HOSTILE]), "command": NAMES},
            optional={
                "error": st.fixed_dictionaries({"kind": NAMES, "sentence": NAMES}),
                "stopped_at": st.none() | NAMES,
                "seconds": st.floats(0, 10**5),
                "peak_memory_bytes": st.integers(0, 2**40),
                "stages": st.dictionaries(NAMES, st.floats(0, 10**5), max_size=4),
            },
        ),
        "kinds": COUNTS,
        "departments": COUNTS,
        "professions": COUNTS,
        "live_total": st.none() | st.integers(0, 10**6),
        "total": st.integers(0, 10**6),
        "accepted": st.lists(NAMES, max_size=3),
        "quarantine": st.dictionaries(
            NAMES,
            st.fixed_dictionaries(
                {
                    "read": st.integers(0, 10**6),
                    "ratio": st.floats(0, 1),
                    "rejected": st.dictionaries(NAMES, st.integers(1, 10**6), max_size=3),
                }
            ),
            max_size=3,
        ),
    },
)


class ReportPageParser(HTMLParser):
    """The elements of a page, with where each would fetch from."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.fetched: list[str] = []
        self.handlers: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.fetched += [value or "" for name, value in attrs if name in {"src", "href"}]
        self.handlers += [name for name, _ in attrs if name.startswith("on")]


@given(REPORTS)
def test_no_report_makes_a_page_that_runs_or_fetches(report: Mapping[str, Any]) -> None:
    seen = ReportPageParser(render_page(HOSTILE, report))
    assert not seen.tags & {"script", "iframe", "img", "link", "object"}
    assert (seen.fetched, seen.handlers) == ([], [])


def test_every_department_has_a_tile_of_its_own() -> None:
    served = {code for code in departments() if code not in {"984", "989"}}
    assert served <= tiles().keys()
    assert len(set(tiles().values())) == len(tiles())


def test_neighbours_stand_near_each_other() -> None:
    near = [("48", "07"), ("75", "92"), ("29", "56"), ("06", "83"), ("67", "68"), ("2A", "2B")]
    for one, other in near:
        a, b = tiles()[one], tiles()[other]
        assert max(abs(a.column - b.column), abs(a.row - b.row)) <= 2, (one, other)
    assert tiles()["59"].row < tiles()["75"].row < tiles()["13"].row
    assert tiles()["29"].column < tiles()["75"].column < tiles()["67"].column


def test_the_map_says_each_count_and_what_it_cannot_place() -> None:
    drawn = render_map({"48": 12, "971": 3_400})
    titles = [node.text for node in ET.fromstring(drawn).iter("title")]
    assert "48: 12 offers" in titles
    assert "971: 3,400 offers" in titles
    assert counts_without_tile({"48": 1, "999": 2}) == {"999": 2}


def test_a_larger_count_is_darker() -> None:
    assert tile_opacity(0, 9) == 0 == tile_opacity(0, 0)
    assert 0 < tile_opacity(1, 100) < tile_opacity(50, 100) < tile_opacity(100, 100) == 1


@pytest.mark.parametrize(
    ("count", "told"), [(0, "0"), (999, "999"), (1_000, "1.0k"), (34_567, "35k")]
)
def test_counts_are_short(count: int, told: str) -> None:
    assert format_short_count(count) == told


def test_bars_are_as_long_as_their_values() -> None:
    widths = [
        float(node.attrib["width"])
        for node in ET.fromstring(render_bars("t", [Bar("a", 2, ""), Bar("b", 1, "")])).iter("rect")
    ]
    assert widths[0] == 2 * widths[1] > 0
    up, down = ET.fromstring(render_changes("t", [Bar("a", 5, ""), Bar("b", -5, "")])).iter("rect")
    assert (up.attrib["class"], down.attrib["class"]) == ("more", "less")
    assert float(down.attrib["x"]) < float(up.attrib["x"])


def test_changes_say_their_share_and_when_they_are_out_of_range() -> None:
    bars = drift_bars(
        {
            "a": {"live": 100, "new": 100},
            "b": {"live": 1_000, "new": 900},
            "c": {"live": 0, "new": 2},
        }
    )
    assert [bar.caption for bar in bars] == ["-100 (-10.0%), out of range", "+2 (new)"]


def test_a_run_leaves_its_page(reindex_harness: ReindexHarness) -> None:
    order = reindex_harness.reindex_request(two_doctors(reindex_harness))
    report = reindex_harness.reindex(two_doctors(reindex_harness), run=order.run)
    page = (order.run / folder.PAGE).read_text("utf-8")
    assert report.index in page
    assert "48: 2 offers" in page
    assert "Taking the lock" in page
    assert page == render_page(order.run.name, folder.read_report(order.run))
