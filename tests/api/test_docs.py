"""``docs/reference/api.md`` has every route and every criterion."""

import re
from pathlib import Path

from search_engine.request.criteria import SearchRequest
from tests.api.conftest import build_frozen_app

TEXT = (Path(__file__).parents[2] / "docs" / "reference" / "api.md").read_text("utf-8")


def test_every_route_is_in_the_table() -> None:
    documented = set(re.findall(r"^\| `(GET|POST) (\S+)` \|", TEXT, re.MULTILINE))
    paths = build_frozen_app().openapi()["paths"]
    served = {(method.upper(), path) for path, methods in paths.items() for method in methods}
    templates = {(method, path.replace("{offer_id}", "{id}")) for method, path in served}
    assert documented == templates


def test_every_criterion_is_in_the_page() -> None:
    assert [name for name in SearchRequest.model_fields if f"`{name}`" not in TEXT] == []
