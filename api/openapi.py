"""The OpenAPI document completed in one place: who may ask, and what any route may answer.

A route lists the problems of its own; here are added those of the layer around every route
(``RequestMiddleware`` and its gate), their media type and their headers.
"""

from typing import Any

from fastapi import FastAPI

from api import refusals
from api.middleware.request import REQUEST_ID
from api.problems import MEDIA_TYPE
from api.security.authenticator import OPEN_PATHS
from api.security.schemes import REQUIRED, SCHEMES
from search_engine.request.criteria_faults import MALFORMED_BODY
from search_engine.request.problem_document import INTERNAL_ERROR, SEARCH_TIMEOUT

COMMON_PROBLEMS = (
    refusals.OUTSIDE_NETWORK,
    refusals.REQUEST_TIMEOUT,
    refusals.BODY_TOO_LARGE,
    refusals.QUERY_TOO_LONG,
    refusals.HEADERS_TOO_LARGE,
    INTERNAL_ERROR,
    SEARCH_TIMEOUT,
)
"""What every route may answer, whoever asks."""

AUTHENTICATION_PROBLEMS = (
    refusals.IDENTITY_MISSING,
    refusals.TOKEN_REFUSED,
    refusals.KEY_REFUSED,
    refusals.ROLE_MISSING,
    refusals.RATE_LIMITED,
    refusals.IDENTITY_UNAVAILABLE,
)
"""What a route that asks who calls may answer besides."""

BODY_PROBLEMS = (refusals.BAD_REQUEST, MALFORMED_BODY)
"""What a route that reads a body may answer besides."""

FIRST_PROBLEM = 400
RETRY_AFTER_STATUSES = frozenset({"429", "503", "504"})
"""Statuses that bear ``Retry-After``."""

FRAMEWORK_SHAPES = ("HTTPValidationError", "ValidationError")
"""Shapes that the framework documents and this service never answers."""


def complete_document(app: FastAPI) -> None:
    """Make ``app.openapi()`` tell the whole contract."""
    described = app.openapi

    def openapi() -> dict[str, Any]:
        document = described()
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


def _responses(path: str, operation: dict[str, Any]) -> dict[str, Any]:
    """The answers of one route, problems described by their status alone."""
    told = operation["responses"]
    good = {status: answer for status, answer in told.items() if not _is_problem(status)}
    for answer in good.values():
        answer["headers"] = {**answer.get("headers", {}), **_headers("200")}
    refused = {*filter(_is_problem, told), *_middleware_statuses(path, "requestBody" in operation)}
    return {**good, **{status: _problem(status) for status in sorted(refused)}}


def _middleware_statuses(path: str, reads_body: bool) -> set[str]:
    """The statuses of the layer around the route."""
    identified = () if path in OPEN_PATHS else AUTHENTICATION_PROBLEMS
    found = (*COMMON_PROBLEMS, *identified, *(BODY_PROBLEMS if reads_body else ()))
    return {str(problem.status) for problem in found}


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
    """The headers that an answer of that status always bears."""
    found = {REQUEST_ID: _header("Identifier of the request, given or made.", "string")}
    if status in RETRY_AFTER_STATUSES:
        found["Retry-After"] = _header("Seconds to wait.", "integer")
    if status == str(refusals.IDENTITY_MISSING.status):
        found["WWW-Authenticate"] = _header("What to be identified by.", "string")
    return found


def _header(description: str, kind: str) -> dict[str, Any]:
    return {"description": description, "required": True, "schema": {"type": kind}}
