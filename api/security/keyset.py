"""The public keys of the identity provider, from a file or an address, with rotation."""

import asyncio
import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, RSAKey

REFETCH_S = 60.0
"""Fewest seconds between two readings, so that invented key names ask nothing of the provider."""
MAX_AGE_S = 600.0
"""Seconds after which keys are read again, so that a withdrawn key stops opening."""
FETCH_TIMEOUT_S = 3.0
MIN_RSA_BITS = 2048

PublicKey = RSAKey | ECKey
KINDS: dict[str, type[RSAKey] | type[ECKey]] = {"RSA": RSAKey, "EC": ECKey}
"""Kinds of keys that verify; a shared secret (``oct``) never does."""


class KeysUnavailable(Exception):
    """No key has ever been read: nobody can be identified."""


class KeySource:
    """Keys by name (``kid``), read again when a name is unknown or the keys are old."""

    def __init__(self, place: str, clock: Callable[[], float] = time.monotonic) -> None:
        self._place = place
        self._clock = clock
        self._keys: dict[str, PublicKey] | None = None
        self._tried: float | None = None
        self._lock = asyncio.Lock()

    async def key(self, kid: str) -> PublicKey | None:
        """The key of that name; None when the provider does not know it.

        Raises ``KeysUnavailable`` when the keys were never read.
        """
        if self._due(kid):
            async with self._lock:
                if self._due(kid):
                    await self._read()
        if self._keys is None:
            raise KeysUnavailable
        return self._keys.get(kid)

    def _due(self, kid: str) -> bool:
        age = None if self._tried is None else self._clock() - self._tried
        if age is None:
            return True
        unknown = self._keys is None or kid not in self._keys
        return age >= (REFETCH_S if unknown else MAX_AGE_S)

    async def _read(self) -> None:
        """Read the keys; what cannot be read leaves those at hand."""
        self._tried = self._clock()
        try:
            self._keys = usable_keys(json.loads(await self._text()))
        except (OSError, httpx.HTTPError, ValueError, AttributeError, TypeError):
            return

    async def _text(self) -> str:
        if not self._place.startswith(("https://", "http://")):
            return await asyncio.to_thread(Path(self._place).read_text, "utf-8")
        async with httpx.AsyncClient(timeout=FETCH_TIMEOUT_S) as client:
            response = await client.get(self._place)
        return response.raise_for_status().text


def usable_keys(document: dict[str, Any]) -> dict[str, PublicKey]:
    """The signature keys of a JWK set by name; the others are left out."""
    found = ((str(jwk.get("kid", "")), _key(jwk)) for jwk in document["keys"])
    return {kid: key for kid, key in found if kid and key is not None}


def _key(jwk: dict[str, Any]) -> PublicKey | None:
    kind = KINDS.get(jwk.get("kty", ""))
    if kind is None or jwk.get("use", "sig") != "sig":
        return None
    try:
        key = kind.import_key(jwk)
    except (JoseError, ValueError, KeyError):
        return None
    return None if isinstance(key, RSAKey) and key.public_key.key_size < MIN_RSA_BITS else key
