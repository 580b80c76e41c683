"""What tests of commands share: how a command is typed, and how its end is read."""

from collections.abc import Callable
from typing import Any

import orjson
from typer.testing import Result

ANNE, BRUNO = "10100000016", "10100000024"
Run = Callable[..., Result]


def read_json_output(result: Result) -> dict[str, Any]:
    """The JSON a successful command printed."""
    assert result.exit_code == 0, result.output
    found: dict[str, Any] = orjson.loads(result.stdout)
    return found


def assert_refused(result: Result, code: int, sentence: str) -> None:
    """The command failed with this code and one sentence, no traceback."""
    assert result.exit_code == code, result.output
    assert sentence in result.output.replace("\n", " ")
    assert "Traceback" not in result.output
