"""Names of a query string: a repeated one would silently lose a value."""

from collections.abc import Set

from fastapi import Request
from fastapi.exceptions import RequestValidationError


def refuse_repeated(request: Request, lists: Set[str] = frozenset()) -> None:
    """Raise ``RequestValidationError`` for a repeated name that is not in ``lists``."""
    names = [name for name, _ in request.query_params.multi_items()]
    repeated = sorted({name for name in names if name not in lists and names.count(name) > 1})
    if repeated:
        raise RequestValidationError(
            [{"type": "repeated", "loc": ("query", name), "msg": ""} for name in repeated]
        )
