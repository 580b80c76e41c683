"""The public keys of the identity provider, from a file or an address, with rotation.

The response of an address may be slow, long or malformed: one read has a total time and a size,
and follows no redirect. A document that cannot be parsed leaves the current keys in use.
"""

import asyncio
import ssl
import time
from collections.abc import Callable
from http import HTTPStatus
from pathlib import Path
from typing import Any

import httpx
import structlog
from joserfc.errors import InvalidKeyIdError
from joserfc.jwk import ECKey, JWKRegistry, Key, KeySet, RSAKey

from downloads.bounded_answers import (
    KEY_SET_BYTES,
    AnswerUnusable,
    fetch_async_answer,
    parse_json_answer,
)

REFETCH_S = 60.0
"""Fewest seconds between two reads, so that invented key names send the provider no requests."""
MAX_AGE_S = 600.0
"""Seconds after which keys are read again, so that a withdrawn key is refused."""
RETRY_S = 5.0
"""Seconds between two reads while no key was ever read: every token is then refused."""
FETCH_TIMEOUT_S = 3.0
"""Seconds one read may take, however slowly the response arrives."""
MAX_KEYS = 100
"""Keys read of a document; a provider that rotates publishes two or three."""
MIN_RSA_BITS = 2048

log = structlog.get_logger("api")


class KeysUnavailable(Exception):
    """No key has ever been read: no token can be verified."""


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
        self._keys: KeySet | None = None
        self._last_attempt: float | None = None
        self._reading: asyncio.Task[None] | None = None

    async def find_key(self, kid: str) -> Key | None:
        """The key of that name; None when the provider publishes no such key.

        A reading goes on when the caller that began it leaves: an unidentified caller never keeps
        the others from being identified. Raises ``KeysUnavailable`` when the keys were never read.
        """
        if is_due := self._is_due(kid):
            self._last_attempt = self._clock()
            self._reading = asyncio.create_task(self._read())
        if self._reading is not None and (is_due or self._keys is None):
            await asyncio.shield(self._reading)
        if self._keys is None:
            raise KeysUnavailable
        try:
            return self._keys.get_by_kid(kid)
        except InvalidKeyIdError:
            return None

    def _is_due(self, kid: str) -> bool:
        if self._last_attempt is None:
            return True
        return self._clock() - self._last_attempt >= self._wait_s(kid)

    def _wait_s(self, kid: str) -> float:
        """Seconds between two reads, longer when the key is known."""
        if self._keys is None:
            return RETRY_S
        return MAX_AGE_S if any(key.kid == kid for key in self._keys) else REFETCH_S

    async def _read(self) -> None:
        """Read the keys; a document that cannot be read or parsed leaves the current ones."""
        try:
            async with asyncio.timeout(FETCH_TIMEOUT_S):
                self._keys = parse_key_set(parse_json_answer(await self._document()))
        except (OSError, httpx.HTTPError, httpx.InvalidURL, AnswerUnusable) as error:
            log.warning("keys_unreadable", error=type(error).__name__)

    async def _document(self) -> bytes:
        """The bytes of the document; raises ``AnswerUnusable`` and the errors of the network."""
        if not self._location.startswith(("https://", "http://")):
            return await asyncio.to_thread(Path(self._location).read_bytes)
        async with httpx.AsyncClient(timeout=FETCH_TIMEOUT_S, verify=self._trust) as client:
            answer = await fetch_async_answer(client, "GET", self._location, KEY_SET_BYTES)
        if answer.status != HTTPStatus.OK:
            raise AnswerUnusable(f"status {answer.status}")
        return answer.body


def resolve_tls_trust(authority: Path | None) -> ssl.SSLContext | bool:
    """The trusted certificates: those of one authority alone (PEM), else of the public ones.

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


def parse_key_set(document: Any) -> KeySet:
    """The keys of a JWK set that verify signatures; the others are ignored (RFC 7517, 5).

    Raises ``AnswerUnusable`` for a document of another shape.
    """
    jwks = document.get("keys") if isinstance(document, dict) else None
    if not isinstance(jwks, list) or (jwks and not any(map(_is_key_like, jwks))):
        raise AnswerUnusable("no key set")
    keys = map(import_signature_key, jwks[:MAX_KEYS])
    return KeySet([key for key in keys if key is not None])


def _is_key_like(jwk: Any) -> bool:
    return isinstance(jwk, dict) and isinstance(jwk.get("kty"), str)


def import_signature_key(jwk: Any) -> Key | None:
    """The key when it verifies signatures; None for a weak one, or one of another use or kind.

    None also for anything the library cannot read, in whatever way it fails: one odd key of the
    provider never takes the sound ones away.
    """
    try:
        key = JWKRegistry.import_key({**jwk})
        key.check_use("sig")
        sound = isinstance(key.kid, str) and _is_asymmetric_and_strong(key)
    except Exception:
        return None
    return key if sound else None


def _is_asymmetric_and_strong(key: Key) -> bool:
    """A shared secret (``oct``) never verifies; an RSA key has at least ``MIN_RSA_BITS``."""
    if isinstance(key, RSAKey):
        return key.public_key.key_size >= MIN_RSA_BITS
    return isinstance(key, ECKey)
