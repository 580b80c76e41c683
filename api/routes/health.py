"""``/livez`` and ``/readyz``: the process, and what it has to search."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from api.problems import problem_response
from api.readiness import ReadinessProbe
from api.responses import OrjsonResponse
from api.schemas.cards import Alive, Ready, responses
from search_engine.request.problem_document import Problem

router = APIRouter(tags=["health"])

OPEN_PATHS = frozenset({"/livez", "/readyz"})
"""Paths for monitoring: no caller is identified, no rate is limited."""


@router.get("/livez", summary="Le processus répond", response_model=Alive)
async def livez() -> Response:
    """200 as long as the process serves, whatever happens to Elasticsearch."""
    return OrjsonResponse({"status": "alive"})


@router.get(
    "/readyz",
    summary="Le service peut chercher",
    response_model=Ready,
    responses=responses(503),
)
async def readyz(request: Request) -> Response:
    """200 with the live index, or a 503: no node, no alias, another schema, too few offers."""
    probe: ReadinessProbe = request.app.state.readiness
    state = await probe.read()
    if isinstance(state, Problem):
        return problem_response(state, request.state.request_id)
    return OrjsonResponse(state)
