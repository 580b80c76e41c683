"""What an empty page says of its line: never nothing, whatever was typed."""

from random import Random

from mappings.codes import table_rows
from search_engine.execution.parse import ParsedRequest
from search_engine.execution.resolve import resolve_requests
from search_engine.execution.stopwatch import Stopwatch
from search_engine.query.plan import Plan
from search_engine.request.area import resolve_area
from search_engine.request.criteria import Criteria
from search_engine.request.problems import QueryTooShort
from search_engine.request.profiles import load_profiles
from search_engine.request.typed_line import read_line
from search_engine.response.line_block import line_block
from search_engine.understanding.phrases import load_phrases
from tests.geography.empty_geocoder import EmptyGeocoder
from tests.search_engine.sample_offers import NOW

LINES = 1_000
OTHERS = ["xyzzyx", "Brest", "29200", "à", "de", "chez", "mon", "ma", "mercredi", "Dr", "?"]


async def list_last_sentences(what: str) -> list[str]:
    """The sentences of the loosest search of a line, were its page empty."""
    parsed = ParsedRequest(
        Criteria(what=what, insee="48095"), load_profiles()["regulation"], state=None
    )
    *_, last = await resolve_requests(
        parsed,
        NOW,
        Stopwatch(),
        geocoder=EmptyGeocoder(),
        resolve_area=resolve_area,
        read_line=read_line,
    )
    read = line_block(Plan(last, last.area), 0)
    return [sentence["message"] for sentence in read["sentences"]]


async def test_no_empty_page_is_mute() -> None:
    random, mute = Random(5), []
    words = [phrase.text for phrase in load_phrases().phrases]
    words += [row["name"].title() for row in table_rows("surnames")] + OTHERS
    for _ in range(LINES):
        what = " ".join(random.sample(words, random.choice((1, 1, 2, 3, 4))))[:200]
        try:
            sentences = await list_last_sentences(what)
        except QueryTooShort:
            continue
        if not sentences:
            mute.append(what)
    assert mute == []
