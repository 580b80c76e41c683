"""``/v1/offers/{id}``: one card, as a search would show it, and its slots."""

from fastapi import APIRouter
from starlette.responses import Response

from api.answers import OrjsonResponse
from api.engine import Engine, TheEngine
from api.roles import CallerRole
from api.schemas import OfferCard, OfferSlots, responses
from search_engine.cards import Card
from search_engine.criteria import Role
from search_engine.offer import Asker, offer_card

router = APIRouter(prefix="/v1", tags=["offers"])

PROBLEMS = responses(404, 422, 503)


@router.get(
    "/offers/{offer_id}",
    summary="Une offre de soins",
    response_model=OfferCard,
    responses=PROBLEMS,
)
async def get_offer(offer_id: str, engine: TheEngine, role: CallerRole = Role.OSNP) -> Response:
    """The card, without distance or rank; identifiers hold ``:`` and ``@``, as in a search."""
    return OrjsonResponse(await _card(offer_id, engine, role))


@router.get(
    "/offers/{offer_id}/slots",
    summary="Les créneaux d'une offre",
    response_model=OfferSlots,
    responses=PROBLEMS,
)
async def get_slots(offer_id: str, engine: TheEngine, role: CallerRole = Role.OSNP) -> Response:
    """The slots by local date of the place, over the default window."""
    card = await _card(offer_id, engine, role)
    return OrjsonResponse({"id": card["id"], **card["availability"]})


async def _card(offer_id: str, engine: Engine, role: Role) -> Card:
    return await offer_card(engine.client, engine.alias, offer_id, engine.clock(), Asker(role=role))
