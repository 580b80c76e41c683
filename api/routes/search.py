"""``/v1/search``: one page of offers, in one order decided over the whole result."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import Response

from api.background.freshness import with_notices
from api.events import record_search
from api.query_names import refuse_repeated
from api.responses import OrjsonResponse
from api.schemas.cards import responses
from api.schemas.page import ResultPage
from api.security.budgets import open_search_place
from api.security.dependencies import AdmittedCaller, Caller
from api.security.permissions import resolve_mode
from api.state import get_account, get_engine
from api.strict_json import JsonBody
from records.indicators.tables import EventKind
from search_engine.execution.search import search
from search_engine.request.criteria import Criteria, SearchRequest

router = APIRouter(prefix="/v1", tags=["search"])

PROBLEMS = responses(400, 422, 503)

LISTS = frozenset(
    name
    for name, field in SearchRequest.model_fields.items()
    if getattr(field.annotation, "__origin__", None) is list
)
"""Criteria that may be given several times in a query string."""

SearchBody = Annotated[SearchRequest, Depends(JsonBody(SearchRequest))]
"""The criteria of a search, from the body of a request."""


@router.post(
    "/search",
    summary="Chercher une offre de soins",
    response_model=ResultPage,
    responses=PROBLEMS,
)
async def post_search(
    request: Request,
    caller: AdmittedCaller,
    search_request: SearchBody,
) -> Response:
    """The query is about a patient: POST keeps it out of every address bar and history."""
    return await answer_search(request, search_request, caller)


@router.get(
    "/search",
    summary="Chercher par un lien",
    response_model=ResultPage,
    responses=PROBLEMS,
)
async def get_search(
    request: Request,
    caller: AdmittedCaller,
    search_request: Annotated[SearchRequest, Query()],
) -> Response:
    """The same search from query parameters, for links; lists are given by repeating the name."""
    refuse_repeated(request, LISTS)
    return await answer_search(request, search_request, caller)


async def answer_search(
    request: Request,
    search_request: SearchRequest,
    caller: Caller,
    cpts: str | None = None,
) -> Response:
    """The page of a search in a mode open to the caller; among the members of a CPTS if given.

    The request was validated on its way in, and so was ``cpts``: it is not validated again.
    """
    engine = get_engine(request)
    about_caller = {
        "mode": resolve_mode(search_request, caller.modes),
        "role": caller.role,
        "modes": caller.modes,
        "caller_territories": caller.principal.territories,
        "cpts": cpts,
    }
    criteria = Criteria.model_construct(**(vars(search_request) | about_caller))
    with open_search_place(request):
        page = await search(
            engine.client,
            engine.alias,
            criteria,
            engine.clock(),
            geocoder=engine.geocoder,
            key=engine.cursor_key,
            hints=engine.hints,
            account=get_account(request),
        )
    request.state.took_ms = page["took_ms"]
    record_search(request, search_request, page, EventKind.SEARCH, caller.role)
    return OrjsonResponse(with_notices(page, request.app.state.freshness.notices))
