"""``/v1/search``: one page of offers, in one order decided over the whole result."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from api.freshness import with_notices
from api.query_names import refuse_repeated
from api.responses import OrjsonResponse
from api.roles import CallerRole
from api.schemas.cards import responses
from api.schemas.page import ResultPage
from api.security.permissions import get_principal, resolve_mode, role_modes
from api.state import get_engine
from api.strict_json import BodyRoute
from search_engine.execution.search import search
from search_engine.request.criteria import Criteria, Role, SearchRequest

router = APIRouter(prefix="/v1", tags=["search"], route_class=BodyRoute)

PROBLEMS = responses(400, 422, 503)

LISTS = frozenset(
    name
    for name, field in SearchRequest.model_fields.items()
    if getattr(field.annotation, "__origin__", None) is list
)
"""Criteria that may be given several times in a query string."""


@router.post(
    "/search",
    summary="Chercher une offre de soins",
    response_model=ResultPage,
    responses=PROBLEMS,
)
async def post_search(
    request: Request, search_request: SearchRequest, role: CallerRole = Role.OSNP
) -> Response:
    """The query is about a patient: POST keeps it out of every address bar and history."""
    return await answer_search(request, search_request, role)


@router.get(
    "/search",
    summary="Chercher par un lien",
    response_model=ResultPage,
    responses=PROBLEMS,
)
async def get_search(
    request: Request,
    search_request: Annotated[SearchRequest, Query()],
    role: CallerRole = Role.OSNP,
) -> Response:
    """The same search from query parameters, for links; lists are given by repeating the name."""
    refuse_repeated(request, LISTS)
    return await answer_search(request, search_request, role)


async def answer_search(
    request: Request, search_request: SearchRequest, role: Role, cpts: str | None = None
) -> Response:
    """The page of a search in a mode open to the caller; among the members of a CPTS if given.

    The request was validated on its way in, and so was ``cpts``: it is not validated again.
    """
    engine, modes = get_engine(request), role_modes(get_principal(request).roles)
    beside = {
        "mode": resolve_mode(search_request, modes),
        "role": role,
        "modes": modes,
        "cpts": cpts,
    }
    criteria = Criteria.model_construct(**(vars(search_request) | beside))
    page = await search(
        engine.client,
        engine.alias,
        criteria,
        engine.clock(),
        geocoder=engine.geocoder,
        key=engine.cursor_key,
        hints=engine.hints,
    )
    request.state.took_ms = page["took_ms"]
    return OrjsonResponse(with_notices(page, request.app.state.freshness.notices))
