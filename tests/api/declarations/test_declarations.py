"""Declarations over HTTP: whose they are, which version they replace, what follows."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import text

from api.schemas.declarations import KeptAbsences, KeptProfessionalSettings, KeptStructureSettings
from mappings.roles import UserRole
from records.database import Database, open_transaction
from records.keys.values import generate_api_key
from tests.api.conftest import StartServer, answer, problem
from tests.api.declarations.people import (
    FIRST,
    OPERATOR,
    SELF,
    STRANGERS,
    list_keys,
    put,
)
from tests.api.security.callers import ApiWithAuth, open_api_with_auth
from tests.records.samples import ANNE, BRUNO

FINESS, SIRET = "480000123", "12345678900011"
SETTINGS = f"/v1/professionals/{ANNE}/settings"
STRUCTURE = f"/v1/structures/{FINESS}/settings"
ABSENCES = f"/v1/absences/{ANNE}"
TAKES_PART = {"participation": True, "via": 1, "has_software": True}
HOLIDAYS = {"ranges": [{"start": "2026-12-24", "end": "2027-01-02"}]}
CENTRE = {"participation": True, "hours_available": True, "practitioner_count": 2}

BODIES: dict[str, dict[str, Any]] = {SETTINGS: TAKES_PART, STRUCTURE: CENTRE, ABSENCES: HOLIDAYS}
OTHERWISE: dict[str, dict[str, Any]] = {
    SETTINGS: {"participation": False},
    STRUCTURE: {},
    ABSENCES: {"always": True},
}


@pytest.mark.proves("F110")
def test_a_professional_declares_reads_and_changes_his_own(
    client: httpx.Client, database: Database
) -> None:
    first = put(client, SETTINGS, TAKES_PART, **FIRST)
    assert (first.status_code, first.headers["etag"]) == (201, '"1"')
    kept = client.get(SETTINGS, headers=SELF)
    assert kept.headers["etag"] == '"1"'
    assert answer(kept) == first.json()
    assert KeptProfessionalSettings.model_validate(kept.json()).updated_by == ANNE
    changed = put(client, SETTINGS, {"participation": False}, **{"If-Match": '"1"'})
    assert (changed.status_code, changed.headers["etag"]) == (200, '"2"')
    assert answer(client.get(SETTINGS, headers=SELF))["participation"] is False
    assert list_keys(database) == [("project_professional", ANNE)] * 2


@pytest.mark.proves("F112")
def test_a_structure_and_an_association_are_declared_by_an_operator(client: httpx.Client) -> None:
    association = f"/v1/structures/{SIRET}/settings"
    for path, body in ((STRUCTURE, CENTRE), (association, {**CENTRE, "practitioner_count": 0})):
        assert put(client, path, body, **FIRST, **OPERATOR).status_code == 201
        kept = answer(client.get(path, headers=OPERATOR))
        assert KeptStructureSettings.model_validate(kept).participation


@pytest.mark.proves("F035")
def test_absences_are_declared_for_everywhere_and_for_one_place(client: httpx.Client) -> None:
    place = f"{ABSENCES}?idnst=3481000000001"
    assert put(client, ABSENCES, HOLIDAYS, **FIRST).status_code == 201
    assert put(client, place, {"always": True}, **FIRST).status_code == 201
    everywhere, there = (answer(client.get(path, headers=SELF)) for path in (ABSENCES, place))
    assert KeptAbsences.model_validate(everywhere).ranges
    assert (there["always"], there["idnst"], "idnst" in everywhere) == (
        True,
        "3481000000001",
        False,
    )
    withdrawn = put(client, ABSENCES, {}, **{"If-Match": '"1"'})
    assert answer(withdrawn)["ranges"] == []


def test_the_second_of_two_editors_is_told_and_changes_nothing(client: httpx.Client) -> None:
    for path, body in BODIES.items():
        put(client, path, body, **FIRST, **OPERATOR)
        changed = put(client, path, OTHERWISE[path], **{"If-Match": '"1"'}, **OPERATOR)
        assert changed.status_code == 200
        for stale in ({"If-Match": '"1"'}, FIRST):
            late = put(client, path, body, **stale, **OPERATOR)
            assert "version 2" in problem(late, 412, "stale_version")["detail"]
        assert answer(client.get(path, headers=OPERATOR)) == answer(changed)


CONDITIONS: tuple[tuple[dict[str, str], int, str], ...] = (
    ({}, 428, "precondition_required"),
    ({"If-Match": "1"}, 400, "precondition_unreadable"),
    ({"If-Match": "*"}, 400, "precondition_unreadable"),
    ({"If-Match": '"0"'}, 400, "precondition_unreadable"),
    ({"If-None-Match": '"1"'}, 400, "precondition_unreadable"),
    ({"If-Match": '"1"', "If-None-Match": "*"}, 400, "precondition_unreadable"),
    ({"If-Match": '"1"'}, 404, "record_missing"),
)


def test_a_change_that_names_no_version_is_refused(client: httpx.Client) -> None:
    for conditions, status, code in CONDITIONS:
        for path, body in BODIES.items():
            problem(put(client, path, body, **conditions, **OPERATOR), status, code)


@pytest.mark.proves("W37", "W38", "W39")
def test_what_is_somebody_elses_is_neither_read_nor_changed(client: httpx.Client) -> None:
    """Nor is it said whether it exists; the digits alone, or another type, name nobody."""
    for path, body in BODIES.items():
        assert_closed(client, path)
        assert client.get(path, headers=OPERATOR).status_code == 404
        first = put(client, path, body, **FIRST, **OPERATOR)
        assert_closed(client, path)
        assert answer(client.get(path, headers=OPERATOR)) == first.json()


def assert_closed(client: httpx.Client, path: str) -> None:
    """No stranger reads or changes what is there, or what is not."""
    for who in STRANGERS.values():
        problem(client.get(path, headers=who), 403, "access_denied")
        for condition in (FIRST, {"If-Match": '"1"'}):
            problem(put(client, path, BODIES[path], **condition, **who), 403, "access_denied")


def test_a_key_is_nobodys_number(api_with_sign_in: ApiWithAuth, database: Database) -> None:
    """A credential's name is never compared with an RPPS, whatever it is called."""
    key, stored = generate_api_key(ANNE, [UserRole.OTHER], datetime.now(UTC))
    api_with_sign_in.keep_key(stored)
    refused = api_with_sign_in.client.get(SETTINGS, headers={"X-API-Key": key})
    problem(refused, 403, "access_denied")


def test_every_rule_that_is_broken_is_told_with_its_field(
    client: httpx.Client, database: Database
) -> None:
    refused = problem(put(client, SETTINGS, {"participation": True}, **FIRST), 422, "rules_broken")
    assert [one["field"] for one in refused["errors"]] == ["via", "has_software", "hours_available"]
    past = {"ranges": [{"start": "2026-01-01", "end": "2026-01-02"}]}
    over = problem(put(client, ABSENCES, past, **FIRST), 422, "rules_broken")
    assert over["field"] == "ranges"
    assert list_keys(database) == []


IMPOSSIBLE: tuple[tuple[str, dict[str, Any]], ...] = (
    (SETTINGS, {**TAKES_PART, "rpps": BRUNO}),
    (SETTINGS, {**TAKES_PART, "via": 5}),
    (ABSENCES, {"ranges": [{"start": "2026-02-31", "end": "2026-03-01"}]}),
    (ABSENCES, {"ranges": [{"start": "2026-12-24", "end": "2026-12-20"}]}),
    (ABSENCES, {"ranges": HOLIDAYS["ranges"] * 4}),
    (STRUCTURE, {**CENTRE, "hours": {"mon": [["25:00", "26:00"]]}}),
    (STRUCTURE, {**CENTRE, "hours": {"mon": [["08:00", "08:00"]]}}),
    ("/v1/professionals/1/settings", TAKES_PART),
)


def test_values_that_cannot_be_are_refused_before_the_records(client: httpx.Client) -> None:
    for path, body in IMPOSSIBLE:
        refused = put(client, path, body, **FIRST, **OPERATOR)
        assert (refused.status_code, bool(refused.json()["field"])) == (422, True), body


def test_records_of_a_later_program_are_told_and_serve_once_they_are_ours(
    database: Database,
    database_url: str,
    tmp_path: Path,
    serve: StartServer,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("SAS_DATABASE_URL", database_url)
    ours = name_revision(database, "9999")
    for api in open_api_with_auth(tmp_path, serve):
        problem(api.client.get(SETTINGS, headers=SELF), 503, "records_schema_too_new")
        name_revision(database, ours)
        problem(api.client.get(SETTINGS, headers=SELF), 404, "record_missing")


def name_revision(database: Database, revision: str) -> str:
    """Write another revision of the schema; the one that was there."""
    with open_transaction(database) as session:
        before = session.scalar(text("SELECT version_num FROM alembic_version"))
        session.execute(text("UPDATE alembic_version SET version_num = :new"), {"new": revision})
    return str(before)


def test_a_database_that_is_gone_is_a_problem_and_never_an_empty_answer(
    api_with_sign_in: ApiWithAuth,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    serve: StartServer,
) -> None:
    monkeypatch.setenv("SAS_DATABASE_URL", "postgresql://sas@127.0.0.1:1/records")
    for gone in open_api_with_auth(tmp_path, serve):
        for path, body in BODIES.items():
            problem(gone.client.get(path, headers=OPERATOR), 503, "records_unavailable")
            refused = put(gone.client, path, body, **FIRST, **OPERATOR)
            assert refused.headers["retry-after"] == "5"
            problem(refused, 503, "records_unavailable")
        assert gone.client.get("/livez").status_code == 200
