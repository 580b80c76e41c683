"""Bodies read to the letter: JSON in UTF-8 as RFC 8259 has it, each name given once.

The reader of the framework takes ``NaN`` and UTF-16, and of a name given twice keeps the last: a
criterion would be lost without a word.
"""

import json
from typing import Any, NoReturn

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute


class _RepeatedName(Exception):
    """A name given twice in one object; holds the name, which may come from the caller."""


async def read_to_the_letter(request: Request) -> None:
    """Refuse a body that two readers would understand differently.

    Raises ``RequestValidationError``: ``json_invalid``, or ``repeated`` with the name.
    """
    route = request.scope.get("route")
    if isinstance(route, APIRoute) and route.body_field is not None:
        _refuse_ambiguous(await request.body())


def _refuse_ambiguous(body: bytes) -> None:
    try:
        json.loads(body.decode("utf-8"), object_pairs_hook=_each_once, parse_constant=_no_number)
    except _RepeatedName as error:
        raise _invalid("repeated", error.args[0]) from None
    except (ValueError, RecursionError):
        raise _invalid("json_invalid") from None


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found:
            raise _RepeatedName(name)
        found[name] = value
    return found


def _no_number(_: str) -> NoReturn:
    """``NaN`` and the infinities are no JSON."""
    raise ValueError


def _invalid(kind: str, *where: str) -> RequestValidationError:
    return RequestValidationError([{"type": kind, "loc": ("body", *where), "msg": ""}])
