"""``/v1/search`` and ``/v1/offers``: the page over HTTP."""

from typing import Any

import httpx
import pytest

from tests.api.conftest import answer, problem

MENDE = {"lat": 44.5180, "lon": 3.5005}


@pytest.mark.proves("F001", "F018", "F023", "F087")
def test_one_post_gives_a_page_in_order_with_the_reason_of_each_place(api: httpx.Client) -> None:
    asked = {"what": "médecin généraliste", "profile": "published", **MENDE}
    page = answer(api.post("/v1/search", json=asked))
    assert _names(page["results"]) == ["SÉITÉ", "SOS Médecins Mende", "JOURNO", "BOIDIN", "LE GOFF"]
    assert page["query"]["label"] == "Médecine générale"
    assert page["total"] == {"value": 5, "relation": "eq"}
    assert [card["rank"]["tier"] for card in page["results"]] == [1, 1, 1, 2, 2]
    assert page["results"][0]["availability"]["next_start"] == "2026-11-23T10:00:00Z"


@pytest.mark.proves("F005", "F008")
def test_the_answer_says_where_it_searched(api: httpx.Client) -> None:
    area = answer(api.post("/v1/search", json={"what": "MG", "insee": "48095"}))["area"]
    assert (area["kind"], area["insee"], area["department"]) == ("commune", "48095", "48")
    assert (area["reference_km"], area["source"]) == (50, "gazetteer")
    assert "distance_km" not in area


def test_get_and_post_are_the_same_search(api: httpx.Client) -> None:
    asked = {"what": "MG", "insee": "48095", "seed": 7, "slot_type": ["SNP", "PRO"], "size": 3}
    posted = answer(api.post("/v1/search", json=asked))
    gotten = answer(api.get("/v1/search", params=asked))
    assert _without_time(gotten) == _without_time(posted)
    assert {*_names(gotten["results"])} == {"SÉITÉ", "JOURNO", "SOS Médecins Mende"}


@pytest.mark.proves("F016", "W21")
def test_a_patient_on_the_greenwich_meridian(api: httpx.Client) -> None:
    page = answer(api.get("/v1/search", params={"what": "MG", "lat": 44.51, "lon": 0.0}))
    assert page["area"]["lon"] == 0.0
    assert [card["practitioner"]["family"] for card in page["results"]] == ["MÉRIDIEN"]
    assert page["results"][0]["distance_km"] < 0.2


def test_the_role_comes_from_the_caller_and_never_from_the_request(api: httpx.Client) -> None:
    asked = {"what": "MG", "radius_km": 10, **MENDE}
    seen = {
        role: _families(api.post("/v1/search", json=asked, headers={"X-SAS-Role": role}))
        for role in ("OSNP", "IOA", "OTHER")
    }
    first, *drawn, last = seen["OSNP"]
    assert (first, {*drawn}, last) == ("SÉITÉ", {"JOURNO", "SOS Médecins Mende"}, "BOIDIN")
    assert seen["OTHER"] == ["SÉITÉ", "BOIDIN"]
    refused = problem(
        api.post("/v1/search", json={**asked, "role": "OSNP"}), 422, "unknown_parameter"
    )
    assert refused["field"] == "role"
    refused = problem(
        api.get("/v1/search", params={**asked, "role": "OSNP"}), 422, "unknown_parameter"
    )
    assert refused["field"] == "role"


def test_an_unknown_role_is_refused(api: httpx.Client) -> None:
    headers = {"X-SAS-Role": "ADMIN"}
    response = api.post("/v1/search", json={"what": "MG", **MENDE}, headers=headers)
    assert problem(response, 422, "invalid_parameter")["field"] == "X-SAS-Role"
    assert "OSNP, IOA, OTHER" in response.json()["remedy"]


@pytest.mark.proves("F048", "F051")
def test_the_treating_doctor_stands_apart(api: httpx.Client) -> None:
    asked = {"what": "MG", "treating_doctor": "Dr Journo", **MENDE}
    page = answer(api.post("/v1/search", json=asked))
    assert [card["practitioner"]["family"] for card in page["pinned"]] == ["JOURNO"]
    assert "JOURNO" not in _names(page["results"])


def test_pages_follow_each_other(api: httpx.Client) -> None:
    asked = {"what": "MG", "size": 3, **MENDE}
    first = answer(api.post("/v1/search", json=asked))
    second = answer(api.post("/v1/search", json={**asked, "page": first["next"]["page"]}))
    ids = [card["id"] for card in first["results"] + second["results"]]
    assert (len(ids), len(set(ids)), second["next"]) == (5, 5, None)


@pytest.mark.parametrize("offer_id", ["rpps:10000000101@1480000101", "sos:12345678900011:mende"])
def test_one_offer_by_its_id(api: httpx.Client, offer_id: str) -> None:
    card = answer(api.get(f"/v1/offers/{offer_id}"))
    assert card["id"] == offer_id
    slots = answer(api.get(f"/v1/offers/{offer_id}/slots"))
    assert slots == {"id": offer_id, **card["availability"]}
    assert slots["next_start"].startswith("2026-11-23")


def test_an_offer_shows_what_the_role_may_see(api: httpx.Client) -> None:
    url = "/v1/offers/rpps:10000000101@1480000101/slots"
    own = answer(api.get(url, headers={"X-SAS-Role": "OTHER"}))
    assert [slot["types"] for day in own["days"] for slot in day["slots"]] == [["PUBLIC"]]


def test_an_unknown_offer_is_a_404(api: httpx.Client) -> None:
    assert problem(api.get("/v1/offers/rpps:1@2"), 404, "offer_not_found")["field"] == "id"
    problem(api.get("/v1/offers/rpps:1@2/slots"), 404, "offer_not_found")


def _families(response: Any) -> list[str]:
    return _names(answer(response)["results"])


def _names(cards: list[dict[str, Any]]) -> list[str]:
    """Family names of professionals, titles of places."""
    return [card.get("practitioner", {}).get("family", card["title"]) for card in cards]


def _without_time(page: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in page.items() if name != "took_ms"}


@pytest.mark.parametrize("radius_km", [5e-324, 1e-12, 500])
def test_the_smallest_and_the_largest_radius_are_searched(
    api: httpx.Client, radius_km: float
) -> None:
    page = answer(api.post("/v1/search", json={"what": "MG", "radius_km": radius_km, **MENDE}))
    assert page["area"]["radius_km"] == max(radius_km, 0.001)
    assert bool(page["results"]) == (radius_km == 500)
