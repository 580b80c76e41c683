"""A link from a dispatch software, over the same dozen offers as every search."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import text

from api.schemas.page import LrmPage
from geography.geocoding.geocoder import Geocoder
from records.database import Database
from tests.api.conftest import (
    ALPHA,
    SWITCHED_OFF,
    StartServer,
    answer,
    build_frozen_app,
    problem,
)
from tests.api.middleware.test_logs import open_service_process as running_service
from tests.geography.conftest import FakeAddressService, feature
from tests.geography.conftest import service as imitated_service

JOURNO = "urn:oid:1.2.250.1.71.4.2.1|810000000102"
FULL = {
    "origin": ALPHA,
    "specialty": "urn:oid:1.2.250.1.213.2.28|SM54",
    "practitioner": JOURNO,
    "streetnumber": "12 bis",
    "streetname": "rue du Lac",
    "inseecode": "48095",
    "city": "Mende",
}
SENTINEL_WORDS = ("Kerguestenen", "Quevarrec", "Lanvollon")

SendLink = Callable[..., httpx.Response]


@pytest.fixture
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A state folder of this test alone."""
    monkeypatch.setenv("SAS_STATE_DIR", str(tmp_path))
    return tmp_path


@pytest.fixture
def start_app(
    serve: StartServer, state: Path, address_service: FakeAddressService
) -> Callable[[], str]:
    """Starts a new process's worth of application, asking the imitated address service."""
    return lambda: serve(build_frozen_app(Geocoder(address_service.settings())))


address_service = imitated_service


@pytest.fixture
def lrm(registry: Database, start_app: Callable[[], str]) -> SendLink:
    """``lrm(**parameters)``: the answer to a link."""
    url = start_app()
    return lambda **asked: httpx.get(f"{url}/v1/lrm/search", params=asked, timeout=10)


def warning_code_list(page: dict[str, Any]) -> list[str]:
    """The codes of the warnings."""
    return [warning["code"] for warning in page["warnings"]]


@pytest.mark.proves("F053", "F048", "F052")
def test_a_whole_link_gives_the_page_of_every_search(
    lrm: SendLink, address_service: FakeAddressService
) -> None:
    response = lrm(**FULL)
    page = answer(response)
    assert response.headers["Cache-Control"] == "no-store"
    assert LrmPage.model_validate(page).model_dump(by_alias=True, exclude_unset=True) == page
    assert page["lrm"] == {
        "origin": ALPHA,
        "name": "Régulation Alpha",
        "resolved": {
            "specialty": {
                "label": "Médecine générale",
                "code": "SM54",
                "system": "TRE_R38-SpecialiteOrdinale",
            },
            "practitioner": {"rpps": "10000000102"},
            "address": {
                "streetnumber": "12 bis",
                "streetname": "rue du Lac",
                "inseecode": "48095",
                "city": "Mende",
                "text": "12 bis rue du Lac, 48000 Mende",
            },
        },
    }
    assert page["query"]["what"] == "Médecine générale"
    assert page["query"]["asked"]["treating_doctor"] == JOURNO
    assert (page["area"]["kind"], page["area"]["patient_point"]) == ("address", True)
    assert [card["practitioner"]["rpps"] for card in page["pinned"]] == ["10000000102"]
    found = [card["id"] for card in page["results"]]
    assert found
    assert "rpps:10000000102@1480000102" not in found
    assert warning_code_list(page) == []


@pytest.mark.proves("F059", "W30")
def test_the_geocoder_is_told_the_code_and_the_whole_number(
    lrm: SendLink, address_service: FakeAddressService
) -> None:
    answer(lrm(**FULL))
    assert address_service.queries[-1]["citycode"] == "48095"
    assert address_service.queries[-1]["q"] == "12 bis rue du Lac, 48000 Mende"
    paris = {"citycode": "75115", "postcode": "75015", "city": "Paris", "context": "75, Paris"}
    address_service.features = [feature(48.8416, 2.3002, **paris)]
    page = answer(lrm(**{**FULL, "inseecode": "75115", "city": "Paris"}))
    assert address_service.queries[-1]["citycode"] == "75115"
    assert page["area"]["insee"] == "75115"


def test_a_link_finds_what_a_search_finds(lrm: SendLink, registry: str, api: httpx.Client) -> None:
    page = answer(lrm(origin=ALPHA, specialty="MG", inseecode="48095", seed=7, size=3))
    same = answer(api.post("/v1/search", json={"what": "MG", "insee": "48095", "seed": 7}))
    assert [c["id"] for c in page["results"]] == [c["id"] for c in same["results"]][:3]
    assert page["total"] == same["total"]
    assert page["area"] == same["area"]


@pytest.mark.proves("F058")
def test_the_code_alone_is_a_search_around_the_commune(
    lrm: SendLink, address_service: FakeAddressService
) -> None:
    page = answer(lrm(origin=ALPHA, inseecode="48095"))
    assert (page["area"]["kind"], page["area"]["patient_point"]) == ("commune", False)
    assert address_service.queries == []
    assert warning_code_list(page) == ["lrm_specialty_missing", "sas_pf_002"]


@pytest.mark.proves("F058")
def test_addresses_that_locate_nobody_are_refused_with_a_reason(lrm: SendLink) -> None:
    number = problem(
        lrm(origin=ALPHA, inseecode="48095", streetnumber="12"), 422, "lrm_number_without_street"
    )
    assert number["field"] == "streetnumber"
    problem(lrm(origin=ALPHA, specialty="MG"), 422, "lrm_no_city")
    problem(lrm(origin=ALPHA, city="Quevarrecville"), 422, "place_not_found")
    repeated = httpx.QueryParams([*FULL.items(), ("city", "Lyon")])
    url = str(lrm(**FULL).request.url.copy_with(query=None))
    problem(httpx.get(url, params=repeated), 422, "invalid_parameter")


@pytest.mark.proves("F049", "F050", "F051", "W31")
@pytest.mark.parametrize(
    ("given", "pinned", "warned"),
    [
        ({}, [], ["sas_pf_002"]),
        ({"practitioner": ""}, [], ["sas_pf_002"]),
        ({"practitioner": "urn:oid:9|8"}, [], ["sas_pf_001"]),
        ({"practitioner": "Quevarrec"}, [], ["sas_pf_001"]),
        ({"practitioner": "Journo"}, ["10000000102"], []),
        ({"practitioner": "Boidin"}, ["10000000103"], []),
    ],
)
def test_the_treating_doctor_is_told_apart(
    lrm: SendLink, given: dict[str, str], pinned: list[str], warned: list[str]
) -> None:
    page = answer(lrm(origin=ALPHA, specialty="MG", inseecode="48095", **given))
    assert [card["practitioner"]["rpps"] for card in page["pinned"]] == pinned
    assert warning_code_list(page) == warned
    assert page["results"]


@pytest.mark.proves("F056")
def test_an_origin_that_is_not_active_is_refused_with_its_reason(lrm: SendLink) -> None:
    unknown = problem(lrm(**{**FULL, "origin": "9.9.9"}), 403, "lrm_origin_refused")
    switched_off = problem(lrm(**{**FULL, "origin": SWITCHED_OFF}), 403, "lrm_origin_refused")
    assert (unknown["title"], unknown["field"]) == ("Lien refusé", "origin")
    assert "pas inscrite" in unknown["detail"]
    assert "désactivée" in switched_off["detail"]
    problem(lrm(inseecode="48095"), 422, "invalid_parameter")


@pytest.mark.proves("F057", "W29")
def test_a_known_origin_survives_the_outage_of_the_registry_and_a_restart(
    lrm: SendLink, start_app: Callable[[], str], registry: Database
) -> None:
    answer(lrm(**FULL))
    with registry.engine.begin() as connection:
        connection.execute(text("DROP TABLE dispatch_software"))
    url = start_app()
    again = httpx.get(f"{url}/v1/lrm/search", params=FULL, timeout=10)
    assert answer(again)["lrm"]["name"] == "Régulation Alpha"
    other = {**FULL, "origin": "9.9.9"}
    undecided = httpx.get(f"{url}/v1/lrm/search", params=other, timeout=10)
    problem(undecided, 503, "lrm_registry_unavailable")
    off = {**FULL, "origin": SWITCHED_OFF}
    refused = httpx.get(f"{url}/v1/lrm/search", params=off, timeout=10)
    problem(refused, 403, "lrm_origin_refused")


@pytest.mark.proves("F057", "W29")
def test_nobody_is_called_invalid_when_no_list_was_ever_read(start_app: Callable[[], str]) -> None:
    response = httpx.get(f"{start_app()}/v1/lrm/search", params=FULL, timeout=10)
    problem(response, 503, "lrm_registry_unavailable")
    assert int(response.headers["Retry-After"]) > 0


def test_the_kept_list_names_software_and_nobody(lrm: SendLink, state: Path) -> None:
    answer(lrm(**FULL))
    (kept,) = (path for path in (state / "lrm").rglob("*") if path.is_file())
    names = kept.read_text("utf-8")
    assert "Alpha" in names
    assert [word for word in ("Lac", "Mende", "10000000102") if word in names] == []


def test_a_post_says_the_same_without_an_address_bar(lrm: SendLink) -> None:
    asked = lrm(**{**FULL, "seed": "1"})
    result = httpx.post(
        str(asked.request.url.copy_with(query=None)), json={**FULL, "seed": 1}, timeout=10
    )
    first, second = answer(asked), answer(result)
    assert {**first, "took_ms": {}} == {**second, "took_ms": {}}


@pytest.mark.proves("F047")
def test_a_link_opens_the_default_mode_of_the_role(
    registry: Database, start_app: Callable[[], str]
) -> None:
    url = start_app() + "/v1/lrm/search"
    link = {"origin": ALPHA, "inseecode": "48095", "city": "Mende"}
    for role, mode in (("OSNP", "available"), ("IOA", "reorientation"), ("OTHER", "available")):
        headers = {"X-SAS-Role": role}
        page = answer(httpx.get(url, params=link, headers=headers, timeout=10))
        assert page["mode"] == mode


def test_other_parameters_are_ignored_and_told(lrm: SendLink) -> None:
    assert warning_code_list(answer(lrm(**FULL, loc="Paris", patient="x"))) == [
        "lrm_parameter_ignored"
    ]


@pytest.mark.parametrize("name", ["origin", "specialty", "city"])
def test_half_a_surrogate_pair_is_refused_and_no_fault_of_ours(lrm: SendLink, name: str) -> None:
    url = str(lrm(**FULL).request.url.copy_with(query=None))
    body = json.dumps({**FULL, name: "\ud800"}).encode()
    result = httpx.post(url, content=body, headers={"Content-Type": "application/json"})
    assert result.status_code in (400, 422), result.text


@pytest.mark.proves("F056", "F123", "W42")
def test_nothing_of_a_link_but_its_refused_origin_is_written(
    tmp_path: Path, es_url: str, dozen_prefix: str, registry: str
) -> None:
    environment = {
        "SAS_ELASTICSEARCH_URL": es_url,
        "SAS_INDEX_PREFIX": dozen_prefix,
        "SAS_GEOCODER_URL": "off",
        "SAS_STATE_DIR": str(tmp_path / "state"),
    }
    planted = {
        "specialty": SENTINEL_WORDS[2],
        "practitioner": f"Dr {SENTINEL_WORDS[1]}",
        "streetnumber": "12",
        "streetname": f"rue {SENTINEL_WORDS[0]}",
        "inseecode": "48095",
    }
    with running_service(tmp_path, environment) as (url, written):
        answer(httpx.get(f"{url}/v1/lrm/search", params={**planted, "origin": ALPHA}, timeout=20))
        for origin in ("9.8.7.6", f"rue {SENTINEL_WORDS[0]}"):
            link = {**planted, "origin": origin}
            problem(httpx.get(f"{url}/v1/lrm/search", params=link), 403, "lrm_origin_refused")
            problem(httpx.post(f"{url}/v1/lrm/search", json=link), 403, "lrm_origin_refused")
    text = written.read_text("utf-8", "replace")
    assert "9.8.7.6" in text
    assert "lrm_origin_refused" in text
    assert [word for word in SENTINEL_WORDS if word.lower() in text.lower()] == []
