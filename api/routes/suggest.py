"""``/v1/suggest`` and ``/v1/places``: what and where to search, from the first letters.

POST only: what is typed is about a patient and stays out of every address bar and log.
"""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from api.responses import OrjsonResponse
from api.schemas.cards import responses
from api.schemas.suggest import PlaceCompletions, Suggestions
from api.security.budgets import open_search_place
from api.state import get_engine
from api.strict_json import JsonBody
from search_engine.lookup.places import PlacesRequest, complete_places
from search_engine.lookup.suggest import SuggestRequest, suggest

router = APIRouter(prefix="/v1", tags=["suggest"])

PROBLEMS = responses(422, 503)

SuggestBody = Annotated[SuggestRequest, Depends(JsonBody(SuggestRequest))]
PlacesBody = Annotated[PlacesRequest, Depends(JsonBody(PlacesRequest))]


@router.post(
    "/suggest",
    summary="Proposer quoi chercher",
    response_model=Suggestions,
    responses=PROBLEMS,
)
async def post_suggest(request: Request, suggest_request: SuggestBody) -> Response:
    """Specialities, professionals and structures; `what` is the text to send to the search."""
    engine = get_engine(request)
    with open_search_place(request):
        return OrjsonResponse(await suggest(engine.client, engine.alias, suggest_request))


@router.post(
    "/places",
    summary="Compléter un lieu",
    response_model=PlaceCompletions,
    responses=PROBLEMS,
)
async def post_places(request: Request, places_request: PlacesBody) -> Response:
    """Departments, communes and addresses, each with the criteria to send to the search."""
    return OrjsonResponse(await complete_places(places_request, get_engine(request).geocoder))
