"""Identification of programs by the keys of the records, held in memory."""

import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field

from api.security.principal import ClientId, ClientKind, IdentifiedPrincipal
from records.keys.values import KEY_PARTS, KEY_PREFIX, StoredKey

RENEW_S = 1.0
"""Seconds between two readings: a revoked key opens nothing after them."""
MAX_AGE_S = 3600.0
"""Seconds for which the last keys read serve while the records cannot be read."""


ReadKeys = Callable[[], Awaitable[tuple[StoredKey, ...]]]
"""Reads the keys in use; raises ``RecordsError``."""


class KeysUnread(Exception):
    """The keys were never read, or too long ago: no key opens."""


@dataclass(slots=True)
class KeyRing:
    """The keys in use as they were read last; ``renew`` is called beside the requests."""

    read: ReadKeys
    clock: Callable[[], float] = time.monotonic
    _keys: Mapping[str, StoredKey] = field(default_factory=dict)
    _read_at: float | None = None

    async def renew(self) -> None:
        """Read again; raises ``RecordsError``."""
        found = await self.read()
        self._keys, self._read_at = {key.id: key for key in found}, self.clock()

    def find_principal(self, key: str) -> IdentifiedPrincipal | None:
        """The holder of the key; None when it is no key in use. Raises ``KeysUnread``."""
        if self._read_at is None or self.clock() - self._read_at > MAX_AGE_S:
            raise KeysUnread
        parts = key.split("_")
        if len(parts) != KEY_PARTS or parts[0] != KEY_PREFIX:
            return None
        stored = self._keys.get(parts[1])
        if stored is None or not stored.has_secret(parts[2]):
            return None
        client = ClientId(ClientKind.KEY, stored.id)
        return IdentifiedPrincipal(frozenset(stored.roles), client=client)
