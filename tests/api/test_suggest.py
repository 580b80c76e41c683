"""``/v1/suggest`` and ``/v1/places`` over HTTP."""

from typing import Any

import httpx
import pytest

from api.schemas.suggest import PlaceCompletions, Suggestions
from geography.geocoding.geocoder import NATIONAL_API, Geocoder
from geography.geocoding.settings import GeocoderSettings
from tests.api.conftest import StartServer, answer, build_frozen_app, problem


@pytest.mark.proves("F004")
@pytest.mark.parametrize(
    "asked", [{}, {"text": "mg"}, {"text": "boi", "insee": "48095"}, {"text": "pharm", "size": 20}]
)
def test_suggestions_fit_the_contract(api: httpx.Client, asked: dict[str, Any]) -> None:
    result = answer(api.post("/v1/suggest", json=asked))
    assert Suggestions.model_validate(result).model_dump(exclude_unset=True) == result
    assert any(result.values())


def test_a_suggested_person_is_found_by_the_search(api: httpx.Client) -> None:
    person = answer(api.post("/v1/suggest", json={"text": "boid"}))["professionals"][0]
    asked = {"what": person["what"], "insee": "48095", "mode": "all"}
    results = answer(api.post("/v1/search", json=asked))["results"]
    assert person["rpps"] in [card["practitioner"]["rpps"] for card in results]


def test_what_is_typed_is_refused_in_an_address_bar(api: httpx.Client) -> None:
    problem(api.get("/v1/suggest", params={"text": "mg"}), 405, "method_not_allowed")


def test_half_a_point_is_refused(api: httpx.Client) -> None:
    assert api.post("/v1/suggest", json={"text": "mg", "lat": 0}).status_code == 422


@pytest.mark.proves("F003")
def test_places_fit_the_contract_and_say_what_is_missing(serve: StartServer) -> None:
    url = serve(build_frozen_app(Geocoder(GeocoderSettings(url="off"))))
    result = answer(httpx.post(f"{url}/v1/places", json={"text": "mende"}))
    assert PlaceCompletions.model_validate(result).model_dump(exclude_unset=True) == result
    assert (result["city"][0]["insee"], result["unavailable"]) == ("48095", [NATIONAL_API])
