"""Names of a query string: a repeated one would silently lose a value."""

from collections.abc import Set

from fastapi import Request
from fastapi.exceptions import RequestValidationError

from search_engine.request.query_string import find_repeated


def refuse_repeated(request: Request, lists: Set[str] = frozenset()) -> None:
    """Raise ``RequestValidationError`` for a repeated name that is not in ``lists``."""
    names = [name for name, _ in request.query_params.multi_items() if name not in lists]
    repeated = find_repeated(names)
    if repeated:
        raise RequestValidationError(
            [{"type": "repeated", "loc": ("query", name), "msg": ""} for name in repeated]
        )
