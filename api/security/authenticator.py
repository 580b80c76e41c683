"""Identification of a caller from its headers: a bearer token, an API key, or none in ``dev``."""

from dataclasses import dataclass
from typing import Protocol

from starlette.datastructures import Headers

from api import refusals
from api.security.api_keys import KeyRing, KeysUnread
from api.security.jwks import KeysUnavailable
from api.security.principal import DevPrincipal, Principal
from api.security.schemes import KEY_HEADER
from api.security.search_role import ROLE_HEADER
from api.security.tokens import BadToken, MissingRole, TokenReader
from mappings.roles import UserRole
from search_engine.request.problem_document import Problem

BEARER = "bearer "


class Authenticator(Protocol):
    """A way to identify a caller."""

    async def authenticate(self, headers: Headers) -> Principal | Problem:
        """The caller that the headers name, or the refusal."""
        ...


class DevAuthenticator:
    """No identity is checked: the role is the declared one, ``OSNP`` by default."""

    async def authenticate(self, headers: Headers) -> Principal | Problem:
        """The administrator of this machine, in the declared role; a bad one is refused later."""
        declared = headers.get(ROLE_HEADER, UserRole.OSNP)
        known = {role for role in UserRole if role == declared}
        return DevPrincipal(frozenset({*known, UserRole.ADMINISTRATOR}))


@dataclass(frozen=True, slots=True)
class CredentialAuthenticator:
    """A token or a key; a declared role is ignored."""

    tokens: TokenReader | None
    keys: KeyRing

    async def authenticate(self, headers: Headers) -> Principal | Problem:
        """The caller that the token or the key names; both at once are refused."""
        key, bearer = headers.get(KEY_HEADER), headers.get("authorization")
        if (key is None) == (bearer is None):
            return refusals.IDENTITY_MISSING
        if key is not None:
            return self._authenticate_key(key)
        return await self._authenticate_bearer(bearer or "")

    def _authenticate_key(self, key: str) -> Principal | Problem:
        try:
            principal = self.keys.find_principal(key)
        except KeysUnread:
            return refusals.IDENTITY_UNAVAILABLE
        return principal or refusals.KEY_REFUSED

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
