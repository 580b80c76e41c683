"""Instants as callers write them: with their offset, or refused."""

from datetime import datetime
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator
from pydantic_core import PydanticCustomError

from mappings.bounds import INSTANTS
from mappings.instants import InstantError, parse_instant


def _parse_text(value: Any) -> datetime:
    try:
        return parse_instant(value if isinstance(value, str) else "")
    except InstantError as error:
        raise PydanticCustomError("no_such_instant", "write an instant with its offset") from error


def _check_years(moment: datetime) -> datetime:
    if not INSTANTS.holds(moment):
        raise PydanticCustomError("out_of_bounds", INSTANTS.limit)
    return moment


InstantText = Annotated[datetime, BeforeValidator(_parse_text), AfterValidator(_check_years)]
"""``2026-12-24T14:15:00+01:00``: a local hour alone is refused, it would be read as another."""
