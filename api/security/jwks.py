"""The public keys of the identity provider, from a file or an address, with rotation.

What an address answers is not trusted to be quick, short or well made: one reading has a total
time and a size, follows no redirect, and a document that cannot be read leaves the keys at hand.
"""

import asyncio
import ssl
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import orjson
import structlog
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, RSAKey

REFETCH_S = 60.0
"""Fewest seconds between two readings, so that invented key names ask nothing of the provider."""
MAX_AGE_S = 600.0
"""Seconds after which keys are read again, so that a withdrawn key stops opening."""
RETRY_S = 5.0
"""Seconds between two readings while no key was ever read: the service then lets nobody in."""
FETCH_TIMEOUT_S = 3.0
"""Seconds one reading may take, however slowly the answer trickles."""
MAX_BYTES = 262_144
"""Largest document read; a set of ten keys with certificates is under 30,000."""
MIN_RSA_BITS = 2048

UNREADABLE = (ValueError, AttributeError, TypeError, KeyError)
"""What a document of another shape raises."""

PublicKey = RSAKey | ECKey
KINDS: dict[str, type[RSAKey] | type[ECKey]] = {"RSA": RSAKey, "EC": ECKey}
"""Kinds of keys that verify; a shared secret (``oct``) never does."""


log = structlog.get_logger("api")


class KeysUnavailable(Exception):
    """No key has ever been read: nobody can be identified."""


class AuthorityInvalid(Exception):
    """The certificate authority cannot be used; the message names its file."""


class JwksClient:
    """Keys by name (``kid``), read again when a name is unknown or the keys are old."""

    def __init__(
        self,
        place: str,
        clock: Callable[[], float] = time.monotonic,
        authority: Path | None = None,
    ) -> None:
        self._location = place
        self._trust = resolve_tls_trust(authority)
        self._clock = clock
        self._keys: dict[str, PublicKey] | None = None
        self._last_attempt: float | None = None
        self._lock = asyncio.Lock()

    async def find_key(self, kid: str) -> PublicKey | None:
        """The key of that name; None when the provider does not know it.

        Raises ``KeysUnavailable`` when the keys were never read.
        """
        if self._is_due(kid):
            async with self._lock:
                if self._is_due(kid):
                    await self._read()
        if self._keys is None:
            raise KeysUnavailable
        return self._keys.get(kid)

    def _is_due(self, kid: str) -> bool:
        if self._last_attempt is None:
            return True
        return self._clock() - self._last_attempt >= self._wait_s(kid)

    def _wait_s(self, kid: str) -> float:
        """Seconds between two readings, as the key asked for is known or not."""
        if self._keys is None:
            return RETRY_S
        return MAX_AGE_S if kid in self._keys else REFETCH_S

    async def _read(self) -> None:
        """Read the keys; what cannot be read leaves those at hand."""
        self._last_attempt = self._clock()
        try:
            async with asyncio.timeout(FETCH_TIMEOUT_S):
                self._keys = usable_keys(orjson.loads(await self._document()))
        except (OSError, httpx.HTTPError, httpx.InvalidURL, *UNREADABLE) as error:
            log.warning("keys_unreadable", error=type(error).__name__)

    async def _document(self) -> bytes:
        """The bytes of the document; ``ValueError`` when there are too many."""
        if not self._location.startswith(("https://", "http://")):
            return await asyncio.to_thread(Path(self._location).read_bytes)
        async with (
            httpx.AsyncClient(timeout=FETCH_TIMEOUT_S, verify=self._trust) as client,
            client.stream(
                "GET", self._location, headers={"Accept-Encoding": "identity"}
            ) as response,
        ):
            return await _read_bounded(response.raise_for_status())


async def _read_bounded(response: httpx.Response) -> bytes:
    read = b""
    async for piece in response.aiter_bytes():
        read += piece
        if len(read) > MAX_BYTES:
            raise ValueError
    return read


def resolve_tls_trust(authority: Path | None) -> ssl.SSLContext | bool:
    """Whose certificates are believed: those of one authority alone (PEM), else the public ones.

    Raises ``AuthorityInvalid``.
    """
    if authority is None:
        return True
    try:
        return ssl.create_default_context(cafile=authority)
    except OSError as error:
        raise AuthorityInvalid(
            f"SAS_JWKS_CA {authority} cannot be read: name a certificate authority in PEM."
        ) from error


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
