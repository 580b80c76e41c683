"""Bearer tokens: a signed JWT of the identity provider (RFC 7519, RFC 8725)."""

import binascii
import time
from collections.abc import Callable
from dataclasses import dataclass

import orjson
from joserfc import jwt
from joserfc.util import urlsafe_b64decode

from api.security.claims import ClaimTable
from api.security.jwks import JwksClient
from api.security.principal import IdentifiedPrincipal

ALGORITHMS = ("RS256", "PS256", "ES256")
"""Signatures accepted: asymmetric only, never ``none``, never a shared secret."""
LEEWAY_S = 30
"""Seconds by which two clocks may differ."""
MAX_TOKEN = 8_192


class BadToken(Exception):
    """The token names no caller; the reason reaches neither the caller nor the log."""


class MissingRole(Exception):
    """The token is valid, and holds no role of the service."""


@dataclass(frozen=True, slots=True)
class TokenReader:
    """Reads tokens of one issuer, made for one audience."""

    keys: JwksClient
    issuer: str
    audience: str
    table: ClaimTable
    clock: Callable[[], float] = time.time

    async def read_principal(self, token: str) -> IdentifiedPrincipal:
        """The caller that the token names.

        Raises ``BadToken``, ``MissingRole`` or ``KeysUnavailable``.
        """
        key = await self.keys.find_key(key_name(token))
        if key is None:
            raise BadToken
        try:
            read = jwt.decode(token, key, algorithms=ALGORITHMS)
            self._registry().validate(read.claims)
        except Exception as error:  # the parsers below fail in their own ways: RecursionError too
            raise BadToken from error
        caller = self.table.read_principal(read.claims)
        if caller is None:
            raise MissingRole
        return caller

    def _registry(self) -> jwt.JWTClaimsRegistry:
        return jwt.JWTClaimsRegistry(
            now=int(self.clock()),
            leeway=LEEWAY_S,
            iss={"essential": True, "value": self.issuer},
            aud={"essential": True, "value": self.audience},
            exp={"essential": True},
        )


def key_name(token: str) -> str:
    """The ``kid`` of the header, before anything is verified.

    Raises ``BadToken`` without one, and for a header with extensions that this service lacks
    (``crit``: RFC 7515, 4.1.11).
    """
    if len(token) > MAX_TOKEN:
        raise BadToken
    try:
        header = orjson.loads(urlsafe_b64decode(token.split(".", 1)[0].encode("ascii")))
        kid = header["kid"]
    except (ValueError, TypeError, KeyError, binascii.Error) as error:
        raise BadToken from error
    if not isinstance(kid, str) or header.get("alg") not in ALGORITHMS or "crit" in header:
        raise BadToken
    return kid
