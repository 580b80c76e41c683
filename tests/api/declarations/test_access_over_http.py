"""Every route of the records, called by one person of each role on own and on foreign objects."""

import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from mappings.roles import UserRole
from records.access import OPERATOR
from records.accounts.store import create_account
from records.accounts.values import normalize_values
from records.database import Database
from tests.api.conftest import StartServer
from tests.api.declarations.people import sign_in
from tests.api.security.callers import open_api_with_auth
from tests.records.access.attempts import make_account, make_orientation
from tests.records.access.people import PEOPLE, PROFESSIONALS, STRUCTURES, TERRITORIES
from tests.records.access.table import ROLES, SIDES, AccessRow, read_table
from tests.records.samples import ANNE, NOW

ROUTED = tuple(row for row in read_table() if row.route)
CLAIMED = {
    "professional": "effecteur",
    "delegate": "delegataire",
    "structure_manager": "gestionnaire_de_structure",
    "osnp": "regulateur_osnp",
    "ioa": "ioa",
    "account_manager": "gestionnaire_de_comptes",
    "administrator": "administrateur",
    "data_team": "gestionnaire_de_donnees",
    "other": "effecteur",
}
"""Roles as the identity provider names them."""
SLOT = {"day": "2026-11-30", "start": "08:00", "end": "12:00"}
AGENDA = "/v1/professionals/{rpps}/agenda/slots"
BODIES: dict[str, dict[str, Any]] = {
    "PUT /v1/professionals/{rpps}/settings": {"participation": False},
    "PUT /v1/structures/{structure}/settings": {},
    "PUT /v1/absences/{who}": {"always": True},
    f"POST {AGENDA}": SLOT,
    f"PATCH {AGENDA}/{{slot}}": {"start": "09:00"},
    "PATCH /v1/accounts/{account}": {"given": "Claude"},
    "PUT /v1/lrm/registry/{origin}": {"name": "LRM"},
}
KINDS = {"orientation beyond availability": "beyond", "reorientation": "reorientation"}
STATES = {
    "cancellation of an orientation": "cancelled",
    "outcome of an orientation": "honoured",
}


@pytest.fixture
def client(tmp_path: Path, serve: StartServer, own_records: Database) -> Iterator[httpx.Client]:
    """The application, with the accounts of a delegate and of a manager of structures."""
    for role in ("delegate", "structure_manager"):
        person = PEOPLE[role]
        values = normalize_values(
            national_id=person.id.removeprefix("national:"),
            family="Gris",
            given="Léa",
            roles=[one.value for one in person.roles],
            delegations=person.delegations,
            structures=person.structures,
        )
        create_account(own_records, OPERATOR, values, NOW)
    for api in open_api_with_auth(tmp_path, serve, rate_burst=5000):
        yield api.client


def sign_in_role(role: str) -> dict[str, str]:
    """The headers of the person of a role; regulators and managers have the territory of theirs."""
    person = PEOPLE[role]
    national = f"8{ANNE}" if person.id == ANNE else person.id.removeprefix("national:")
    return sign_in(CLAIMED[role], national, *sorted(person.territories))


def call_route(
    client: httpx.Client, database: Database, row: AccessRow, role: str, side: str
) -> bool:
    """Whether a person reaches an object: any answer but a refusal, or the object in a list."""
    method, _, template = row.route.partition(" ")
    made = find_object(database, row, side)
    path = template.format(**made)
    headers = {**sign_in_role(role), **choose_condition(method)}
    if row.route == "POST /v1/account-imports":
        return import_line(client, path, headers, side)
    body = None if method in ("GET", "DELETE") else build_body(row, side)
    listed = row.use_case.rpartition(".")[2] in ("list_orientations", "list_accounts")
    whole = {"limit": 200} if listed else None
    answered = client.request(method, path, headers=headers, json=body, params=whole)
    if answered.status_code == httpx.codes.FORBIDDEN:
        assert answered.json()["code"] == "access_denied"
        return False
    assert answered.status_code < httpx.codes.INTERNAL_SERVER_ERROR, answered.text
    assert answered.json().get("code") != "invalid_parameter", answered.text
    return made["id"] in answered.text if listed else True


def find_object(database: Database, row: AccessRow, side: str) -> dict[str, str]:
    """What the path of a route is made of, for the object of a side."""
    of_structure = row.object.endswith("structure")
    made = ""
    if "orientation" in row.use_case:
        made = make_orientation(database, side).id
    elif "account" in row.use_case:
        made = make_account(database, side).id
    return {
        "rpps": PROFESSIONALS[side],
        "structure": STRUCTURES[side],
        "who": STRUCTURES[side] if of_structure else PROFESSIONALS[side],
        "slot": "00000000000000a1",
        "orientation": made,
        "account": made,
        "origin": "1.2.250.1.999.9",
        "id": made,
    }


def choose_condition(method: str) -> dict[str, str]:
    """A key for a creation; a change names a version that nothing has."""
    if method == "GET":
        return {}
    if method == "POST":
        return {"Idempotency-Key": str(uuid.uuid4())}
    return {"If-Match": '"999"'}


def build_body(row: AccessRow, side: str) -> dict[str, Any]:
    """A sound body for a route."""
    if row.object in KINDS:
        offer = f"rpps:{PROFESSIONALS[side]}@3480000000001"
        return {"kind": KINDS[row.object], "offer": offer, "start": "2026-11-24T09:00:00Z"}
    if row.object in STATES:
        return {"state": STATES[row.object]}
    if row.route == "POST /v1/accounts":
        name = {"family": "Roux", "given": "Claire", "roles": [UserRole.OSNP.value]}
        number = uuid.uuid4().int % 10**10
        return {**name, "territories": [TERRITORIES[side]], "national_id": f"70{number:010}"}
    return BODIES[row.route]


def import_line(client: httpx.Client, path: str, headers: dict[str, str], side: str) -> bool:
    """Whether a line of a file becomes an account."""
    number = uuid.uuid4().int % 10**10
    text = (
        "national_id;family;given;roles;territories\n"
        f"71{number:010};Roux;Claire;OSNP;{TERRITORIES[side]}\n"
    )
    sent = client.post(path, content=text, headers={**headers, "Content-Type": "text/csv"})
    return bool(sent.status_code == httpx.codes.OK and sent.json()["created"])


@pytest.mark.proves("F125", "W37", "W38", "W39")
def test_nobody_reaches_more_over_http_than_the_table_says(
    client: httpx.Client, own_records: Database
) -> None:
    wrong = [
        (row.name, role, side)
        for row in ROUTED
        for role in ROLES
        for side in SIDES
        if call_route(client, own_records, row, role, side) != row.is_reached(role, side)
    ]
    assert wrong == []
