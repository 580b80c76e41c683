"""The header of ``SAS_AUTH=dev`` that declares a role; a request itself never does."""

from typing import Annotated, Any

from fastapi import Header
from fastapi.exceptions import RequestValidationError
from pydantic import TypeAdapter, ValidationError, ValidatorFunctionWrapHandler, WrapValidator

from search_engine.request.criteria import Role

ROLE_HEADER = "X-SAS-Role"

ROLE = TypeAdapter(Role)


def _keep_unknown(value: Any, validate: ValidatorFunctionWrapHandler) -> Any:
    """The role, else the text as it is: an identified caller may send any."""
    try:
        return validate(value)
    except ValidationError:
        return value


DeclaredRole = Annotated[
    Role,
    WrapValidator(_keep_unknown),
    Header(
        alias=ROLE_HEADER,
        description="With `SAS_AUTH=dev` only: the role to answer as. `OSNP` sees every slot type, "
        "`IOA` PUBLIC and PRO, `OTHER` PUBLIC.",
    ),
]
"""The declared role, not yet validated."""


def validate_declared_role(declared: Any) -> Role:
    """The declared role; raises ``RequestValidationError`` for a text that is none."""
    try:
        return ROLE.validate_python(declared)
    except ValidationError as error:
        faults = [{**fault, "loc": ("header", ROLE_HEADER)} for fault in error.errors()]
        raise RequestValidationError(faults) from None  # the cause holds what was sent
