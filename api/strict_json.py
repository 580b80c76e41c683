"""Bodies read to the letter: JSON in UTF-8 as RFC 8259 has it, each name given once.

The reader of the framework takes ``NaN`` and UTF-16, and of a name given twice keeps the last: a
criterion would be lost without a word.
"""

import json
import re
from collections.abc import Callable, Coroutine
from typing import Any, NoReturn, cast

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from pydantic import TypeAdapter, ValidationError
from starlette.responses import Response

from api.roles import read_role_header

Handler = Callable[[Request], Coroutine[Any, Any, Response]]

IS_JSON = re.compile(r"\s*application/([^;\s]+\+)?json\s*(;.*)?", re.IGNORECASE)


class _RepeatedName(Exception):
    """A name given twice in one object; holds the name, which may come from the caller."""


class BodyRoute(APIRoute):
    """A route whose body is read once, to the letter, and handed straight to the endpoint.

    The general way of the framework, which reads the body again and solves the parameters anew for
    each request, is a twentieth of a search; it is kept where the path has parameters too.
    """

    def get_route_handler(self) -> Handler:
        """What answers a request. Raises ``RequestValidationError``: ``json_invalid``,
        ``repeated`` with the name, or what does not fit the model."""
        general = super().get_route_handler()
        if self.body_field is None:
            return general
        if self.dependant.path_params:
            return _wrap_strict_json(general)
        name, kind = self.body_field.name, self.body_field.field_info.annotation
        model = TypeAdapter[Any](cast(type, kind))
        asks_role = [one.name for one in self.dependant.header_params] == ["role"]

        async def direct(request: Request) -> Response:
            given: dict[str, Any] = {"role": read_role_header(request)} if asks_role else {}
            given[name] = _validate_body(model, parse_strict_json(request, await request.body()))
            answer: Response = await self.endpoint(request=request, **given)
            return answer

        return direct


def _wrap_strict_json(general: Handler) -> Handler:
    async def handle_strictly(request: Request) -> Response:
        parse_strict_json(request, await request.body())
        return await general(request)

    return handle_strictly


def parse_strict_json(request: Request, body: bytes) -> Any:
    """What the body says; refused when two readers would understand it differently."""
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


def _validate_body(model: TypeAdapter[Any], value: Any) -> Any:
    try:
        return model.validate_python(value)
    except ValidationError as error:
        faults = [{**fault, "loc": ("body", *fault["loc"])} for fault in error.errors()]
        raise RequestValidationError(faults) from None  # the cause holds what was asked


def _reject_repeated_names(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found:
            raise _RepeatedName(name)
        found[name] = value
    return found


def _reject_constant(_: str) -> NoReturn:
    """``NaN`` and the infinities are no JSON."""
    raise ValueError


def _invalid(kind: str, *where: str) -> RequestValidationError:
    return RequestValidationError([{"type": kind, "loc": ("body", *where), "msg": ""}])
