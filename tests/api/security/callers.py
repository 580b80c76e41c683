"""Callers of the tests: signed tokens and keys, and an application that identifies by them."""

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from fastapi import FastAPI
from joserfc import jwt
from joserfc.jwk import ECKey, RSAKey

from records.database import Database
from records.keys.store import import_api_keys
from records.keys.values import StoredKey
from records.schema import require_schema
from tests.api.conftest import StartServer, build_frozen_app
from tests.suite.waiting import wait_for

ISSUER, AUDIENCE = "https://identite.example/realms/sas", "sas-search"
RSA_KEY = RSAKey.generate_key(2048, {"kid": "one", "use": "sig"})
EC_KEY = ECKey.generate_key("P-256", {"kid": "two", "use": "sig"})
SEARCH_BODY: dict[str, Any] = {"what": "MG", "insee": "48095"}
A_DAY_S = 86_400
"""A token made as a file is read must last as long as any run of the tests."""


def claims(*roles: str, **changed: Any) -> dict[str, Any]:
    """Sound claims; a change to None leaves the claim out."""
    now = int(time.time())
    sound = {"iss": ISSUER, "aud": AUDIENCE, "exp": now + A_DAY_S, "sub": "s-1"}
    held = {**sound, "realm_access": {"roles": list(roles)}, **changed}
    return {name: value for name, value in held.items() if value is not None}


def sign_token(
    payload: dict[str, Any], key: Any = RSA_KEY, alg: str = "RS256", **header: Any
) -> str:
    """The claims, signed."""
    return jwt.encode({"alg": alg, "kid": "one", **header}, payload, key, algorithms=[alg])


def bearer(*roles: str) -> dict[str, str]:
    """The headers of a sound caller."""
    return {"Authorization": f"Bearer {sign_token(claims(*roles))}"}


def write_jwks(path: Path, *keys: Any) -> None:
    """The public halves."""
    path.write_text(json.dumps({"keys": [key.as_dict(private=False) for key in keys]}))


@dataclass
class ApiWithAuth:
    """A served application that identifies its callers, and the records it reads."""

    client: httpx.Client
    app: FastAPI

    def search(self, headers: dict[str, str], **criteria: Any) -> httpx.Response:
        """One search."""
        return self.client.post("/v1/search", json={**SEARCH_BODY, **criteria}, headers=headers)

    @property
    def database(self) -> Database:
        """The records of the application."""
        database: Database = self.app.state.records.database
        return database

    def keep_key(self, stored: StoredKey) -> None:
        """Keep a key in the records, and wait until the application knows it."""
        require_schema(self.database)
        import_api_keys(self.database, [stored])
        wait_for(lambda: stored.id in self.app.state.access.keys._keys)


def open_api_with_auth(folder: Path, serve: StartServer, **settings: Any) -> Iterator[ApiWithAuth]:
    """The application with ``SAS_AUTH=jwt`` and the keys of these tests in a folder."""
    jwks = folder / "jwks.json"
    write_jwks(jwks, RSA_KEY, EC_KEY)
    identity: dict[str, Any] = {
        "jwks": str(jwks),
        "issuer": ISSUER,
        "audience": AUDIENCE,
    }
    app = build_frozen_app(auth="jwt", **identity, **settings)
    with httpx.Client(base_url=serve(app), timeout=20) as client:
        yield ApiWithAuth(client, app)
