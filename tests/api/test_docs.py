"""``docs/reference/api.md`` has every route and every criterion; our pages load nothing."""

import re
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest
from fastapi.routing import APIRoute

from api.app import ROUTERS
from search_engine.request.criteria import SearchRequest
from tests.api.conftest import build_frozen_app, problem

TEXT = (Path(__file__).parents[2] / "docs" / "reference" / "api.md").read_text("utf-8")


def test_every_route_is_in_the_table() -> None:
    documented = set(re.findall(r"^\| `(GET|POST|PUT|PATCH|DELETE) (\S+)` \|", TEXT, re.MULTILINE))
    paths = build_frozen_app().openapi()["paths"]
    served = {(method.upper(), path) for path, methods in paths.items() for method in methods}
    templates = {(method, path.replace("{offer_id}", "{id}")) for method, path in served}
    assert documented == templates


def test_every_criterion_is_in_the_page() -> None:
    assert [name for name in SearchRequest.model_fields if f"`{name}`" not in TEXT] == []


class AddressReader(HTMLParser):
    """Collects the addresses that a page names, and the scripts and styles written in it."""

    def __init__(self) -> None:
        super().__init__()
        self.addresses: list[str] = []
        self.active: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Every attribute that may hold an address."""
        named = ("href", "src", "srcset", "action", "data", "poster", "style", "content")
        self.addresses += [value or "" for name, value in attrs if name in named]
        self.active += [name for name, _ in attrs if name.startswith("on")]
        self.active += [tag] if tag in ("script", "style", "iframe", "object", "base") else []


def fetch_pages(api: httpx.Client) -> dict[str, httpx.Response]:
    """Every route without a parameter in its path that answers a page."""
    routes = [route for router in ROUTERS for route in router.routes if isinstance(route, APIRoute)]
    paths = {
        route.path for route in routes if "GET" in (route.methods or ()) and "{" not in route.path
    }
    answers = {path: api.get(path) for path in sorted(paths)}
    return {p: r for p, r in answers.items() if "html" in r.headers["content-type"]}


def test_no_page_of_ours_loads_from_elsewhere(api: httpx.Client) -> None:
    pages = fetch_pages(api)
    assert "/docs" in pages
    for page in pages.values():
        reader = AddressReader()
        reader.feed(page.text)
        assert [url for url in reader.addresses if urlsplit(url).netloc] == []
        assert reader.active == []
        assert "default-src 'none'" in page.headers["content-security-policy"]


def test_the_page_of_the_contract_lists_every_route_and_leads_to_it(api: httpx.Client) -> None:
    text = api.get("/docs").text
    for path, methods in build_frozen_app().openapi()["paths"].items():
        assert f"<td>{path}</td>" in text
        assert all(f"<td>{method.upper()}</td>" in text for method in methods)
    assert 'href="/v1/openapi.json"' in text


@pytest.mark.parametrize("path", ["/redoc", "/docs/oauth2-redirect"])
def test_pages_of_the_framework_are_not_served(api: httpx.Client, path: str) -> None:
    problem(api.get(path), 404, "not_found")
