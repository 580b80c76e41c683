"""What an empty page says of its line: never nothing, whatever was typed."""

import csv
import re
from importlib import resources
from random import Random

from mappings.analysis import fold
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
from search_engine.understanding.tokens import split_tokens
from tests.geography.empty_geocoder import EmptyGeocoder
from tests.search_engine.sample_offers import NOW
from tests.suite.repetitions import Repetitions

OTHERS = ["xyzzyx", "Brest", "29200", "à", "de", "chez", "mon", "ma", "mercredi", "Dr", "?"]
QUOTED = re.compile("« (.+?) »")
WAY_OUT = re.compile(
    r"[ÉV]\w+ez\b|élargissez|Nommez|transmettre|régulation|\b\d{2,4}\b|Voir|Une pharmacie"
)
"""What to do, whom to call or where to look."""


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


def list_french_words() -> list[str]:
    """Common words of the language, those of the phrases one by one, the phrases, and names."""
    table = resources.files("search_engine.understanding").joinpath("common_words.csv")
    common = [row["word"] for row in csv.DictReader(table.read_text("utf-8").splitlines())]
    phrases = [phrase.text for phrase in load_phrases().phrases]
    single = [token.typed for text in phrases for token in split_tokens(text)]
    surnames = [row["name"].title() for row in table_rows("surnames")]
    return [*dict.fromkeys([*common, *single, *phrases, *surnames, *OTHERS])]


def is_helpful(sentence: str, what: str) -> bool:
    """The sentence names a part of what was typed, and a way out."""
    typed = set(fold(what).split())
    named = any(set(fold(part).split()) <= typed for part in QUOTED.findall(sentence))
    return named and WAY_OUT.search(sentence) is not None


async def test_no_empty_page_is_mute(repetitions: Repetitions) -> None:
    random, mute = Random(5), []
    words = list_french_words()
    for _ in range(repetitions.typed_lines):
        what = " ".join(random.sample(words, random.choice((1, 1, 2, 3, 4))))[:200]
        try:
            sentences = await list_last_sentences(what)
        except QueryTooShort:
            continue
        if not any(is_helpful(sentence, what) for sentence in sentences):
            mute.append((what, sentences))
    assert mute == []
