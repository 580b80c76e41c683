"""Geocoders of searches whose place is given: none of them knows an address."""

import asyncio
from collections.abc import Collection
from datetime import timedelta

POLL = timedelta(milliseconds=20)


class EmptyGeocoder:
    """A geocoder that finds no place; text that becomes a place is tested in tests/geography."""

    is_down = False

    async def resolve_text(self, text: str, *, home: Collection[str] = ()) -> None:
        """No place."""
        return

    async def complete(self, text: str) -> None:
        """No completion."""
        return


class SlowGeocoder(EmptyGeocoder):
    """A geocoder that finds no place once ``released``, and counts its requests."""

    def __init__(self) -> None:
        self.requests, self.released = 0, False

    async def resolve_text(self, text: str, *, home: Collection[str] = ()) -> None:
        """No place, late."""
        self.requests += 1
        while not self.released:  # noqa: ASYNC110 - released from another thread
            await asyncio.sleep(POLL.total_seconds())
