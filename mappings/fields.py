"""Fields of records under construction: an unknown fact is absent, never empty."""

from typing import Any


def drop_empty_fields(**fields: object) -> dict[str, Any]:
    """The fields with a value. False and zero are values; empty texts and lists are not."""
    return {name: value for name, value in fields.items() if value or value == 0}
