"""Identification of machine clients by the keys of a file."""

from dataclasses import dataclass
from pathlib import Path

from api.security.principal import ClientId, ClientKind, IdentifiedPrincipal
from mappings.api_keys import KEY_PREFIX, KeyFileInvalid, StoredKey, read_keys

KEY_PARTS = 3
"""Prefix, identifier and secret, separated by ``_``."""


@dataclass(slots=True)
class KeyRing:
    """The keys of a file, read again when it changes: a revoked key stops at once."""

    path: Path
    _stamp: tuple[int, int] = (0, 0)
    _keys: tuple[StoredKey, ...] = ()

    def find_principal(self, key: str) -> IdentifiedPrincipal | None:
        """The holder of the key; None when it is no stored key.

        Raises ``KeyFileInvalid`` when the file is missing or damaged: no key opens then.
        """
        parts = key.split("_")
        if len(parts) != KEY_PARTS or parts[0] != KEY_PREFIX:
            return None
        stored = next((kept for kept in self._current_keys() if kept.id == parts[1]), None)
        if stored is None or not stored.has_secret(parts[2]):
            return None
        client = ClientId(ClientKind.KEY, stored.id)
        return IdentifiedPrincipal(frozenset(stored.roles), client=client)

    def _current_keys(self) -> tuple[StoredKey, ...]:
        try:
            status = self.path.stat()
        except OSError as error:
            raise KeyFileInvalid(f"SAS_API_KEYS_FILE {self.path} is gone.") from error
        stamp = (status.st_mtime_ns, status.st_ino)
        if stamp != self._stamp:
            self._keys, self._stamp = read_keys(self.path), stamp
        return self._keys
