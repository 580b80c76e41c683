"""Dependencies of the routes: the caller, its role, its modes and its permissions.

They are coroutines: FastAPI would run plain functions in its pool of threads.
"""

from typing import Annotated

from fastapi import Depends, Request

from api.security.access import AccessControl
from api.security.permissions import OPERATORS, RightMissing, role_modes
from api.security.principal import DevPrincipal, Principal
from api.security.search_role import DeclaredRole, validate_declared_role
from search_engine.request.criteria import Mode, Role


async def identify(request: Request) -> Principal:
    """The caller; raises ``RequestRefused``."""
    access: AccessControl = request.app.state.access
    return await access.identify(request)


CurrentPrincipal = Annotated[Principal, Depends(identify)]
"""The caller, identified once a request."""


async def admit(request: Request, principal: CurrentPrincipal) -> None:
    """Admit an identified caller within its rate; keep its name and its territories.

    The first dependency of every protected router, before the body of the request is read. Raises
    ``RequestRefused``.
    """
    access: AccessControl = request.app.state.access
    request.state.client = access.limit_rate(request, principal)
    request.state.territories = principal.territories


async def resolve_search_role(
    principal: CurrentPrincipal, declared: DeclaredRole = Role.OSNP
) -> Role:
    """The role that decides what shows; raises ``RequestValidationError`` for a bad one."""
    if isinstance(principal, DevPrincipal):
        return validate_declared_role(declared)
    return principal.search_role


SearchRole = Annotated[Role, Depends(resolve_search_role)]
"""The role in which the caller searches."""


async def resolve_modes(principal: CurrentPrincipal) -> tuple[Mode, ...]:
    """The modes open to the caller, the default one first (F047)."""
    return role_modes(principal.roles)


AllowedModes = Annotated[tuple[Mode, ...], Depends(resolve_modes)]
"""The modes open to the caller."""


async def require_operator(principal: CurrentPrincipal) -> None:
    """Raises ``RightMissing`` unless the caller runs the service."""
    if not principal.roles & OPERATORS:
        raise RightMissing
