"""The contract: the document is pinned, and real answers fit it, unknown members refused.

After a change on purpose: ``python -m tests.api.test_openapi`` writes the document again.
"""

import json
from pathlib import Path
from typing import Any

import httpx
import pytest

from api.schemas.cards import Alive, OfferCard, OfferSlots, ProblemDocument, Ready, Shape
from api.schemas.page import ResultPage
from search_engine.request.criteria import SearchRequest
from tests.api.conftest import answer, build_frozen_app

PINNED = Path(__file__).with_name("openapi.json")

SEARCHES: list[dict[str, Any]] = [
    {"what": "MG", "lat": 44.5180, "lon": 3.5005},
    {"what": "MG", "lat": 44.5180, "lon": 3.5005, "radius_km": 5, "treating_doctor": "Boidin"},
    {"what": "médecin", "insee": "48095", "mode": "all", "size": 100},
    {"what": "pharmacies", "department": "48"},
    {"what": "SOS Médecins", "department": "48"},
    {"what": "maison de santé", "department": "48", "mode": "beyond"},
    {"what": "psy", "insee": "48095"},
    {"what": "hoarau", "department": "974"},
    {"what": "maternité", "insee": "48095"},
]


def test_the_contract_changes_only_on_purpose() -> None:
    current = json.loads(json.dumps(build_frozen_app().openapi()))
    assert current == json.loads(PINNED.read_text("utf-8")), (
        "the OpenAPI document changed: if on purpose, write it again with "
        "`python -m tests.api.test_openapi`"
    )


def test_every_criterion_is_documented() -> None:
    document = build_frozen_app().openapi()
    properties = document["components"]["schemas"]["SearchRequest"]["properties"]
    assert set(properties) == set(SearchRequest.model_fields)
    assert all(shape.get("description") for shape in properties.values())
    named = {p["name"] for p in document["paths"]["/v1/search"]["get"]["parameters"]}
    assert named == {*SearchRequest.model_fields, "X-SAS-Role"}


@pytest.mark.parametrize("asked", SEARCHES)
def test_a_real_page_fits_the_contract(api: httpx.Client, asked: dict[str, Any]) -> None:
    page = answer(api.post("/v1/search", json=asked))
    assert _validate_document(ResultPage, page) == page


@pytest.mark.parametrize(
    ("path", "shape"),
    [
        ("/v1/offers/rpps:10000000104@1480000104", OfferCard),
        ("/v1/offers/rpps:10000000104@1480000104/slots", OfferSlots),
        ("/livez", Alive),
        ("/readyz", Ready),
    ],
)
def test_other_answers_fit_the_contract(api: httpx.Client, path: str, shape: type[Shape]) -> None:
    result = answer(api.get(path))
    assert _validate_document(shape, result) == result


def test_a_refusal_fits_the_contract(api: httpx.Client) -> None:
    result = api.post("/v1/search", json={"what": "MG", "size": 0, "page": 0}).json()
    assert _validate_document(ProblemDocument, result) == result


def _validate_document(shape: type[Shape], document: dict[str, Any]) -> dict[str, Any]:
    """What the shape keeps of an answer: all of it, or it raises."""
    return shape.model_validate(document).model_dump(by_alias=True, exclude_unset=True)


if __name__ == "__main__":
    text = json.dumps(build_frozen_app().openapi(), indent=1, ensure_ascii=False)
    PINNED.write_text(text + "\n", encoding="utf-8")
