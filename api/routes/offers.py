"""``/v1/offers/{id}``: one card, as a search would show it, and its slots."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from api.responses import OrjsonResponse
from api.schemas.cards import OfferCard, OfferSlots, responses
from api.security.budgets import open_search_place
from api.security.dependencies import AdmittedCaller
from api.state import get_engine
from search_engine.lookup.offer import CardViewer, offer_card
from search_engine.request.criteria import Role
from search_engine.response.cards import Card

router = APIRouter(prefix="/v1", tags=["offers"])

PROBLEMS = responses(404, 422, 503)


@router.get(
    "/offers/{offer_id}",
    summary="Une offre de soins",
    response_model=OfferCard,
    responses=PROBLEMS,
)
async def get_offer(request: Request, offer_id: str, caller: AdmittedCaller) -> Response:
    """The card, without distance or rank; identifiers hold ``:`` and ``@``, as in a search."""
    return OrjsonResponse(await _card(request, offer_id, caller.role))


@router.get(
    "/offers/{offer_id}/slots",
    summary="Les créneaux d'une offre",
    response_model=OfferSlots,
    responses=PROBLEMS,
)
async def get_slots(request: Request, offer_id: str, caller: AdmittedCaller) -> Response:
    """The slots by local date of the place, over the default window."""
    card = await _card(request, offer_id, caller.role)
    return OrjsonResponse({"id": card["id"], **card["availability"]})


async def _card(request: Request, offer_id: str, role: Role) -> Card:
    engine = get_engine(request)
    with open_search_place(request):
        return await offer_card(
            engine.client, engine.alias, offer_id, engine.clock(), CardViewer(role=role)
        )
