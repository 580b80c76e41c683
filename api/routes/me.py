"""``/v1/me``: who the service thinks the caller is."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from api.responses import OrjsonResponse
from api.roles import CallerRole
from api.schemas.caller import Me
from api.schemas.cards import responses
from api.security.permissions import get_principal, role_modes
from mappings.roles import UserRole
from search_engine.request.criteria import VISIBLE_TYPES, Role

router = APIRouter(prefix="/v1", tags=["caller"])


@router.get(
    "/me",
    summary="Qui je suis pour ce service",
    response_model=Me,
    responses=responses(422),
)
async def get_me(request: Request, role: CallerRole = Role.OSNP) -> Response:
    """Roles, modes, slot types and territories; never the name or the number of the person."""
    caller = get_principal(request)
    return OrjsonResponse(
        {
            "roles": [duty for duty in UserRole if duty in caller.roles],
            "modes": role_modes(caller.roles),
            "slot_types": VISIBLE_TYPES[role],
            "territories": caller.territories,
        }
    )
