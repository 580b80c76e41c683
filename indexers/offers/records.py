"""Records under construction: plain dictionaries in which an unknown key is absent."""

from typing import Any

Record = dict[str, Any]
"""An offer being built; it is an ``Offer`` when its builder returns it."""


def drop_empty_fields(**fields: object) -> Record:
    """The fields that hold something. False and zero are something; empty text and lists not."""
    return {name: value for name, value in fields.items() if value or value == 0}
