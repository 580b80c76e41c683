"""Access to the API: the caller is identified, then its rate of requests is limited."""

from dataclasses import dataclass, field
from ipaddress import IPv6Address, IPv6Network, ip_address

from starlette.requests import Request

from api import refusals
from api.middleware.rate_limits import RateLimiter
from api.refusals import RequestRefused
from api.security.api_keys import KeyRing, ReadKeys
from api.security.authenticator import Authenticator, CredentialAuthenticator, DevAuthenticator
from api.security.budgets import ConcurrencyBudget
from api.security.claims import load_claims
from api.security.jwks import JwksClient
from api.security.principal import ClientId, ClientKind, IdentifiedPrincipal, Principal
from api.security.tokens import TokenReader
from api.settings import ApiSettings
from search_engine.request.problem_document import Problem

DEFAULT_RATE_PER_S = 20.0
"""Requests per second of one identified client: ten times those of a regulator's screen."""
DEFAULT_CONCURRENT_PER_CALLER = 40
"""Searches of one identified client at once: two seconds of its rate, each under 0.1 s."""

SUBNET_BITS = 64
"""Of an IPv6 address: those that name its subnet."""


@dataclass(slots=True)
class AccessControl:
    """Identity, then the bucket of that client; refusals have one bucket per address."""

    authenticator: Authenticator
    limiter: RateLimiter
    places: ConcurrencyBudget
    keys: KeyRing | None = None
    """Keys that must be renewed beside the requests; None where no caller is identified."""
    refusal_limiter: RateLimiter = field(default_factory=lambda: RateLimiter(rate=1, burst=20))

    async def identify(self, request: Request) -> Principal:
        """The caller; raises ``RequestRefused`` when its headers identify none."""
        found = await self.authenticator.authenticate(request.headers)
        if isinstance(found, Problem):
            _check_rate(self.refusal_limiter, _name_address(request))
            raise RequestRefused(found)
        return found

    def limit_rate(self, request: Request, principal: Principal) -> ClientId:
        """Take a token of the client, whose name is returned; raises ``RequestRefused``."""
        client = name_client(request, principal)
        _check_rate(self.limiter, client)
        return client


def build_access_control(settings: ApiSettings, read_keys: ReadKeys) -> AccessControl:
    """The access control that the settings declare, with the keys of programs."""
    if settings.auth == "dev":
        limiter = RateLimiter(settings.rate_per_s or 0, settings.rate_burst)
        return AccessControl(DevAuthenticator(), limiter, _build_places(settings, 0))
    keys = KeyRing(read_keys)
    rate = DEFAULT_RATE_PER_S if settings.rate_per_s is None else settings.rate_per_s
    return AccessControl(
        CredentialAuthenticator(_build_token_reader(settings), keys),
        RateLimiter(rate, settings.rate_burst),
        _build_places(settings, DEFAULT_CONCURRENT_PER_CALLER),
        keys,
    )


def _build_places(settings: ApiSettings, per_caller: int) -> ConcurrencyBudget:
    declared = settings.concurrent_per_caller
    return ConcurrencyBudget(
        per_caller if declared is None else declared, settings.concurrent_in_all
    )


def _build_token_reader(settings: ApiSettings) -> TokenReader | None:
    if not (settings.jwks and settings.issuer and settings.audience):
        return None
    table = load_claims(settings.claims_file)
    keys = JwksClient(settings.jwks, authority=settings.jwks_ca)
    return TokenReader(keys, settings.issuer, settings.audience, table)


def _check_rate(limiter: RateLimiter, client: ClientId) -> None:
    wait_s = limiter.wait_s(client)
    if wait_s:
        raise RequestRefused(refusals.rate_limit_problem(wait_s))


def name_client(request: Request, principal: Principal) -> ClientId:
    """Who budgets are counted for: the credential, or the address of a caller of ``dev``."""
    if isinstance(principal, IdentifiedPrincipal):
        return principal.client
    return _name_address(request)


def _name_address(request: Request) -> ClientId:
    return ClientId(ClientKind.ADDRESS, name_network(request.client.host) if request.client else "")


def name_network(host: str) -> str:
    """The address that is counted: of IPv6 its ``/64``, any address of which one machine may take.

    Source: RFC 4291, 2.5.1. A host that is no address is counted as it is.
    """
    try:
        address = ip_address(host)
    except ValueError:
        return host
    if isinstance(address, IPv6Address) and address.ipv4_mapped is None:
        return str(IPv6Network((int(address), SUBNET_BITS), strict=False))
    return host
