"""Every route of the document holds to it, whatever is sent: sound or faulty, known or not.

Requests are drawn from the document itself, so a route added later is held to it without a line
here. The same seed gives the same requests.
"""

import json
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
import schemathesis
from elasticsearch import Elasticsearch
from schemathesis.checks import CHECKS
from schemathesis.config import SchemathesisConfig

from tests.api.conftest import ALPHA, build_frozen_app
from tests.api.worked_examples import (
    WorkedExample,
    examples,
    find_example,
    open_dozen_service,
    path_parameters,
)

WORDS = ["MG", "pharmacie", "Boidin", "48095", "48", "974", "Mende", "12 bis", ALPHA]
"""What the dozen offers answer to: texts drawn at random find nothing."""
OFFERS = ["rpps:10000000101@1480000101", "finess:480000123", "sos:12345678900011:mende"]

GENERATION_CONFIG: dict[str, Any] = {
    "seed": 20261123,
    "generation": {
        "mode": "all",
        "deterministic": True,
        "max-examples": 15,
        "with-security-parameters": False,
        "dictionaries": {"string": {"dictionary": "words", "probability": 0.5}},
    },
    "dictionaries": {"words": {"values": WORDS + OFFERS}},
    "phases": {
        "stateful": {"enabled": False},
        "coverage": {"extra-data-sources": {"responses": False}},
        "fuzzing": {
            "extra-data-sources": {"responses": False},
            "error-feedback": {"enabled": False},
        },
    },
    "checks": {
        name: {"enabled": False}
        for name in ("positive_data_acceptance", "ignored_auth", "use_after_free")
    },
}
"""No criterion alone says that exactly one place is needed, so that sound data may be refused; who
is let in is shown in test_security.py."""

SUCCESSES = frozenset({200, 201})
CREATIONS = (
    "/v1/professionals",
    "/v1/structures",
    "/v1/absences",
    "/v1/orientations",
    "/v1/accounts",
    "/v1/lrm/registry",
)
"""Where the examples make what the others read and change."""
CHANGES = {"PUT", "PATCH", "DELETE"}

StatusesByRoute = defaultdict[str, set[int]]

contract = schemathesis.openapi.from_dict(
    build_frozen_app().openapi(), config=SchemathesisConfig.from_dict(GENERATION_CONFIG)
)


@pytest.fixture(scope="module")
def statuses_by_route() -> StatusesByRoute:
    """The statuses met, by route."""
    return defaultdict(set)


@pytest.fixture(scope="module")
def server(
    es: Elasticsearch, es_url: str, dozen_prefix: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """The URL of a real server of the dozen offers, LRM registry and declarations included."""
    with open_dozen_service(es_url, dozen_prefix, tmp_path_factory.mktemp("state")) as url:
        for change in (one.request for one in examples() if is_creation(one)):
            change.send_to(url)
        yield url


@pytest.mark.proves("W20")
@contract.parametrize()
def test_every_route_holds_to_its_document(
    case: schemathesis.Case, server: str, statuses_by_route: StatusesByRoute
) -> None:
    response = case.call_and_validate(base_url=server, timeout=20)
    statuses_by_route[case.operation.label].add(response.status_code)


@pytest.mark.proves("W20")
@contract.parametrize()
def test_a_sound_request_with_one_part_drawn_holds_too(
    case: schemathesis.Case, server: str, statuses_by_route: StatusesByRoute
) -> None:
    """Drawn whole, a search seldom has one known place: here the example of the route does."""
    case = vary_example(case, server)
    unknown = [CHECKS.get_one("negative_data_rejection")]  # the part kept may be the sound one
    response = case.call_and_validate(base_url=server, timeout=20, excluded_checks=unknown)
    statuses_by_route[case.operation.label].add(response.status_code)


def is_creation(example: WorkedExample) -> bool:
    """True for what the server has from its start."""
    asked = example.request
    return asked.method in ("PUT", "POST") and asked.url.path.startswith(CREATIONS)


def vary_example(case: schemathesis.Case, server: str) -> schemathesis.Case:
    """The example of ``docs/reference/api.md`` with one of the parts drawn for this case."""
    example = find_example(case.method, case.path)
    if example is None:
        return case
    if example.request.headers.get("Content-Type") == "text/csv":
        case.body = (example.request.body or b"").decode()
    elif example.request.body is not None and isinstance(case.body, dict):
        case.body = {**json.loads(example.request.body), **_pick_member(case.body)}
    asked = example.request.url
    case.headers = {**(case.headers or {}), **_list_conditions(example, server)}
    query = {name: asked.params.get_list(name) for name in asked.params}
    case.query = {**query, **_pick_member(case.query)}
    case.path_parameters = path_parameters(case.path, asked.path)
    return case


def _list_conditions(example: WorkedExample, server: str) -> dict[str, str]:
    """The key of a creation; of a change, the version that the server has now."""
    asked = example.request
    if asked.method not in CHANGES:
        return {name: value for name, value in asked.headers.items() if name == "Idempotency-Key"}
    whole = asked.url.path.partition("/slots/")[0]
    return {"If-Match": httpx.get(f"{server}{whole}").headers.get("etag", '"1"')}


def _pick_member(members: dict[str, Any]) -> dict[str, Any]:
    """One member, chosen by what was drawn so that each has its turn."""
    names = sorted(members)
    return {name: members[name] for name in names[len(repr(members)) % (len(names) or 1) :][:1]}


@pytest.mark.usefixtures("server")
def test_every_route_answered_and_refused(statuses_by_route: StatusesByRoute) -> None:
    """What was drawn reaches what each route does; only then do the tests above show anything."""
    labels = {operation.ok().label for operation in contract.get_all_operations()}
    assert {label for label, found in statuses_by_route.items() if found & SUCCESSES} == labels
    assert {label for label, found in statuses_by_route.items() if found - SUCCESSES} == labels
