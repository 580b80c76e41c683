"""Records under construction: plain dictionaries in which an unknown key is absent."""

from typing import Any

Record = dict[str, Any]
"""An offer being built; it is an ``Offer`` when its builder returns it."""
