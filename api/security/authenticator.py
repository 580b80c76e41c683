"""Who is asking, decided before anything of the request is read."""

from dataclasses import dataclass, field
from typing import Protocol

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import Scope

from api import refusals
from api.middleware.rate_limits import RateLimiter
from api.roles import ROLE_HEADER
from api.security.api_keys import KeyRing
from api.security.claims import load_claims
from api.security.jwks import JwksClient, KeysUnavailable
from api.security.principal import Principal, search_role
from api.security.tokens import BadToken, MissingRole, TokenReader
from api.settings import ApiSettings
from mappings.api_keys import KeyFileInvalid
from mappings.roles import UserRole
from search_engine.request.problem_document import Problem

KEY_HEADER = "X-API-Key"
BEARER = "bearer "

OPEN_PATHS = frozenset({"/livez", "/readyz"})
"""Asked by what watches over the service: nobody is identified, nothing is counted."""

DEV_SUBJECT = "dev"


class Authenticator(Protocol):
    """A way to identify a caller."""

    async def authenticate(self, headers: Headers) -> Principal | Problem:
        """Whom the headers name, or the refusal."""
        ...


class DevAuthenticator:
    """Nobody is identified: the role is the one the caller says, ``OSNP`` when it says none."""

    async def authenticate(self, headers: Headers) -> Principal | Problem:
        """The administrator of this machine, in the role said; a bad one is refused later."""
        said = headers.get(ROLE_HEADER, UserRole.OSNP)
        known = {duty for duty in UserRole if duty == said}
        return Principal(DEV_SUBJECT, frozenset({*known, UserRole.ADMINISTRATOR}))


@dataclass(frozen=True, slots=True)
class CredentialAuthenticator:
    """A token or a key; the role said in a header counts for nothing."""

    tokens: TokenReader | None
    keys: KeyRing | None

    async def authenticate(self, headers: Headers) -> Principal | Problem:
        """Whom the token or the key names; both at once are refused."""
        key, bearer = headers.get(KEY_HEADER), headers.get("authorization")
        if (key is None) == (bearer is None):
            return refusals.IDENTITY_MISSING
        return (
            self._authenticate_key(key)
            if key is not None
            else await self._authenticate_bearer(bearer or "")
        )

    def _authenticate_key(self, key: str) -> Principal | Problem:
        try:
            found = self.keys.find_principal(key) if self.keys else None
        except KeyFileInvalid:
            return refusals.IDENTITY_UNAVAILABLE
        return found or refusals.KEY_REFUSED

    async def _authenticate_bearer(self, header: str) -> Principal | Problem:
        if self.tokens is None or not header.lower().startswith(BEARER):
            return refusals.TOKEN_REFUSED
        try:
            return await self.tokens.read_principal(header[len(BEARER) :].strip())
        except BadToken:
            return refusals.TOKEN_REFUSED
        except MissingRole:
            return refusals.ROLE_MISSING
        except KeysUnavailable:
            return refusals.IDENTITY_UNAVAILABLE


@dataclass(slots=True)
class Gate:
    """Identity, then the bucket of that client; refusals have a bucket of their own an address."""

    authenticator: Authenticator
    limiter: RateLimiter
    refusal_limiter: RateLimiter = field(default_factory=lambda: RateLimiter(rate=1, burst=20))

    async def refusal(self, scope: Scope) -> Problem | None:
        """Why the request goes no further; else its caller stands in the state of the request."""
        if scope["path"] in OPEN_PATHS:
            return None
        found = await self.authenticator.authenticate(Headers(scope=scope))
        if isinstance(found, Problem):
            return _check_rate(self.refusal_limiter, _address(scope)) or found
        scope["state"]["caller"] = found
        if found.subject != DEV_SUBJECT:
            MutableHeaders(scope=scope)[ROLE_HEADER] = search_role(found.roles)
            return _check_rate(self.limiter, found.subject)
        return _check_rate(self.limiter, _address(scope))


def build_gate(settings: ApiSettings) -> Gate:
    """The gate the settings ask for."""
    if settings.auth == "dev":
        return Gate(DevAuthenticator(), RateLimiter(settings.rate_per_s or 0, settings.rate_burst))
    keys = KeyRing(settings.api_keys_file) if settings.api_keys_file else None
    rate = DEFAULT_RATE_PER_S if settings.rate_per_s is None else settings.rate_per_s
    return Gate(
        CredentialAuthenticator(_build_token_reader(settings), keys),
        RateLimiter(rate, settings.rate_burst),
    )


DEFAULT_RATE_PER_S = 20.0
"""Requests a second of one identified client: ten times what a regulator's screen asks."""


def _build_token_reader(settings: ApiSettings) -> TokenReader | None:
    if not (settings.jwks and settings.issuer and settings.audience):
        return None
    table = load_claims(settings.claims_file)
    keys = JwksClient(settings.jwks, authority=settings.jwks_ca)
    return TokenReader(keys, settings.issuer, settings.audience, table)


def _check_rate(limiter: RateLimiter, client: str) -> Problem | None:
    wait = limiter.wait_s(client)
    return refusals.rate_limit_problem(wait) if wait else None


def _address(scope: Scope) -> str:
    client = scope.get("client")
    return str(client[0]) if client else ""
