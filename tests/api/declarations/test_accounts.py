"""Accounts over HTTP: each manager within his territories, a file with the report of each row."""

import uuid
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from api.records import PROBLEMS
from api.schemas.accounts import AccountImport, AccountList, KeptAccount
from records.errors import RecordsError
from tests.api.conftest import answer, problem
from tests.api.declarations.people import (
    CLAIRE,
    FAR_MANAGER,
    MANAGER,
    OPERATOR,
    SELF,
    create,
    name_version,
    sign_in,
)

PATH, FILES = "/v1/accounts", "/v1/account-imports"
ROUX: dict[str, Any] = {
    "national_id": "899700000401",
    "family": "Roux",
    "given": "Claire",
    "roles": ["OSNP"],
    "territories": ["SAS-48"],
}


def create_account(
    client: httpx.Client, who: dict[str, str] = MANAGER, key: str | None = None, **values: Any
) -> httpx.Response:
    return create(client, PATH, {**ROUX, **values}, who, key)


def change(
    client: httpx.Client,
    one: dict[str, Any],
    body: dict[str, Any],
    version: int = 1,
    who: dict[str, str] = MANAGER,
) -> httpx.Response:
    headers = {**who, **name_version(version)}
    return client.patch(f"{PATH}/{one['id']}", json=body, headers=headers)


@pytest.mark.proves("F125")
def test_a_manager_creates_reads_changes_and_closes(client: httpx.Client) -> None:
    created = create_account(client)
    assert (created.status_code, created.headers["etag"]) == (201, '"1"')
    one = created.json()
    KeptAccount.model_validate(one)
    path = created.headers["location"]
    assert path == f"{PATH}/{one['id']}"
    assert answer(client.get(path, headers=MANAGER)) == one
    changed = change(client, one, {"roles": ["OSNP", "IOA"], "email": "Claire@Exemple.fr"})
    assert (answer(changed)["roles"], changed.headers["etag"]) == (["IOA", "OSNP"], '"2"')
    assert changed.json()["email"] == "claire@exemple.fr"
    closed = answer(change(client, one, {"active": False}, 2))
    assert (closed["active"], closed["roles"]) == (False, ["IOA", "OSNP"])
    found = answer(client.get(PATH, headers=MANAGER))
    assert AccountList.model_validate(found).accounts[0].active is False


def test_an_account_is_created_once_per_key_and_per_person(client: httpx.Client) -> None:
    without = client.post(PATH, json=ROUX, headers=MANAGER)
    problem(without, 400, "idempotency_key_missing")
    key = str(uuid.uuid4())
    first, again = create_account(client, key=key), create_account(client, key=key)
    assert (again.status_code, again.json()) == (201, first.json())
    problem(create_account(client, key=key, given="Clara"), 422, "idempotency_key_reused")
    problem(create_account(client), 409, "account_exists")
    assert len(answer(client.get(PATH, headers=OPERATOR))["accounts"]) == 1


REFUSED: tuple[tuple[dict[str, Any], int, str, str | None], ...] = (
    ({"national_id": None}, 422, "rules_broken", "national_id"),
    ({"national_id": "1"}, 422, "rules_broken", "national_id"),
    ({"family": " "}, 422, "rules_broken", "family"),
    ({"roles": []}, 422, "rules_broken", "roles"),
    ({"roles": ["DATA_TEAM"]}, 422, "invalid_parameter", "roles"),
    ({"territories": ["SAS-20"]}, 422, "rules_broken", "territories"),
    ({"password": "x"}, 422, "unknown_parameter", "password"),
    ({"roles": ["ACCOUNT_MANAGER"]}, 403, "access_denied", None),
    ({"territories": ["SAS-48", "SAS-30"]}, 403, "access_denied", None),
)


def test_what_an_account_lacks_is_told_with_its_field(client: httpx.Client) -> None:
    for values, status, code, field in REFUSED:
        refused = problem(create_account(client, **values), status, code)
        assert refused.get("field") == field, values
    one = create_account(client).json()
    problem(change(client, one, {"family": ""}), 422, "rules_broken")
    problem(change(client, one, {"roles": ["ADMINISTRATOR"]}), 403, "access_denied")
    problem(change(client, one, {"active": False}, 2), 412, "stale_version")
    assert answer(client.get(PATH, headers=OPERATOR))["accounts"] == [one]


@pytest.mark.proves("F125", "W37")
def test_nobody_else_sees_or_changes_an_account(client: httpx.Client) -> None:
    one = create_account(client, OPERATOR).json()
    path = f"{PATH}/{one['id']}"
    for who in (FAR_MANAGER, SELF, sign_in("ioa"), sign_in("gestionnaire_de_donnees")):
        assert answer(client.get(PATH, headers=who)) == {"accounts": []}
        for known in (path, f"{PATH}/{uuid.uuid4()}"):
            problem(client.get(known, headers=who), 403, "access_denied")
        problem(change(client, one, {"active": False}, who=who), 403, "access_denied")
        problem(create_account(client, who, national_id="899700000409"), 403, "access_denied")
        problem(client.get(PATH, headers=who, params={"after": one["id"]}), 422, "rules_broken")
    assert answer(client.get(path, headers=OPERATOR)) == one
    problem(client.get(f"{PATH}/{uuid.uuid4()}", headers=OPERATOR), 404, "record_missing")


def test_the_list_is_read_page_by_page_by_name(client: httpx.Client) -> None:
    names = ["Roux", "Blanc", "Noir", "Petit", "Vert"]
    for number, family in enumerate(names):
        create_account(client, national_id=f"8997000005{number:02}", family=family)
    seen: list[str] = []
    params: dict[str, Any] = {"limit": 2}
    while params:
        page = answer(client.get(PATH, headers=MANAGER, params=params))
        seen += [one["family"] for one in page["accounts"]]
        params = {"limit": 2, "after": page["next"]} if "next" in page else {}
    assert seen == sorted(names)


HEADER = "national_id;email;family;given;roles;territories;active\n"


def send(client: httpx.Client, text: str, who: dict[str, str] = MANAGER) -> httpx.Response:
    headers = {**who, "Content-Type": "text/csv; charset=utf-8"}
    return client.post(FILES, content=text.encode(), headers=headers)


@pytest.mark.proves("F125")
def test_thirty_regulators_are_brought_in_and_two_bad_rows_are_told(client: httpx.Client) -> None:
    rows = [f"8997000006{n:02};;Roux{n};Claire;OSNP;SAS-48;\n" for n in range(30)]
    rows[3] = "899700000603;;Noir;Paul;OSNP;SAS-30;\n"
    rows[7] = '899700000607;;"Jaune\n'
    report = answer(send(client, HEADER + "".join(rows)))
    AccountImport.model_validate(report)
    assert (report["created"], report["refused"], len(report["lines"])) == (28, 2, 30)
    bad = [one for one in report["lines"] if one["outcome"] == "refused"]
    assert [one["line"] for one in bad] == [5, 9]
    assert "de votre ressort" in bad[0]["reason"]
    assert "guillemets" in bad[1]["reason"]
    again = answer(send(client, HEADER + "".join(rows)))
    assert (again["unchanged"], again["refused"]) == (28, 2)
    windows = "national_id,family,given,roles,territories\r\n899700000700,Hélène,Zoé,IOA,SAS-48\r\n"
    headers = {**MANAGER, "Content-Type": "text/csv"}
    told = answer(client.post(FILES, content=windows.encode("cp1252"), headers=headers))
    assert told["lines"] == [{"line": 2, "outcome": "created"}]


def test_a_body_that_is_no_sheet_of_accounts_is_refused_whole(client: httpx.Client) -> None:
    problem(client.post(FILES, json=ROUX, headers=MANAGER), 400, "malformed_body")
    for text in ("", "nom;prenom\nRoux;Claire\n", "family;family\nRoux;Claire\n"):
        problem(send(client, text), 422, "sheet_refused")
    problem(send(client, '"family\n'), 400, "malformed_body")
    assert answer(client.get(PATH, headers=OPERATOR)) == {"accounts": []}


@pytest.mark.proves("F125")
def test_an_account_decides_what_its_person_may_do(client: httpx.Client) -> None:
    """What a token says of roles and territories counts for nobody who has an account."""
    asked = {
        "kind": "beyond",
        "offer": "rpps:10000000105@1480000105",
        "start": "2026-11-23T15:15:00+01:00",
    }
    one = create_account(client, OPERATOR, territories=["SAS-30"]).json()
    oriented = create(client, "/v1/orientations", asked, CLAIRE)
    assert oriented.json()["regulator_territory"] == "SAS-30"
    answer(change(client, one, {"roles": ["IOA"]}, who=OPERATOR))
    problem(create(client, "/v1/orientations", asked, CLAIRE), 403, "access_denied")
    answer(change(client, one, {"active": False}, 2, OPERATOR))
    for path in ("/v1/orientations", PATH, f"/v1/absences/{ROUX['national_id'][1:]}"):
        problem(client.get(path, headers=CLAIRE), 403, "account_closed")


def test_each_failure_of_the_records_is_a_problem() -> None:
    assert set(list_failures(RecordsError)) - {*PROBLEMS} == set()


COMMANDS_ALONE = ("records.upkeep.", "records.transfer.")
"""Use cases that no route has: backups, files."""


def list_failures(kind: type[RecordsError]) -> Iterator[type[RecordsError]]:
    """Every failure that the records declare, where a route can meet it."""
    for child in kind.__subclasses__():
        own = child.__module__.startswith("records.")
        if own and not child.__module__.startswith(COMMANDS_ALONE):
            yield child
        yield from list_failures(child)
