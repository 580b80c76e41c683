"""Dependencies of the routes: the caller, its role, its modes and its permissions.

They are coroutines: FastAPI would run plain functions in its pool of threads. They are few: each
costs every request as much as a card.
"""

from typing import Annotated, NamedTuple

from fastapi import Depends, Request

from api.security.access import AccessControl
from api.security.permissions import OPERATORS, RightMissing, role_modes
from api.security.principal import DevPrincipal, Principal
from api.security.search_role import DeclaredRole, validate_declared_role
from search_engine.request.criteria import Mode, Role


class Caller(NamedTuple):
    """Who is admitted: the role in which it searches, its modes, the default one first (F047)."""

    principal: Principal
    role: Role
    modes: tuple[Mode, ...]


async def admit(request: Request) -> None:
    """Identify the caller and admit it within its rate; keep who it is.

    The first dependency of every protected router, before the body of the request is read. Raises
    ``RequestRefused``.
    """
    access: AccessControl = request.app.state.access
    principal = await access.identify(request)
    request.state.client = access.limit_rate(request, principal)
    request.state.principal = principal


async def resolve_caller(request: Request, declared: DeclaredRole = Role.OSNP) -> Caller:
    """The admitted caller; raises ``RequestValidationError`` for a bad declared role."""
    principal: Principal = request.state.principal
    if isinstance(principal, DevPrincipal):
        role = validate_declared_role(declared)
    else:
        role = principal.search_role
    return Caller(principal, role, role_modes(principal.roles))


AdmittedCaller = Annotated[Caller, Depends(resolve_caller)]
"""The caller, its role and its modes."""


async def require_operator(request: Request) -> None:
    """Raises ``RightMissing`` unless the admitted caller runs the service."""
    principal: Principal = request.state.principal
    if not principal.roles & OPERATORS:
        raise RightMissing
