"""``/v1/me``: who the service thinks the caller is."""

from fastapi import APIRouter
from starlette.responses import Response

from api.responses import OrjsonResponse
from api.schemas.caller import Me
from api.schemas.cards import responses
from api.security.dependencies import AdmittedCaller
from mappings.roles import UserRole
from search_engine.request.criteria import VISIBLE_TYPES

router = APIRouter(prefix="/v1", tags=["caller"])


@router.get(
    "/me",
    summary="Qui je suis pour ce service",
    response_model=Me,
    responses=responses(422),
)
async def get_me(caller: AdmittedCaller) -> Response:
    """Roles, modes, slot types and territories; never the name or the number of the person."""
    return OrjsonResponse(
        {
            "roles": [held for held in UserRole if held in caller.principal.roles],
            "modes": caller.modes,
            "slot_types": VISIBLE_TYPES[caller.role],
            "territories": caller.principal.territories,
        }
    )
