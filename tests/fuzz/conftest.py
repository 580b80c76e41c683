"""The fixtures of the API's tests, for the parsers behind it."""

from tests.api.conftest import (
    api,
    dozen_alias,
    dozen_prefix,
    environment,
    own_records,
    registry,
    serve,
)

__all__ = [
    "api",
    "dozen_alias",
    "dozen_prefix",
    "environment",
    "own_records",
    "registry",
    "serve",
]
