"""Geocoders of searches whose place is given: none of them knows an address."""

import asyncio
from datetime import timedelta

LATE = timedelta(seconds=5)


class EmptyGeocoder:
    """A geocoder that finds no place; text that becomes a place is tested in tests/geography."""

    is_down = False

    async def resolve_text(self, text: str) -> None:
        """No place."""
        return

    async def complete(self, text: str) -> None:
        """No completion."""
        return


class SlowGeocoder(EmptyGeocoder):
    """A geocoder that finds no place after ``LATE``, and counts its requests."""

    def __init__(self) -> None:
        self.requests = 0

    async def resolve_text(self, text: str) -> None:
        """No place, late."""
        self.requests += 1
        await asyncio.sleep(LATE.total_seconds())
