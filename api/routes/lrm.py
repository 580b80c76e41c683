"""``/v1/lrm/search``: the link by which a dispatch software (LRM) opens a search (INT_L01)."""

from typing import Annotated, cast

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import Response

from api.background.freshness import with_notices
from api.events import record_search
from api.query_names import refuse_repeated
from api.responses import OrjsonResponse
from api.schemas.cards import responses
from api.schemas.page import LrmPage
from api.security.budgets import open_search_place
from api.security.dependencies import AdmittedCaller, Caller
from api.state import get_account, get_engine
from api.strict_json import JsonBody
from lrm.link import LrmGeocoder, LrmLink, LrmSearch, lrm_search
from lrm.registry import LrmRegistry
from records.indicators.tables import EventKind

router = APIRouter(prefix="/v1/lrm", tags=["lrm"])

PROBLEMS = responses(400, 422, 503)

LrmBody = Annotated[LrmLink, Depends(JsonBody(LrmLink))]


@router.get(
    "/search",
    summary="Ouvrir une recherche depuis un LRM",
    response_model=LrmPage,
    responses=PROBLEMS,
)
async def get_lrm_search(
    request: Request,
    caller: AdmittedCaller,
    link: Annotated[LrmLink, Query()],
) -> Response:
    """The link itself: its query string is about a patient and reaches no log."""
    refuse_repeated(request)
    return await _page(request, link, caller)


@router.post(
    "/search",
    summary="La même recherche, hors de la barre d'adresse",
    response_model=LrmPage,
    responses=PROBLEMS,
)
async def post_lrm_search(request: Request, caller: AdmittedCaller, link: LrmBody) -> Response:
    """The same parameters as a JSON object: what a page sends after it was opened by a link."""
    return await _page(request, link, caller)


async def _page(request: Request, link: LrmLink, caller: Caller) -> Response:
    engine = get_engine(request)
    finder = cast(LrmGeocoder, engine.geocoder)
    registry: LrmRegistry = request.app.state.lrm_registry
    door = LrmSearch(
        engine.client,
        engine.alias,
        registry,
        finder,
        engine.cursor_key,
        engine.hints,
        get_account(request),
        caller.principal.territories,
    )
    with open_search_place(request):
        page = await lrm_search(door, link, engine.clock(), caller.role, caller.modes)
    request.state.took_ms = page["took_ms"]
    record_search(request, link, page, EventKind.LRM_SEARCH, caller.role)
    return OrjsonResponse(with_notices(page, request.app.state.freshness.notices))
