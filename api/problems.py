"""Problem documents as HTTP responses (RFC 9457)."""

import orjson
from starlette.responses import Response

from search_engine.request.problem_document import Problem

MEDIA_TYPE = "application/problem+json"


def problem_response(problem: Problem, request_id: str) -> Response:
    """The document as a response, with ``Retry-After`` where another attempt may succeed."""
    headers = {} if problem.retry_after_s is None else {"Retry-After": str(problem.retry_after_s)}
    if problem.challenge is not None:
        headers["WWW-Authenticate"] = problem.challenge
    content = orjson.dumps(problem.as_json(request_id))
    return Response(content, problem.status, headers, media_type=MEDIA_TYPE)
