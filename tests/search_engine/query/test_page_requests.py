"""Every sub-request of a search is justified in one table, and every row of it can be sent."""

import re
from collections.abc import Iterator
from pathlib import Path
from random import Random

from search_engine.execution.planner import Prediction, build_plan, first_requests
from search_engine.query.alternatives import build_alternatives
from search_engine.query.page_requests import ALTERNATIVE, page_requests
from search_engine.query.plan import CursorPosition, build_request
from search_engine.request.profiles import load_profiles
from search_engine.request.window import build_window
from tests.search_engine.engine_pages import change_criteria
from tests.search_engine.random_searches import draw_search

TABLE = Path(__file__).parents[3] / "docs" / "explanation" / "search-requests.md"


def read_table_names() -> set[str]:
    """The first column of the table of sub-requests."""
    section = TABLE.read_text("utf-8").split("## Sub-requests")[1].split("\n## ")[0]
    return set(re.findall(r"^\| `([^`]+)` \|", section, re.MULTILINE))


def sendable_names() -> Iterator[str]:
    """The sub-requests of random searches, whatever is predicted."""
    random = Random(11)
    for turn in range(100):
        drawn = draw_search(random)
        if turn % 3 == 0:
            drawn = change_criteria(drawn, cpts="480000001", kind=["cpts"])
        profile = load_profiles()[drawn.criteria.profile]
        window = build_window(drawn.now, drawn.area.zone)
        area = drawn.area._replace(explicit_radius=False, insee="48095")
        request = build_request(
            drawn.criteria, drawn.meaning, area, window, profile=profile, seed=1
        )
        covering = ("480000001",)
        circle = None if area.radius_km is None or turn % 2 else 1
        yield from first_requests(request, Prediction(covering, circle, empty=True))
        plan = build_plan(request, covering)._replace(position=CursorPosition((1.0, "a")))
        beside = build_alternatives(plan)
        yield from page_requests(plan, solutions=True, alternatives=beside, remote=True)


def test_the_table_has_the_sub_requests_that_can_be_sent() -> None:
    names = {ALTERNATIVE.strip() if n.startswith(ALTERNATIVE) else n for n in sendable_names()}
    assert names == read_table_names()


def test_facets_left_out_send_fewer_sub_requests() -> None:
    drawn = change_criteria(draw_search(Random(1)), facets=False)
    window = build_window(drawn.now, drawn.area.zone)
    profile = load_profiles()[drawn.criteria.profile]
    request = build_request(
        drawn.criteria, drawn.meaning, drawn.area, window, profile=profile, seed=1
    )
    assert set(page_requests(build_plan(request))) == {"page"}
