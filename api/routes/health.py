"""``/livez`` and ``/readyz``: the process, and what it has to search."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from api.problems import problem_response
from api.readiness import check_readiness
from api.responses import OrjsonResponse
from api.schemas.cards import Alive, Ready, responses
from api.settings import ApiSettings
from api.state import get_engine
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
    engine = get_engine(request)
    settings: ApiSettings = request.app.state.settings
    state = await check_readiness(engine.client, engine.alias, settings.ready_floor)
    if isinstance(state, Problem):
        return problem_response(state, request.state.request_id)
    return OrjsonResponse(state)
