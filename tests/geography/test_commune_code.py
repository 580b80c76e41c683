"""A postcode written for a commune code: what two of code, postcode and town say."""

from collections.abc import Iterator

import pytest

from geography.commune_lookup import (
    NamedCommune,
    PostalAddress,
    find_commune,
    read_commune_code,
)
from geography.gazetteer import Commune, load_gazetteer
from geography.reasons import Note

COMMUNES = load_gazetteer()


def pairs() -> Iterator[tuple[Commune, str]]:
    """Every commune and district with each of its postcodes; a city is known by its districts."""
    for commune in COMMUNES.communes():
        for postcode in commune.postcodes:
            if not COMMUNES.has_districts(commune.insee):
                yield commune, postcode


def same_ground(commune: Commune, found: Commune) -> bool:
    return found.insee in COMMUNES.insee_family(commune.insee)


def read(**fields: str) -> NamedCommune:
    found = read_commune_code(COMMUNES, PostalAddress(**fields))
    assert found is not None
    return found


@pytest.mark.usefixtures("large_input")
def test_a_postcode_for_a_code_beside_the_town_is_that_town_in_all_of_france() -> None:
    wrong = [
        (commune.insee, postcode)
        for commune, postcode in pairs()
        if not same_ground(commune, read(insee=postcode, city=commune.name).commune)
    ]
    assert wrong == []


@pytest.mark.usefixtures("large_input")
def test_a_postcode_for_both_codes_beside_the_town_is_that_town_in_all_of_france() -> None:
    for commune, postcode in pairs():
        row = PostalAddress(postal_code=postcode, city=commune.name, insee=postcode)
        found = find_commune(COMMUNES, row)
        assert isinstance(found, NamedCommune)
        assert same_ground(commune, found.commune), row


@pytest.mark.usefixtures("large_input")
def test_a_postcode_for_a_code_alone_is_that_town_or_the_two_readings_are_told() -> None:
    for commune, postcode in pairs():
        found = read(insee=postcode)
        served = COMMUNES.by_postcode(postcode)
        assert commune in served
        is_read_so = found.commune.insee in {one.insee for one in served}
        is_told = found.instead is not None or Note.INSEE_IS_POSTCODE in found.notes
        assert is_read_so or (found.instead is not None and found.instead in served), postcode
        assert is_told or any(same_ground(one, found.commune) for one in served), postcode


@pytest.mark.usefixtures("large_input")
def test_a_right_code_is_followed_whatever_else_is_right_in_all_of_france() -> None:
    for commune, postcode in pairs():
        for city in ("", commune.name):
            found = read(insee=commune.insee, postal_code=postcode, city=city)
            assert (found.commune, found.notes, found.instead) == (commune, (), None)
        assert read(insee=commune.insee, city=commune.name).commune == commune
        assert read(insee=commune.insee).commune == commune


@pytest.mark.usefixtures("large_input")
def test_a_code_of_elsewhere_yields_to_postcode_and_town_in_all_of_france() -> None:
    elsewhere = {"13": "48095"}
    for commune, postcode in pairs():
        code = elsewhere.get(commune.department, "13004" if commune.department == "48" else "48095")
        found = read(insee=code, postal_code=postcode, city=commune.name)
        assert same_ground(commune, found.commune), (code, postcode, commune.name)


@pytest.mark.parametrize(
    ("address", "insee", "notes"),
    [
        (PostalAddress(insee="75016"), "75116", (Note.INSEE_IS_POSTCODE,)),
        (PostalAddress(insee="75016", city="Paris"), "75116", (Note.INSEE_IS_POSTCODE,)),
        (PostalAddress(insee="94016", city="Cachan"), "94016", ()),
        (PostalAddress(insee="29200", city="Brest"), "29019", (Note.INSEE_IS_POSTCODE,)),
        (PostalAddress(insee="29200", city="BREST CEDEX 2"), "29019", (Note.INSEE_IS_POSTCODE,)),
        (PostalAddress(insee="29151", city="Brest"), "29151", (Note.CODES_DISAGREE,)),
        (
            *(PostalAddress(postal_code="69003", city="LYON", insee="69003"), "69383"),
            (Note.INSEE_IS_POSTCODE,),
        ),
        (PostalAddress(postal_code="69003", insee="69003"), "69383", (Note.INSEE_IS_POSTCODE,)),
        (PostalAddress(postal_code="97133", insee="97133"), "97701", (Note.INSEE_IS_POSTCODE,)),
        (PostalAddress(city="SAINT BARTHELEMY", insee="97133"), "97701", (Note.INSEE_IS_POSTCODE,)),
        (PostalAddress(postal_code="97141", city="VIEUX FORT", insee="97133"), "97133", ()),
        (PostalAddress(postal_code="97141", insee="97133"), "97133", ()),
        (PostalAddress(city="VIEUX FORT", insee="97133"), "97133", ()),
        (PostalAddress(insee="97133"), "97133", ()),
        # postcode and town agree on another commune than the code
        (
            *(PostalAddress(postal_code="29200", city="BREST", insee="48095"), "29019"),
            (Note.INSEE_OUTVOTED,),
        ),
        # the code and the town agree on another commune than the postcode, and so on
        (PostalAddress(postal_code="29200", city="MENDE", insee="48095"), "48095", ()),
        (PostalAddress(postal_code="48000", city="NULLEPART", insee="48095"), "48095", ()),
        # a sorting office names another town than the commune: the code of its department holds
        (PostalAddress(postal_code="29285", city="BREST CEDEX", insee="29151"), "29151", ()),
        (
            *(PostalAddress(postal_code="29285", city="BREST CEDEX", insee="48095"), "29019"),
            (Note.INSEE_OUTVOTED,),
        ),
        # no two of three agree
        (
            *(PostalAddress(postal_code="29200", city="MARVEJOLS", insee="67482"), "67482"),
            (Note.CODES_DISAGREE,),
        ),
        (PostalAddress(postal_code="29200", insee="48095"), "48095", (Note.CODES_DISAGREE,)),
    ],
)
def test_what_two_of_three_say(address: PostalAddress, insee: str, notes: tuple[Note, ...]) -> None:
    found = read_commune_code(COMMUNES, address)
    assert found is not None
    assert (found.commune.insee, found.notes) == (insee, notes)


def test_a_code_that_could_be_a_postcode_tells_both_communes() -> None:
    found = read(insee="29200")
    assert (found.commune.name, found.instead and found.instead.name) == ("Morlaix", "Brest")
    assert read(insee="48095").instead is None
