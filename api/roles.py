"""Who asks: the role decides which slot types show, so the request itself never says it."""

from typing import Annotated

from fastapi import Header, Request
from fastapi.exceptions import RequestValidationError
from pydantic import TypeAdapter, ValidationError

from search_engine.request.criteria import Role

ROLE_HEADER = "X-SAS-Role"

ROLE = TypeAdapter(Role)

CallerRole = Annotated[
    Role,
    Header(
        alias=ROLE_HEADER,
        description="With `SAS_AUTH=dev` only: the role to answer as. `OSNP` sees every slot type, "
        "`IOA` PUBLIC and PRO, `OTHER` PUBLIC.",
    ),
]
"""Role of the caller, ``OSNP`` by default; no identity is checked in ``dev``."""


def read_role_header(request: Request) -> Role:
    """The same of a request at hand. Raises ``RequestValidationError``."""
    try:
        return ROLE.validate_python(request.headers.get(ROLE_HEADER, Role.OSNP))
    except ValidationError as error:
        faults = [{**fault, "loc": ("header", ROLE_HEADER)} for fault in error.errors()]
        raise RequestValidationError(faults) from None
