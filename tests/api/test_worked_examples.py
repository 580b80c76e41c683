"""Each example of ``docs/reference/api.md`` is what a real server answers over the dozen offers."""

import json
from collections.abc import Iterator

import pytest
from elasticsearch import Elasticsearch

from tests.api.conftest import build_frozen_app
from tests.api.worked_examples import (
    LEFT_OUT,
    WorkedExample,
    examples,
    find_differences,
    find_example,
    open_dozen_service,
    parse_curl,
)

EXAMPLES = examples()
CONTRACT = "/v1/openapi.json"
"""A route that the document does not list: it is the document."""


@pytest.fixture(scope="module")
def server(
    es: Elasticsearch, es_url: str, dozen_prefix: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """The URL of the service that the examples were made with."""
    with open_dozen_service(es_url, dozen_prefix, tmp_path_factory.mktemp("state")) as url:
        yield url


@pytest.mark.parametrize(
    "example", EXAMPLES, ids=lambda e: f"{e.request.method} {e.request.url.path}"
)
def test_an_example_is_part_of_the_real_answer(server: str, example: WorkedExample) -> None:
    response = example.request.send_to(server)
    if example.kind == "json":
        assert list(find_differences(json.loads(example.answer), response.json())) == []
    else:
        assert set(example.answer.splitlines()) <= set(response.text.splitlines())


def test_every_route_has_an_example() -> None:
    paths = {**build_frozen_app().openapi()["paths"], CONTRACT: {"get": {}}}
    routes = {(method.upper(), path) for path, methods in paths.items() for method in methods}
    assert {route for route in routes if find_example(*route) is None} == set()


@pytest.mark.parametrize(
    ("told", "real", "found"),
    [
        ({"a": [1, LEFT_OUT]}, {"a": [1, 2, 3], "b": 0}, 0),
        ({"a": LEFT_OUT}, {"a": None}, 0),
        ({"a": [1]}, {"a": [1, 2]}, 1),
        ({"a": [1, 2, LEFT_OUT]}, {"a": [1]}, 1),
        ({"a": {"b": 1}}, {"a": {"b": 2}}, 1),
        ({"a": {"b": 1}}, {"a": [1]}, 1),
        ({"a": True}, {"a": 1}, 1),
        ({"a": None}, {}, 1),
    ],
)
def test_an_example_that_lies_is_found(told: object, real: object, found: int) -> None:
    assert len(list(find_differences(told, real))) == found


@pytest.mark.parametrize("command", ["curl -k http://127.0.0.1:8000/livez", "wget x"])
def test_a_command_that_no_test_can_run_is_found(command: str) -> None:
    with pytest.raises(AssertionError):
        parse_curl(command)
