"""Request bodies parsed strictly: JSON in UTF-8 as RFC 8259 defines it, each name once.

The parser of the framework accepts ``NaN`` and UTF-16, and keeps the last of two equal names: a
criterion would be lost without a word. It also reads the body before any dependency; here the
body is a dependency itself, resolved after those that identify the caller.
"""

import json
import re
from typing import Any, Generic, NoReturn, TypeVar

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ValidationError

IS_JSON = re.compile(r"\s*application/([^;\s]+\+)?json\s*(;.*)?", re.IGNORECASE)

Model = TypeVar("Model", bound=BaseModel)


class _RepeatedName(Exception):
    """A repeated name in one object; holds the name, which may come from the caller."""


class JsonBody(Generic[Model]):
    """The dependency that reads the body of a request as one model.

    ``Annotated[SearchRequest, Depends(JsonBody(SearchRequest))]``; ``api.openapi`` documents it.
    """

    def __init__(self, model: type[Model]) -> None:
        self.model = model

    async def __call__(self, request: Request) -> Model:
        """The validated body.

        Raises ``RequestValidationError``: ``json_invalid``, ``repeated`` with the name, or the
        faults of the model.
        """
        value = parse_strict_json(request, await request.body())
        try:
            return self.model.model_validate(value)
        except ValidationError as error:
            faults = [{**fault, "loc": ("body", *fault["loc"])} for fault in error.errors()]
            raise RequestValidationError(faults) from None  # the cause holds what was sent


def parse_strict_json(request: Request, body: bytes) -> Any:
    """The value of the body; refused when two parsers would understand it differently.

    Raises ``RequestValidationError``.
    """
    if not IS_JSON.fullmatch(request.headers.get("content-type", "")):
        raise _invalid("json_invalid")
    try:
        return json.loads(
            body.decode("utf-8"),
            object_pairs_hook=_reject_repeated_names,
            parse_constant=_reject_constant,
        )
    except _RepeatedName as error:
        raise _invalid("repeated", error.args[0]) from None
    except (ValueError, RecursionError):
        raise _invalid("json_invalid") from None


def _reject_repeated_names(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members: dict[str, Any] = {}
    for name, value in pairs:
        if name in members:
            raise _RepeatedName(name)
        members[name] = value
    return members


def _reject_constant(_: str) -> NoReturn:
    """``NaN`` and the infinities are no JSON."""
    raise ValueError


def _invalid(kind: str, *where: str) -> RequestValidationError:
    return RequestValidationError([{"type": kind, "loc": ("body", *where), "msg": ""}])
