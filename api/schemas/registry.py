"""Dispatch software (LRM) as it is sent and answered: who may open a search by a link."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from api.schemas.declarations import Kept
from mappings.formats import ShortText

Origin = Annotated[ShortText, Field(examples=["1.2.250.1.999.1"])]


class DispatchSoftwareBody(BaseModel):
    """One dispatch software; its origin is in the path."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)

    name: ShortText
    """Shown to the regulator who follows a link."""
    active: bool = True
    """False refuses its links."""


class KeptDispatchSoftware(DispatchSoftwareBody, Kept):
    """One dispatch software as it is kept."""

    origin: Origin
    """Assignment authority that its links name."""


class DispatchSoftwareList(BaseModel):
    """The registry."""

    software: list[KeptDispatchSoftware]
    """By origin."""
