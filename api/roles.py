"""Who asks: the role decides which slot types show, so the request itself never says it."""

from typing import Annotated

from fastapi import Header

from search_engine.criteria import Role

ROLE_HEADER = "X-SAS-Role"

CallerRole = Annotated[
    Role,
    Header(
        alias=ROLE_HEADER,
        description="With `SAS_AUTH=dev` only: the role to answer as. `OSNP` sees every slot type, "
        "`IOA` PUBLIC and PRO, `OTHER` PUBLIC.",
    ),
]
"""Role of the caller, ``OSNP`` by default; no identity is checked in ``dev``."""
