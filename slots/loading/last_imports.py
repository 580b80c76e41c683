"""When each source of slots was last read, kept among the loads of the other sources."""

from collections.abc import Mapping
from datetime import datetime

from mappings.freshness import SLOT_SOURCE
from records.trail.last_loads import SourceLoad, record_loads
from records.trail.trail import Trail


def record_imports(trail: Trail, slots: Mapping[str, int], now: datetime) -> None:
    """Keep that each editor, or the SAS agenda, was read at ``now`` and gave so many slots."""
    loads = [
        SourceLoad(f"{SLOT_SOURCE}{source}", "", None, count, 0, "", now)
        for source, count in slots.items()
    ]
    if loads:
        record_loads(trail, loads)
