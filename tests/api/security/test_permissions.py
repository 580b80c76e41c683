"""What each role is shown, on every route that shows offers."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest

from mappings.roles import UserRole
from records.keys.values import generate_api_key
from tests.api.conftest import DOZEN, StartServer, answer
from tests.api.security.callers import ApiWithAuth, bearer, open_api_with_auth
from tests.api.worked_examples import examples
from tests.conftest import CreateOffers

NOTED_OFFER = "rpps:10000000101@1480000101"
EVERY_TYPE = ("PUBLIC", "PRO", "SNP", "CPTS")


@pytest.fixture
def api_with_note(
    create_offers: CreateOffers,
    index_prefix: str,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    serve: StartServer,
) -> Iterator[ApiWithAuth]:
    """One offer with a slot of each type, a note for regulators, open to every mode."""
    offer = next(o for o in json.loads(DOZEN.read_text("utf-8")) if o["id"] == NOTED_OFFER)
    slots = [
        {**offer["slots"][0], "id": kind, "types": [kind], "declared_types": [kind]}
        for kind in EVERY_TYPE
    ]
    create_offers([{**offer, "slots": slots, "additional_info": "Sonner", "reorientation": True}])
    monkeypatch.setenv("SAS_INDEX_PREFIX", index_prefix)
    yield from open_api_with_auth(tmp_path, serve)


@pytest.mark.proves("F047", "F104", "F125")
@pytest.mark.parametrize(
    ("roles", "types", "informed"),
    [
        (["regulateur_osnp"], set(EVERY_TYPE), True),
        (["ioa"], {"PUBLIC", "PRO"}, True),
        (["ioa", "regulateur_osnp"], set(EVERY_TYPE), True),
        (["effecteur"], {"PUBLIC"}, False),
        (["administrateur", "gestionnaire_de_donnees"], {"PUBLIC"}, False),
    ],
)
def test_what_shows_follows_the_roles_on_every_route(
    api_with_note: ApiWithAuth, roles: list[str], types: set[str], informed: bool
) -> None:
    headers = bearer(*roles)
    card = answer(api_with_note.client.get(f"/v1/offers/{NOTED_OFFER}", headers=headers))
    slots = answer(api_with_note.client.get(f"/v1/offers/{NOTED_OFFER}/slots", headers=headers))
    (found,) = answer(api_with_note.search(headers))["results"]
    for days in (card["availability"]["days"], found["availability"]["days"], slots["days"]):
        assert {kind for day in days for slot in day["slots"] for kind in slot["types"]} == types
    assert ("additional_info" in card, "additional_info" in found) == (informed, informed)


CREDENTIAL = "pl4nt3d-cr3d3nt14l"


@pytest.mark.proves("W38", "W40", "F125")
def test_no_answer_holds_a_credential(
    serve: StartServer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Neither those of the service nor those of the caller, on any route, sound or refused."""
    monkeypatch.setenv("SAS_ELASTICSEARCH_API_KEY", CREDENTIAL)
    for door in open_api_with_auth(tmp_path, serve):
        key, stored = generate_api_key(
            "lrm", [UserRole.OSNP, UserRole.ADMINISTRATOR], datetime.now(UTC)
        )
        door.keep_key(stored)
        signed = bearer("regulateur_osnp", "administrateur")
        secrets = (CREDENTIAL, key, key.split("_")[2], stored.digest, stored.salt)
        secrets += (signed["Authorization"].split()[1].split(".")[2], str(tmp_path))
        answered = list(
            send_every_example(door, [signed, {"X-API-Key": key}, {"X-API-Key": key + "0"}])
        )
        assert {response.status_code for response in answered} >= {200, 401}
        for response in answered:
            result = response.text + str(response.headers)
            assert [secret for secret in secrets if secret in result] == [], response.url


def send_every_example(
    api_with_auth: ApiWithAuth, callers: list[dict[str, str]]
) -> Iterator[httpx.Response]:
    """Each example of the documentation, asked by each caller."""
    for example in examples():
        asked = example.request
        for caller in callers:
            yield api_with_auth.client.request(
                asked.method,
                asked.url.raw_path.decode(),
                headers={**asked.headers, **caller},
                content=asked.body,
            )
