"""docs/reference/problems.md, from the problems that the code can answer."""

import csv
import sys
from collections.abc import Iterator
from pathlib import Path

import api.app  # noqa: F401
from search_engine.request.criteria_faults import CODES, INVALID
from search_engine.request.problem_document import Problem
from search_engine.request.problems import SearchProblem
from tests.documents.tables import NOTICE, markdown_table

CONDITIONS = Path(__file__).with_name("problem_conditions.csv")
ROOMS = ("api.", "lrm.", "search_engine.")
VALIDATION_TITLE = "Critère invalide"
INTRODUCTION = f"""# Problems

{NOTICE}

Errors are RFC 9457 documents, `application/problem+json`: [an example](api.md#problems). `code` is
stable; title, detail and remedy are French sentences. The last column is the header `Retry-After`.
"""


def problems_page() -> str:
    """The whole page."""
    conditions = read_conditions()
    rows = [
        (str(status), f"`{code}`", conditions.get(code, ""), title, f"{wait} s" if wait else "")
        for (status, code), (title, wait) in sorted(collect_problems().items())
    ]
    head = ("status", "code", "when", "title", "retry after")
    return f"{INTRODUCTION}\n{markdown_table(head, rows)}\n"


def read_conditions() -> dict[str, str]:
    """When each code is answered, in English."""
    with CONDITIONS.open(encoding="utf-8") as lines:
        return {row["code"]: row["when"] for row in csv.DictReader(lines)}


def collect_problems() -> dict[tuple[int, str], tuple[str, int | None]]:
    """Title and seconds to wait of every problem, by status and code."""
    found = {(p.status, p.code): (p.title, p.retry_after_s) for p in _constants()}
    for kind in _subclasses(SearchProblem):
        found.setdefault((kind.status, kind.code), (kind.title, kind.retry_after_s))
    for code in (INVALID, *CODES.values()):
        found.setdefault((422, code), (VALIDATION_TITLE, None))
    return found


def _constants() -> Iterator[Problem]:
    for name, module in sorted(sys.modules.items()):
        if name.startswith(ROOMS):
            yield from (value for value in vars(module).values() if isinstance(value, Problem))


def _subclasses(kind: type[SearchProblem]) -> Iterator[type[SearchProblem]]:
    for child in kind.__subclasses__():
        if child.__module__.startswith(ROOMS):
            yield child
        yield from _subclasses(child)
