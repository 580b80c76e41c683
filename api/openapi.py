"""The OpenAPI document completed in one place: security, bodies, problems and headers.

A route lists its own problems; those of the middleware and of the access control are added here,
with their media type and their headers.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from fastapi import APIRouter, FastAPI
from fastapi.encoders import jsonable_encoder
from fastapi.openapi.models import Schema
from fastapi.routing import APIRoute
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from api import refusals
from api.csv_body import MEDIA_TYPE as CSV
from api.csv_body import CsvBody
from api.middleware.request import REQUEST_ID
from api.problems import MEDIA_TYPE
from api.routes.health import OPEN_PATHS
from api.security.schemes import REQUIRED, SCHEMES
from api.strict_json import JsonBody
from search_engine.request.criteria_faults import MALFORMED_BODY
from search_engine.request.problem_document import INTERNAL_ERROR, SEARCH_TIMEOUT

COMMON_PROBLEMS = (
    refusals.REPEATED_HEADER,
    refusals.OUTSIDE_NETWORK,
    refusals.REQUEST_TIMEOUT,
    refusals.BODY_TOO_LARGE,
    refusals.QUERY_TOO_LONG,
    refusals.HOST_UNKNOWN,
    refusals.QUERY_UNREADABLE,
    refusals.HEADERS_TOO_LARGE,
    refusals.TOO_MANY_CONNECTIONS,
    INTERNAL_ERROR,
    SEARCH_TIMEOUT,
)
"""Problems of every route, for any caller."""

AUTHENTICATION_PROBLEMS = (
    refusals.IDENTITY_MISSING,
    refusals.TOKEN_REFUSED,
    refusals.KEY_REFUSED,
    refusals.ROLE_MISSING,
    refusals.RATE_LIMITED,
    refusals.IDENTITY_UNAVAILABLE,
)
"""Further problems of a protected route."""

BODY_PROBLEMS = (refusals.BAD_REQUEST, MALFORMED_BODY)
"""Further problems of a route that reads a body."""

REFERENCE = "#/components/schemas/{model}"

FIRST_PROBLEM = 400
RETRY_AFTER_STATUSES = frozenset({"429", "503", "504"})
"""Statuses with ``Retry-After``."""

FRAMEWORK_SHAPES = ("HTTPValidationError", "ValidationError")
"""Schemas that the framework documents and this service never sends."""


def complete_document(app: FastAPI, routers: Sequence[APIRouter]) -> None:
    """Make ``app.openapi()`` describe the whole contract."""
    describe_routes = app.openapi

    def openapi() -> dict[str, Any]:
        document = describe_bodies(routers, describe_routes())
        components = document.setdefault("components", {})
        components["securitySchemes"] = SCHEMES
        for name in FRAMEWORK_SHAPES:
            components.get("schemas", {}).pop(name, None)
        for path, methods in document["paths"].items():
            for operation in methods.values():
                operation["security"] = [] if path in OPEN_PATHS else REQUIRED
                operation["responses"] = _responses(path, operation)
        return document

    app.openapi = openapi  # type: ignore[method-assign]


def describe_bodies(routers: Sequence[APIRouter], document: dict[str, Any]) -> dict[str, Any]:
    """The document, with the bodies that ``JsonBody`` reads."""
    models = find_body_models(routers)
    _, shapes = models_json_schema(
        [(model, "validation") for model in models.values()], ref_template=REFERENCE
    )
    components = document.setdefault("components", {})
    schemas = {name: _describe_schema(shape) for name, shape in shapes["$defs"].items()}
    components["schemas"] = dict(sorted((components.get("schemas", {}) | schemas).items()))
    for (path, method), model in models.items():
        schema = {"$ref": REFERENCE.format(model=model.__name__)}
        document["paths"][path][method]["requestBody"] = {
            "required": True,
            "content": {"application/json": {"schema": schema}},
        }
    for path, method in find_sheet_routes(routers):
        document["paths"][path][method]["requestBody"] = {
            "required": True,
            "content": {CSV: {"schema": {"type": "string"}}},
        }
    return document


def _describe_schema(shape: dict[str, Any]) -> Any:
    """A schema as the framework writes its own: nothing that is null."""
    return jsonable_encoder(Schema.model_validate(shape), by_alias=True, exclude_none=True)


def find_body_models(routers: Sequence[APIRouter]) -> dict[tuple[str, str], type[BaseModel]]:
    """The model of each JSON body, by path and method in lower case."""
    return {
        route: reader.model
        for route, reader in list_body_readers(routers)
        if isinstance(reader, JsonBody)
    }


def find_sheet_routes(routers: Sequence[APIRouter]) -> list[tuple[str, str]]:
    """Path and method of each route that reads a sheet."""
    return [route for route, reader in list_body_readers(routers) if isinstance(reader, CsvBody)]


def list_body_readers(routers: Sequence[APIRouter]) -> Iterator[tuple[tuple[str, str], Any]]:
    """What each route depends on, by path and method in lower case: its reader is among them."""
    for route in (route for router in routers for route in router.routes):
        if isinstance(route, APIRoute):
            for method in route.methods or ():
                for dependency in route.dependant.dependencies:
                    yield (route.path, method.lower()), dependency.call


def _responses(path: str, operation: dict[str, Any]) -> dict[str, Any]:
    """The responses of one route, problems described by their status alone."""
    declared = operation["responses"]
    good = {status: answer for status, answer in declared.items() if not _is_problem(status)}
    for answer in good.values():
        answer["headers"] = {**answer.get("headers", {}), **_headers("200")}
    refused = {
        *filter(_is_problem, declared),
        *_middleware_statuses(path, "requestBody" in operation),
    }
    return {**good, **{status: _problem(status) for status in sorted(refused)}}


def _middleware_statuses(path: str, reads_body: bool) -> set[str]:
    """The statuses of the layers around the route."""
    identified = () if path in OPEN_PATHS else AUTHENTICATION_PROBLEMS
    every = (*COMMON_PROBLEMS, *identified, *(BODY_PROBLEMS if reads_body else ()))
    return {str(problem.status) for problem in every}


def _is_problem(status: str) -> bool:
    return status.isdigit() and int(status) >= FIRST_PROBLEM


def _problem(status: str) -> dict[str, Any]:
    schema = {"$ref": "#/components/schemas/ProblemDocument"}
    return {
        "description": "Problème (RFC 9457)",
        "content": {MEDIA_TYPE: {"schema": schema}},
        "headers": _headers(status),
    }


def _headers(status: str) -> dict[str, Any]:
    """The headers of every response of that status."""
    headers = {REQUEST_ID: _header("Identifier of the request, given or made.", "string")}
    if status in RETRY_AFTER_STATUSES:
        headers["Retry-After"] = _header("Seconds to wait.", "integer")
    if status == str(refusals.IDENTITY_MISSING.status):
        headers["WWW-Authenticate"] = _header("What to be identified by.", "string")
    return headers


def _header(description: str, kind: str) -> dict[str, Any]:
    return {"description": description, "required": True, "schema": {"type": kind}}
