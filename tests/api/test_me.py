"""``/v1/me`` and ``/v1/territories``: who asks, and over which territories the SAS is organised."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from api.routes.territories import CACHE_CONTROL
from api.schemas.caller import Me, Territories
from geography.departments import departments
from geography.geocoding.geocoder import Geocoder
from geography.geocoding.settings import GeocoderSettings
from tests.api.conftest import StartServer, answer, problem
from tests.api.security.callers import ApiWithAuth, bearer, claims, open_api_with_auth, sign_token
from tests.api.security.test_security import api_with_auth as identified

api_with_auth = identified

EVERY_TYPE = ["PUBLIC", "PRO", "SNP", "CPTS"]
REGULATOR_MODES = ["available", "all", "beyond"]


@pytest.mark.proves("F047", "F125")
@pytest.mark.parametrize(
    ("roles", "told"),
    [
        (["regulateur_osnp"], (["OSNP"], REGULATOR_MODES, EVERY_TYPE)),
        (["ioa"], (["IOA"], ["reorientation"], ["PUBLIC", "PRO"])),
        (
            ["ioa", "regulateur_osnp"],
            (["OSNP", "IOA"], [*REGULATOR_MODES, "reorientation"], EVERY_TYPE),
        ),
        (["effecteur"], (["OTHER"], ["available"], ["PUBLIC"])),
        (["gestionnaire_de_donnees"], (["DATA_TEAM"], ["available"], ["PUBLIC"])),
        (
            ["administrateur", "delegataire"],
            (["ADMINISTRATOR", "DELEGATE"], ["available"], ["PUBLIC"]),
        ),
    ],
)
def test_a_caller_learns_what_is_open_and_never_who_he_is(
    api_with_auth: ApiWithAuth, roles: list[str], told: tuple[list[str], ...]
) -> None:
    response = api_with_auth.client.get("/v1/me", headers=bearer(*roles))
    me = answer(response)
    assert Me.model_validate(me).model_dump(mode="json") == me
    assert (me["roles"], me["modes"], me["slot_types"]) == told
    assert response.headers["cache-control"] == "no-store"
    assert "s-1" not in response.text + str(response.headers)
    assert answer(api_with_auth.search(bearer(*roles)))["mode"] == me["modes"][0]


@pytest.mark.parametrize(
    ("said", "told"),
    [
        (["SAS-48", "SAS-2A"], ["SAS-48", "SAS-2A"]),
        ("SAS-48", ["SAS-48"]),
        ([{"id": "SAS-48"}, 48], []),
        (None, []),
    ],
)
def test_the_territories_of_the_token_are_told_and_restrict_nothing(
    api_with_auth: ApiWithAuth, said: Any, told: list[str]
) -> None:
    signed = sign_token(claims("regulateur_osnp", sas_territories=said))
    headers = {"Authorization": f"Bearer {signed}"}
    assert answer(api_with_auth.client.get("/v1/me", headers=headers))["territories"] == told
    found = api_with_auth.search(headers, insee="97411", what="hoarau", mode="all")
    assert answer(found)["total"]["value"] == 1


@pytest.fixture
def api_with_places(tmp_path: Path, serve: StartServer) -> Iterator[ApiWithAuth]:
    """The same, that reads places without any service."""
    offline = Geocoder(GeocoderSettings(url="off"))
    yield from open_api_with_auth(tmp_path, serve, geocoder=offline)


def test_the_territory_of_the_token_decides_between_two_communes_of_one_name(
    api_with_places: ApiWithAuth,
) -> None:
    read = {}
    for territory in ("SAS-93", "SAS-974"):
        signed = sign_token(claims("regulateur_osnp", sas_territories=[territory]))
        body = {"what": "hoarau", "where": "Saint-Denis"}
        headers = {"Authorization": f"Bearer {signed}"}
        page = answer(api_with_places.client.post("/v1/search", json=body, headers=headers))
        read[territory] = page["area"]["insee"]
        assert "caller_territories" not in page["query"]["asked"]
    assert read == {"SAS-93": "93066", "SAS-974": "97411"}


def test_nobody_is_told_who_he_is_without_identity(api_with_auth: ApiWithAuth) -> None:
    problem(api_with_auth.client.get("/v1/me"), 401, "identity_missing")
    problem(api_with_auth.client.get("/v1/territories"), 401, "identity_missing")


def test_a_role_said_in_dev_is_told_and_an_unknown_one_refused(api: httpx.Client) -> None:
    assert answer(api.get("/v1/me"))["roles"] == ["OSNP", "ADMINISTRATOR"]
    assert answer(api.get("/v1/me", headers={"X-SAS-Role": "IOA"}))["modes"] == ["reorientation"]
    problem(api.get("/v1/me", headers={"X-SAS-Role": "root"}), 422, "invalid_parameter")


@pytest.mark.proves("F124", "W48", "W49")
def test_every_territory_is_listed_corsica_and_overseas_included(api: httpx.Client) -> None:
    result = answer(api.get("/v1/territories"))
    assert Territories.model_validate(result).model_dump() == result
    listed = {territory["department"]: territory for territory in result["territories"]}
    assert list(listed) == sorted(departments())
    assert all(entry["id"] == f"SAS-{code}" for code, entry in listed.items())
    zones = {code: listed[code]["timezone"] for code in ("2A", "2B", "973", "974", "975", "988")}
    assert zones == {
        "2A": "Europe/Paris",
        "2B": "Europe/Paris",
        "973": "America/Cayenne",
        "974": "Indian/Reunion",
        "975": "America/Miquelon",
        "988": "Pacific/Noumea",
    }
    assert listed["2A"]["name"] == "Corse-du-Sud"


@pytest.mark.proves("F124")
def test_a_listed_territory_is_one_that_the_search_takes(api: httpx.Client) -> None:
    asked = {"what": "hoarau", "department": "974", "mode": "all"}
    ids = [entry["id"] for entry in answer(api.get("/v1/territories"))["territories"]]
    found = {
        name: answer(api.post("/v1/search", json={**asked, "territory": [name]}))["total"]["value"]
        for name in ids
        if name in ("SAS-974", "SAS-2A")
    }
    assert found == {"SAS-2A": 0, "SAS-974": 1}


def test_the_list_at_hand_is_not_sent_again(api: httpx.Client) -> None:
    first = api.get("/v1/territories")
    tag = first.headers["etag"]
    assert first.headers["cache-control"] == CACHE_CONTROL
    for known in (tag, f"W/{tag}", f'"other", {tag}', "*"):
        again = api.get("/v1/territories", headers={"If-None-Match": known})
        assert (again.status_code, again.content) == (304, b"")
        assert (again.headers["etag"], again.headers["cache-control"]) == (tag, CACHE_CONTROL)
    for other in ('"other"', tag.strip('"'), ""):
        result = api.get("/v1/territories", headers={"If-None-Match": other})
        assert answer(result) == first.json()
