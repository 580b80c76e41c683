"""Programs are let in by the keys of the records, which no request waits for."""

import json
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import text
from typer.testing import CliRunner

from api.configuration import load_valid_settings
from api.security.api_keys import MAX_AGE_S, RENEW_S, KeyRing
from cli.main import app as sas
from mappings.roles import UserRole
from records.access import OPERATOR
from records.keys.store import revoke_api_key
from records.keys.values import generate_api_key
from search_engine.request.configuration import BadConfigurationError
from tests.api.conftest import StartServer, answer, problem
from tests.api.security.callers import ApiWithAuth, open_api_with_auth
from tests.suite.waiting import wait_for


@pytest.fixture
def api_with_auth(tmp_path: Path, serve: StartServer) -> Iterator[ApiWithAuth]:
    """The application with ``SAS_AUTH=jwt``."""
    yield from open_api_with_auth(tmp_path, serve)


def test_a_revoked_key_stops_at_once(api_with_auth: ApiWithAuth) -> None:
    key, stored = generate_api_key("lrm", [UserRole.OSNP], datetime.now(UTC))
    problem(api_with_auth.search({"X-API-Key": key}), 401, "key_refused")
    api_with_auth.keep_key(stored)
    answer(api_with_auth.search({"X-API-Key": key}))
    assert key.split("_")[2].encode() not in api_with_auth.database.path.read_bytes()
    for other in (key[:-1], key + "0", "sas_x_y", f"sas_{stored.id}_{'0' * 64}"):
        problem(api_with_auth.search({"X-API-Key": other}), 401, "key_refused")
    revoke_api_key(api_with_auth.database, OPERATOR, stored.id, datetime.now(UTC))
    wait_for(lambda: api_with_auth.search({"X-API-Key": key}).status_code == 401, RENEW_S * 3)
    problem(api_with_auth.search({"X-API-Key": key}), 401, "key_refused")


def test_keys_of_records_that_are_away_serve_for_an_hour(api_with_auth: ApiWithAuth) -> None:
    key, stored = generate_api_key("lrm", [UserRole.OSNP], datetime.now(UTC))
    api_with_auth.keep_key(stored)
    with api_with_auth.database.engine.begin() as connection:
        connection.execute(text("ALTER TABLE api_keys RENAME TO away"))
    ring: KeyRing = api_with_auth.app.state.access.keys
    wait_for(lambda: time.monotonic() - (ring._read_at or 0) > 2 * RENEW_S)
    answer(api_with_auth.search({"X-API-Key": key}))
    ring.clock = lambda: time.monotonic() + MAX_AGE_S
    problem(api_with_auth.search({"X-API-Key": key}), 503, "identity_unavailable")


def test_a_key_made_by_the_command_opens_until_revoked_by_it(api_with_auth: ApiWithAuth) -> None:
    run = CliRunner().invoke
    made = run(sas, ["api-key", "new", "lrm", "--role", "IOA", "--json"])
    result = json.loads(made.stdout)
    wait_for(lambda: api_with_auth.search({"X-API-Key": result["key"]}).status_code == 200)
    listed = json.loads(run(sas, ["api-key", "list", "--json"]).stdout)
    assert [(key["id"], key["roles"]) for key in listed] == [(result["id"], ["IOA"])]
    assert run(sas, ["api-key", "revoke", result["id"]]).exit_code == 0
    assert run(sas, ["api-key", "revoke", result["id"]]).exit_code == 1
    wait_for(lambda: api_with_auth.search({"X-API-Key": result["key"]}).status_code == 401)


def test_a_file_of_keys_that_is_no_longer_read_stops_the_start(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("SAS_API_KEYS_FILE", str(tmp_path / "keys.json"))
    with pytest.raises(BadConfigurationError, match="sas records up"):
        load_valid_settings()
