"""Who signs in in the tests of the records over HTTP, and how they send what they declare."""

import uuid
from typing import Any

import httpx

from records.database import Database, open_reading
from records.outbox import list_messages
from tests.api.security.callers import claims, sign_token
from tests.records.samples import ANNE, BRUNO

FIRST = {"If-None-Match": "*"}


def sign_in(role: str, national_id: str | None = None, *territories: str) -> dict[str, str]:
    """The headers of somebody with one role, known by a national identifier."""
    more = {"sas_territories": list(territories)} if territories else {}
    held = claims(role, SubjectNameID=national_id, **more)
    return {"Authorization": f"Bearer {sign_token(held)}"}


SELF = sign_in("effecteur", f"8{ANNE}")
OTHER = sign_in("effecteur", f"8{BRUNO}")
OPERATOR = sign_in("administrateur", "899700000001")
CLAIRE = sign_in("regulateur_osnp", "899700000401", "SAS-48")
DENIS = sign_in("regulateur_osnp", "899700000402", "SAS-30")
IRIS = sign_in("ioa", "899700000403", "SAS-48")
MANAGER = sign_in("gestionnaire_de_comptes", "899700000404", "SAS-48")
FAR_MANAGER = sign_in("gestionnaire_de_comptes", "899700000405", "SAS-30")
STRANGERS = {
    "other": OTHER,
    "regulator": sign_in("regulateur_osnp", f"8{BRUNO}"),
    "reorienter": sign_in("ioa"),
    "manager": sign_in("gestionnaire_de_comptes"),
    "bare digits": sign_in("effecteur", ANNE),
    "digits of another type": sign_in("effecteur", f"3{ANNE}"),
    "nameless": sign_in("effecteur"),
}


def put(client: httpx.Client, path: str, body: Any, **headers: str) -> httpx.Response:
    """A declaration, said by Anne unless another signs in."""
    return client.put(path, json=body, headers={**SELF, **headers})


def create(
    client: httpx.Client, path: str, body: Any, who: dict[str, str], key: str | None = None
) -> httpx.Response:
    """A creation under a key, a new one unless it is given."""
    return client.post(
        path, json=body, headers={**who, "Idempotency-Key": key or str(uuid.uuid4())}
    )


def name_version(version: int) -> dict[str, str]:
    """The header of a change that replaces a version."""
    return {"If-Match": f'"{version}"'}


def list_keys(database: Database) -> list[tuple[str, str]]:
    """Kind and key of each message that waits."""
    with open_reading(database) as session:
        return [(one.kind, one.key) for one in list_messages(session, 100)]
