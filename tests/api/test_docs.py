"""``docs/reference/api.md`` says what the code does: problems, routes, criteria, settings."""

import re
from pathlib import Path

from api import problems
from api.problems import CODES, INVALID, Problem
from api.settings import ApiSettings
from search_engine.request.criteria import SearchRequest
from search_engine.request.problems import SearchProblem
from tests.api.conftest import build_frozen_app
from tests.api.test_refusals import below

TEXT = (Path(__file__).parents[2] / "docs" / "reference" / "api.md").read_text("utf-8")


def test_every_problem_is_in_the_table_with_its_status() -> None:
    told = set(re.findall(r"^\| (\d{3}) \| `(\w+)` \|", TEXT, re.MULTILINE))
    ours = {(p.status, p.code) for p in vars(problems).values() if isinstance(p, Problem)}
    ours |= {(kind.status, kind.code) for kind in below(SearchProblem)}
    ours |= {(422, code) for code in (INVALID, *CODES.values())}
    assert told == {(str(status), code) for status, code in ours}


def test_every_route_is_in_the_table() -> None:
    told = set(re.findall(r"^\| `(GET|POST) (\S+)` \|", TEXT, re.MULTILINE))
    paths = build_frozen_app().openapi()["paths"]
    served = {(method.upper(), path) for path, methods in paths.items() for method in methods}
    templates = {(method, path.replace("{offer_id}", "{id}")) for method, path in served}
    assert told == templates


def test_every_criterion_and_setting_is_told() -> None:
    assert [name for name in SearchRequest.model_fields if f"`{name}`" not in TEXT] == []
    variables = [f"SAS_{name.upper()}" for name in ApiSettings.model_fields]
    assert [name for name in variables if f"`{name}`" not in TEXT] == []
