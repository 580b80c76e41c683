"""Days as people write them: ``2026-12-24``, and nothing else that could be read as a day."""

import re
from typing import Any

from pydantic_core import PydanticKnownError

DAY_TEXT = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


def require_day(value: Any) -> Any:
    """A text that is no day is no number of seconds either, which Pydantic reads as a day."""
    if isinstance(value, str) and not DAY_TEXT.fullmatch(value):
        raise PydanticKnownError("date_from_datetime_parsing", {"error": "write 2026-12-24"})
    return value
