"""Type of a defect."""

import random
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

Damage = Callable[[Any, random.Random], Any]
"""A healthy row -> the damaged one, as a row or as the bytes of its lines; None when the row
does not lend itself to this damage."""


class Treatment(StrEnum):
    """Required treatment of a damaged row."""

    REJECTED = "rejected"
    """Set aside with the reason."""
    WARNED = "warned"
    """Kept, with the reason noted."""
    SKIPPED = "skipped"
    """Healthy but not shown, for the reason."""
    CLEANED = "cleaned"
    """Read as if nothing had happened, but for the fields named."""
    RELOCATED = "relocated"
    """Kept; its point is refused or corrected, for the reason."""


@dataclass(frozen=True, slots=True)
class Defect:
    """One trap: its number, the damage, and the required treatment.

    ``reason`` is the code the reader gives, empty for a cleaned row. ``changes`` are the fields
    of the record that may differ from the healthy one. ``offset`` is how many lines after the
    damaged one the reader meets the fault.
    """

    name: str
    trap: str
    treatment: Treatment
    damage: Damage
    reason: str = ""
    changes: tuple[str, ...] = ()
    offset: int = 0
