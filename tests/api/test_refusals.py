"""What is refused, and that nothing of what was asked comes back."""

from collections.abc import Iterator
from typing import Any

import elastic_transport
import elasticsearch
import httpx
import pytest

from elastic import errors as elastic
from search_engine.request import problems as search
from tests.api.conftest import answer, build_frozen_app, open_api_server, problem

ADDRESS = "12 rue Kerguestenen 56270 Ploemeur"
DOCTOR = "Docteur Quévarrec"
TEXT = "Lanvollon-Trémuson"


@pytest.mark.proves("F002")
@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ({"insee": "48095"}, "what"),
        ({"what": "", "insee": "48095"}, "what"),
        ({"what": "   ", "insee": "48095"}, "what"),
        ({"what": "MG"}, "where"),
        ({"what": "MG", "where": ""}, "where"),
        ({"what": "MG", "lat": 44.5}, "lat"),
        ({"what": "MG", "insee": "48095", "department": "48"}, "where"),
        ({"what": "MG", "insee": "mende"}, "insee"),
        ({"what": "MG", "insee": "48095", "mode": "some"}, "mode"),
        ({"what": "MG", "insee": "48095", "size": 0}, "size"),
        ({"what": "MG", "insee": "48095", "size": 101}, "size"),
        ({"what": "MG", "insee": "48095", "page": 101, "size": 100}, "page"),
        ({"what": "MG", "insee": "48095", "page": 2, "cursor": "gAAA"}, "page"),
        ({"what": "MG", "insee": "48095", "cursor": "gA/+="}, "cursor"),
        ({"what": "MG", "insee": "48095", "cursor": ""}, "cursor"),
        ({"what": "MG", "insee": "48095", "cursor": "g" * 8001}, "cursor"),
        ({"what": "MG", "insee": "48095", "stable": "often"}, "stable"),
        ({"what": "MG", "insee": "48095", "radius_km": 0}, "radius_km"),
        ({"what": "MG", "insee": "48095", "horizon": ["0-5"]}, "horizon"),
        ({"what": "MG", "insee": "48095", "origin": "a b"}, "origin"),
        ({"what": "MG", "lat": 91, "lon": 0}, "lat"),
        ({"what": "MG", "lat": "nan", "lon": 0}, "lat"),
    ],
)
def test_a_faulty_criterion_is_named(api: httpx.Client, asked: dict[str, Any], field: str) -> None:
    assert problem(api.post("/v1/search", json=asked), 422, "invalid_parameter")["field"] == field
    assert problem(api.get("/v1/search", params=asked), 422, "invalid_parameter")["field"] == field


@pytest.mark.parametrize("name", ["adress", "Lat", "role", "cursors", "_source"])
def test_an_unknown_criterion_is_refused_by_name(api: httpx.Client, name: str) -> None:
    asked = {"what": "MG", "insee": "48095", name: "x"}
    assert problem(api.post("/v1/search", json=asked), 422, "unknown_parameter")["field"] == name
    assert problem(api.get("/v1/search", params=asked), 422, "unknown_parameter")["field"] == name


def test_a_criterion_given_twice_in_a_link_is_refused(api: httpx.Client) -> None:
    refused = problem(
        api.get("/v1/search?what=MG&insee=48095&mode=all&mode=beyond"), 422, "invalid_parameter"
    )
    assert refused["field"] == "mode"


def test_every_fault_is_listed(api: httpx.Client) -> None:
    asked = {"what": "MG", "insee": "48095", "size": 0, "mode": "some"}
    refused = problem(api.post("/v1/search", json=asked), 422, "invalid_parameter")
    assert {fault["field"] for fault in refused["errors"]} == {"size", "mode"}


@pytest.mark.proves("F123", "W42")
@pytest.mark.parametrize(
    "asked",
    [
        {"what": TEXT * 20, "where": ADDRESS},
        {"what": [TEXT], "where": ADDRESS},
        {"what": TEXT, "where": {"line": ADDRESS}},
        {"what": "MG", "where": ADDRESS, "treating_doctor": [DOCTOR]},
        {"what": "MG", "where": ADDRESS, "lat": TEXT, "insee": DOCTOR},
        {"what": "MG", "where": ADDRESS},
        {"what": "zz", "where": ADDRESS},
    ],
)
def test_nothing_that_was_asked_comes_back_in_a_refusal(
    api: httpx.Client, asked: dict[str, Any]
) -> None:
    response = api.post("/v1/search", json=asked)
    assert response.status_code == 422
    for planted in ("Kerguestenen", "Quévarrec", "Lanvollon"):
        assert planted not in response.text


@pytest.mark.proves("F007")
def test_an_unknown_place_is_told_apart_from_every_other_fault(api: httpx.Client) -> None:
    asked = {"what": "MG", "where": "zzzzzz"}
    assert problem(api.post("/v1/search", json=asked), 422, "place_not_found")["field"] == "where"
    asked = {"what": "MG", "insee": "99999"}
    assert problem(api.post("/v1/search", json=asked), 422, "place_not_found")["field"] == "insee"
    asked = {"what": "MG", "department": "99"}
    refused = problem(api.post("/v1/search", json=asked), 422, "place_not_found")
    assert refused["field"] == "department"


@pytest.mark.parametrize(("lat", "lon"), [(0, 0), (51.5, -0.12), (40.4, -3.7), (90, 180)])
def test_a_point_outside_france_is_said_to_be_so(api: httpx.Client, lat: float, lon: float) -> None:
    asked = {"what": "MG", "lat": lat, "lon": lon}
    problem(api.post("/v1/search", json=asked), 422, "place_outside_france")


def test_a_radius_around_a_department_is_refused_rather_than_ignored(api: httpx.Client) -> None:
    asked = {"what": "MG", "department": "48", "radius_km": 10}
    problem(api.post("/v1/search", json=asked), 422, "radius_not_applicable")


def test_an_unknown_profile_is_refused(api: httpx.Client) -> None:
    asked = {"what": "MG", "insee": "48095", "profile": "nothing_such"}
    assert problem(api.post("/v1/search", json=asked), 422, "unknown_code")["field"] == "profile"


@pytest.mark.parametrize(
    "filters",
    [{"profession": ["77"]}, {"specialty": ["SM54", "ZZ99"]}, {"kind": ["hospice"]}],
)
def test_an_unknown_code_is_refused_rather_than_answered_by_nothing(
    api: httpx.Client, filters: dict[str, list[str]]
) -> None:
    asked = {"what": "MG", "insee": "48095", **filters}
    refused = problem(api.post("/v1/search", json=asked), 422, "unknown_code")
    assert refused["field"] == next(iter(filters))


@pytest.mark.parametrize("body", [b"{not json", b"[1, 2]", b'"MG"', b"", b"null", b"\xff\xfe"])
def test_a_body_that_is_no_json_object_is_a_400(api: httpx.Client, body: bytes) -> None:
    headers = {"Content-Type": "application/json"}
    problem(api.post("/v1/search", content=body, headers=headers), 400, "malformed_body")


def test_a_body_that_does_not_say_it_is_json_is_a_400(api: httpx.Client) -> None:
    response = api.post("/v1/search", content=b'{"what": "MG", "insee": "48095"}')
    assert "Content-Type" in problem(response, 400, "malformed_body")["remedy"]


def test_a_body_or_a_query_too_large_is_refused(api: httpx.Client) -> None:
    large = b'{"what": "MG", "insee": "48095"' + b" " * 20_000 + b"}"
    headers = {"Content-Type": "application/json"}
    problem(api.post("/v1/search", content=large, headers=headers), 413, "body_too_large")
    problem(api.post("/v1/search", content=_pieces(large), headers=headers), 413, "body_too_large")
    problem(api.get("/v1/search", params={"what": "a" * 9_000}), 414, "query_too_long")


def test_unknown_routes_and_methods_are_problems_too(api: httpx.Client) -> None:
    problem(api.get("/v1/nothing"), 404, "not_found")
    problem(api.put("/v1/search", json={}), 405, "method_not_allowed")


@pytest.mark.proves("F030", "W22")
@pytest.mark.parametrize(
    "text", ['x" OR *:*', "aq && bz || !cx", "{!geofilt}", "dupont*?~2", "\\", "<script>", "%00%0a"]
)
def test_text_is_never_syntax(api: httpx.Client, text: str) -> None:
    response = api.post("/v1/search", json={"what": text, "insee": "48095", "mode": "all"})
    if response.status_code == 422:
        problem(response, 422, "query_too_short")
    else:
        assert answer(response)["total"]["value"] == 0


def _pieces(body: bytes) -> Iterator[bytes]:
    """Sent without a declared length."""
    for start in range(0, len(body), 1000):
        yield body[start : start + 1000]


META = elastic_transport.ApiResponseMeta(
    400, "1.1", elastic_transport.HttpHeaders(), 0.1, elastic_transport.NodeConfig("http", "h", 1)
)


def _api_error(status: int, kind: str) -> elasticsearch.ApiError:
    meta = elastic_transport.ApiResponseMeta(
        status, META.http_version, META.headers, META.duration, META.node
    )
    error = elasticsearch.NotFoundError if status == 404 else elasticsearch.ApiError
    return error(kind, meta, {"error": {"type": kind, "reason": ADDRESS}})


RAISED: list[tuple[Exception, int, str]] = [
    (search.QueryTooShort(), 422, "query_too_short"),
    (search.PlaceNotFound(), 422, "place_not_found"),
    (search.CommuneNotFound(), 422, "place_not_found"),
    (search.DepartmentNotFound(), 422, "place_not_found"),
    (search.LinkWithoutPoint(), 422, "place_not_found"),
    (search.PlaceOutsideFrance(), 422, "place_outside_france"),
    (search.CoordinatesSwapped(), 422, "coordinates_swapped"),
    (search.RadiusNotApplicable(), 422, "radius_not_applicable"),
    (search.UnknownCode("Ce code n'existe pas.", field="specialty"), 422, "unknown_code"),
    (search.CursorUnreadable(), 400, "cursor_unreadable"),
    (search.CursorExpired(), 400, "cursor_expired"),
    (search.CursorOfAnotherSearch(), 400, "cursor_of_another_search"),
    (search.OfferNotFound(), 404, "offer_not_found"),
    (search.CptsNotFound(), 404, "cpts_not_found"),
    (search.GeocoderUnavailable(), 503, "geocoder_unavailable"),
    (search.PartialAnswer(), 503, "partial_answer"),
    (elastic.ElasticUnavailable(ADDRESS), 503, "search_unavailable"),
    (elastic.ElasticUnreadable(), 503, "search_unavailable"),
    (elastic.IndexClosed(ADDRESS), 503, "index_closed"),
    (elastic.ElasticTimeout(ADDRESS), 504, "search_timeout"),
    (elastic.ElasticRefused(ADDRESS), 503, "search_unavailable"),
    (elastic.ElasticForbidden(ADDRESS), 503, "search_unavailable"),
    (elastic.ElasticUntrusted(ADDRESS), 503, "search_unavailable"),
    (elastic.ElasticOverloaded(ADDRESS), 503, "search_overloaded"),
    (elastic.DiskFull(ADDRESS), 503, "search_unavailable"),
    (elastic.ElasticRejected(ADDRESS), 500, "internal_error"),
    (elastic.IndexMissing(ADDRESS), 503, "index_missing"),
    (elastic.PointInTimeGone(), 400, "cursor_expired"),
    (elastic.IndexUnassigned(ADDRESS), 503, "search_unavailable"),
    (elastic.IndexAlreadyExists(ADDRESS), 503, "search_unavailable"),
    (elastic.AliasConflict(ADDRESS), 503, "search_unavailable"),
    (elastic.LockTaken(ADDRESS), 503, "search_unavailable"),
    (elastic.LockLost(ADDRESS), 503, "search_unavailable"),
    (_api_error(404, "index_not_found_exception"), 503, "index_missing"),
    (_api_error(429, "circuit_breaking_exception"), 503, "search_overloaded"),
    (_api_error(429, "es_rejected_execution_exception"), 503, "search_overloaded"),
    (_api_error(400, "parsing_exception"), 500, "internal_error"),
    (_api_error(503, "search_phase_execution_exception"), 503, "partial_answer"),
    (elasticsearch.ConnectionError(ADDRESS), 503, "search_unavailable"),
    (elasticsearch.ConnectionTimeout(ADDRESS), 504, "search_timeout"),
    (TimeoutError(ADDRESS), 504, "search_timeout"),
    (ValueError(ADDRESS), 500, "internal_error"),
    (KeyError(ADDRESS), 500, "internal_error"),
]
RETRIED = {429, 503, 504}


@pytest.fixture(scope="module")
def raising() -> Iterator[str]:
    """The URL of an application whose routes ``/raise/<number>`` fail."""
    app = build_frozen_app()

    @app.get("/raise/{number}")
    async def fail(number: int) -> None:
        raise RAISED[number][0]

    with open_api_server(app) as url:
        yield url


@pytest.mark.proves("F072", "W19", "W20")
@pytest.mark.parametrize("number", range(len(RAISED)), ids=lambda n: type(RAISED[n][0]).__name__)
def test_each_failure_has_its_status_and_its_code(raising: str, number: int) -> None:
    _, status, code = RAISED[number]
    response = httpx.get(f"{raising}/raise/{number}")
    problem(response, status, code)
    assert "Kerguestenen" not in response.text + str(response.headers)
    assert ("retry-after" in response.headers) == (status in RETRIED)


@pytest.mark.proves("F072", "W19")
def test_no_typed_failure_is_forgotten() -> None:
    shown = {type(error) for error, _, _ in RAISED}
    typed = {*below(search.SearchProblem), *below(elastic.ElasticError)}
    typed = {kind for kind in typed if kind.__module__ in (elastic.__name__, search.__name__)}
    assert typed - shown == set()


def below(kind: type[Exception]) -> set[type[Exception]]:
    """Every class under a class of exceptions."""
    return {found for child in kind.__subclasses__() for found in (child, *below(child))}
