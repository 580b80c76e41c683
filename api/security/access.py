"""Access to the API: the caller is identified, then its rate of requests is limited."""

from dataclasses import dataclass, field

from starlette.requests import Request

from api import refusals
from api.middleware.rate_limits import RateLimiter
from api.refusals import RequestRefused
from api.security.api_keys import KeyRing
from api.security.authenticator import Authenticator, CredentialAuthenticator, DevAuthenticator
from api.security.claims import load_claims
from api.security.jwks import JwksClient
from api.security.principal import Principal
from api.security.tokens import TokenReader
from api.settings import ApiSettings
from search_engine.request.problem_document import Problem

DEFAULT_RATE_PER_S = 20.0
"""Requests per second of one identified client: ten times those of a regulator's screen."""


@dataclass(slots=True)
class AccessControl:
    """Identity, then the bucket of that client; refusals have one bucket per address."""

    authenticator: Authenticator
    limiter: RateLimiter
    refusal_limiter: RateLimiter = field(default_factory=lambda: RateLimiter(rate=1, burst=20))

    async def identify(self, request: Request) -> Principal:
        """The caller; raises ``RequestRefused`` when its headers identify none."""
        found = await self.authenticator.authenticate(request.headers)
        if isinstance(found, Problem):
            _check_rate(self.refusal_limiter, _address(request))
            raise RequestRefused(found)
        return found

    def limit_rate(self, request: Request, principal: Principal) -> None:
        """Take a token of the client, of its address when it is anonymous.

        Raises ``RequestRefused``.
        """
        client = _address(request) if principal.is_anonymous else principal.subject
        _check_rate(self.limiter, client)


def build_access_control(settings: ApiSettings) -> AccessControl:
    """The access control that the settings declare."""
    if settings.auth == "dev":
        limiter = RateLimiter(settings.rate_per_s or 0, settings.rate_burst)
        return AccessControl(DevAuthenticator(), limiter)
    keys = KeyRing(settings.api_keys_file) if settings.api_keys_file else None
    rate = DEFAULT_RATE_PER_S if settings.rate_per_s is None else settings.rate_per_s
    return AccessControl(
        CredentialAuthenticator(_build_token_reader(settings), keys),
        RateLimiter(rate, settings.rate_burst),
    )


def _build_token_reader(settings: ApiSettings) -> TokenReader | None:
    if not (settings.jwks and settings.issuer and settings.audience):
        return None
    table = load_claims(settings.claims_file)
    keys = JwksClient(settings.jwks, authority=settings.jwks_ca)
    return TokenReader(keys, settings.issuer, settings.audience, table)


def _check_rate(limiter: RateLimiter, client: str) -> None:
    wait_s = limiter.wait_s(client)
    if wait_s:
        raise RequestRefused(refusals.rate_limit_problem(wait_s))


def _address(request: Request) -> str:
    return request.client.host if request.client else ""
