"""Completion of a place: departments, communes, addresses of a real local service."""

import logging
from collections.abc import AsyncIterator
from typing import Any

import pytest

from geography.geocoding.geocoder import NATIONAL_API, Geocoder
from geography.geocoding.settings import GeocoderSettings
from search_engine.lookup.places import Places, PlacesRequest, complete_places
from tests.geography.conftest import FakeAddressService, feature, service

__all__ = ["service"]

OFFLINE = Geocoder(GeocoderSettings(url="off"))
STREET = "12 rue de la Républ"


@pytest.fixture
async def geocoder(service: FakeAddressService) -> AsyncIterator[Geocoder]:
    chain = Geocoder(service.settings())
    yield chain
    await chain.aclose()


async def offline(text: str, **fields: Any) -> Places:
    return await complete_places(PlacesRequest(text=text, **fields), OFFLINE)


def labels(entries: list[dict[str, Any]]) -> list[str]:
    return [entry["label"] for entry in entries]


@pytest.mark.proves("F003")
@pytest.mark.parametrize("text", ["", "  ", "pa", "l'", "48"])
async def test_under_three_letters_nothing_is_asked(
    geocoder: Geocoder,
    service: FakeAddressService,
    text: str,
) -> None:
    found = await complete_places(PlacesRequest(text=text), geocoder)
    assert found == {"county": [], "city": [], "address": [], "partial": False}
    assert service.queries == []


@pytest.mark.proves("F003")
async def test_three_typed_lists(geocoder: Geocoder, service: FakeAddressService) -> None:
    service.features = [feature(44.519, 3.499), feature(44.5, 3.5, type="municipality")]
    found = await complete_places(PlacesRequest(text=STREET), geocoder)
    assert found["address"] == [
        {
            "label": "12 Rue de la République 48000 Mende",
            "lat": 44.519,
            "lon": 3.499,
            "insee": "48095",
            "department": "48",
            "precision": "housenumber",
        }
    ]
    assert found["partial"] is False
    assert [(asked["q"], asked["autocomplete"]) for asked in service.queries] == [(STREET, "1")]


@pytest.mark.proves("F003")
async def test_without_the_address_service_communes_still_complete() -> None:
    found = await offline("mend")
    assert (found["partial"], found["unavailable"]) == (True, [NATIONAL_API])
    assert found["city"][0] == {
        "label": "Mende (48)",
        "insee": "48095",
        "department": "48",
        "postal_codes": ["48000"],
    }


async def test_a_failing_service_is_named_and_the_address_never_logged(
    geocoder: Geocoder,
    service: FakeAddressService,
    caplog: pytest.LogCaptureFixture,
    capsys: pytest.CaptureFixture[str],
) -> None:
    service.status = 500
    with caplog.at_level(logging.DEBUG):
        found = await complete_places(PlacesRequest(text=STREET), geocoder)
    assert (found["address"], found["unavailable"]) == ([], [NATIONAL_API])
    assert "Républ" not in caplog.text + "".join(capsys.readouterr())


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("Paris 15", "Paris 15e Arrondissement (75)"),
        ("75015", "Paris 15e Arrondissement (75)"),
        ("48000", "Mende (48)"),
        ("SAINT-ETIENNE", "Saint-Étienne (42)"),
        ("st etienne du r", "Saint-Étienne-du-Rouvray (76)"),
    ],
)
async def test_a_commune_by_name_district_or_postcode(text: str, first: str) -> None:
    assert labels((await offline(text))["city"])[0] == first


async def test_an_island_or_a_misspelt_commune_completes() -> None:
    read = {
        text: labels((await offline(text))["city"])[:1] for text in ("Porquerolles", "Landernau")
    }
    assert read == {"Porquerolles": ["Porquerolles, Hyères (83)"], "Landernau": ["Landerneau (29)"]}


async def test_a_point_pasted_is_an_address_that_is_not_sent_out(
    geocoder: Geocoder, service: FakeAddressService
) -> None:
    found = await complete_places(PlacesRequest(text="44,518 3,5005"), geocoder)
    assert labels(found["address"]) == ["44.51800, 3.50050, Mende (48)"]
    for text in ("3.5005, 44.518", "https://maps.app.goo.gl/aBcD"):
        assert (await complete_places(PlacesRequest(text=text), geocoder))["address"] == []
    assert service.queries == []


@pytest.mark.parametrize(
    ("text", "code"), [("lozè", "48"), ("LOZERE", "48"), ("974", "974"), ("atlantiques", "64")]
)
async def test_a_department_by_code_or_any_word(text: str, code: str) -> None:
    assert code in [county["department"] for county in (await offline(text))["county"]]


async def test_homonyms_are_told_apart_and_the_size_holds() -> None:
    found = (await offline("saint-denis", size=3))["city"]
    assert labels(found)[:2] == ["Saint-Denis (974)", "Saint-Denis (93)"]
    assert len({city["insee"] for city in found}) == len(found) == 3


@pytest.mark.parametrize("text", ['"*:*" OR 1', "{}<script>", "%00&type=x", "zzzz*"])
async def test_odd_text_is_only_text(text: str) -> None:
    found = await offline(text)
    assert (found["county"], found["city"]) == ([], [])
