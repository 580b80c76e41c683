"""What a page says of the place: how it was read, and what else it may mean."""

import pytest

from geography.geocoding.geocoder import Geocoder
from geography.geocoding.settings import GeocoderSettings
from geography.where.text_place import MISSPELT
from search_engine.request.area import AreaKind, resolve_area
from search_engine.request.criteria import Criteria
from search_engine.response.place_warnings import place_warnings
from tests.search_engine.sample_offers import area

OFFLINE = Geocoder(GeocoderSettings(url="off"))


@pytest.mark.parametrize(
    ("where", "codes", "names"),
    [
        ("Mende", [], []),
        ("Landernau", ["place_corrected"], ["Landerneau (29)"]),
        ("Saint-Benoît", ["other_communes"], ["Saint-Benoît (86)"]),
        ("4 rue des Lilas Saint-Pierre", ["commune_only", "other_communes"], ["(974)"]),
        ("42620", ["other_communes"], ["Saint-Pierre-Laval (03)", "écrivez son nom"]),
        ("Saint-Denis", ["other_communes"], ["donnez le code postal"]),
        ("6e arrondissement", ["other_communes"], ["Lyon 6e", "Marseille 6e"]),
        ("Arbignieu", [], []),
        ("Saint-Georges de l'Oyapock", [], []),
    ],
)
async def test_the_reading_of_a_place_and_its_homonyms_are_on_the_page(
    where: str, codes: list[str], names: list[str]
) -> None:
    criteria = Criteria(what="MG", where=where)
    warnings = place_warnings(criteria, await resolve_area(criteria, OFFLINE))
    assert [warning["code"] for warning in warnings] == codes
    assert all(name in warnings[-1]["message"] for name in names)


def test_the_homonyms_of_an_address_that_the_service_found_are_named_too() -> None:
    """The caller's own comes first: he is likelier to have meant it."""
    criteria = Criteria(
        what="MG", where="4 rue des Lilas Saint-Pierre", caller_territories=("SAS-39",)
    )
    found = area(kind=AreaKind.ADDRESS, insee="97416", label="4 Rue des Lilas 97410 Saint-Pierre")
    (warning,) = place_warnings(criteria, found)
    assert "Pour Saint-Pierre (39), " in warning["message"]
    with_code = Criteria(what="MG", where="4 rue des Lilas 97410 Saint-Pierre")
    assert place_warnings(with_code, found) == []
    assert MISSPELT < 1
