"""What the parameters of an LRM link become, without any network."""

from typing import Any

import pytest

from lrm.link import LrmLink, ResolvedLink, resolve_link
from lrm.problems import CityNotFound, NoCity, NumberWithoutStreet
from lrm.specialty import find_code
from search_engine.request.problems import SearchProblem

R38, G15 = "urn:oid:1.2.250.1.213.2.28", "urn:oid:1.2.250.1.71.1.2.7"
GENERAL = "Médecine générale"


def resolve_parameters(**parameters: Any) -> ResolvedLink:
    """A link to Mende unless told otherwise."""
    return resolve_link(
        LrmLink(**{"origin": "1.2", "inseecode": "48095", "specialty": "MG", **parameters})
    )


def warning_codes(resolved_link: ResolvedLink) -> list[str]:
    """The codes of the warnings."""
    return [str(warning["code"]) for warning in resolved_link.warnings]


@pytest.mark.proves("F055")
@pytest.mark.parametrize(
    ("given", "label", "codes"),
    [
        (f"{R38}|SM54", GENERAL, []),
        (f"{R38}|sm04", "Cardiologie", []),
        (f"{G15}|40", "Chirurgien-Dentiste", []),
        ("urn:oid:1.2.3.4|SM04", "Cardiologie", []),
        ("cardiologue", "Cardiologie", []),
        ("pharmacie", "Pharmacie d'officine", []),
        ("", GENERAL, ["lrm_specialty_missing"]),
        ("   ", GENERAL, ["lrm_specialty_missing"]),
        (R38, GENERAL, ["lrm_specialty_unknown"]),
        (f"{R38}|SM999", GENERAL, ["lrm_specialty_unknown"]),
        (f"{R38}|40", GENERAL, ["lrm_specialty_unknown"]),
        ("urn:oid:1.2.3.4|80", GENERAL, ["lrm_specialty_unknown"]),
        ("Quevarrec", GENERAL, ["lrm_specialty_unknown"]),
        ("x", GENERAL, ["lrm_specialty_unknown"]),
    ],
)
def test_a_speciality_is_a_code_or_words_and_else_general_medicine(
    given: str, label: str, codes: list[str]
) -> None:
    asked = resolve_parameters(specialty=given)
    assert (asked.specialty.label, warning_codes(asked)) == (label, codes)


@pytest.mark.proves("F055")
def test_a_code_asks_for_the_same_people_as_its_word() -> None:
    coded, text = (
        resolve_parameters(specialty=f"{R38}|SM54").specialty,
        resolve_parameters(specialty="MG").specialty,
    )
    assert coded.meaning.specialties == text.meaning.specialties
    assert coded.code is not None
    assert coded.code.system == "TRE_R38-SpecialiteOrdinale"


def test_a_code_of_two_tables_needs_its_terminology() -> None:
    assert find_code("9.9", "80") is None
    found = find_code("1.2.250.1.71.1.2.7", "80")
    assert found is not None
    assert found.system == "TRE_G15-ProfessionSante"


@pytest.mark.proves("F054", "W32")
def test_both_spellings_are_one_parameter() -> None:
    one = resolve_parameters(specialty="cardiologue")
    other = resolve_parameters(specialty="", speciality="cardiologue")
    both = resolve_parameters(specialty="cardiologue", speciality=" Cardiologue")
    differing = resolve_parameters(specialty="cardiologue", speciality="ORL")
    assert {a.specialty.label for a in (one, other, both, differing)} == {"Cardiologie"}
    assert [warning_codes(a) for a in (one, other, both)] == [[], [], []]
    assert warning_codes(differing) == ["lrm_specialty_conflict"]


@pytest.mark.proves("F059", "W30")
@pytest.mark.parametrize(
    ("given", "text", "insee"),
    [
        (
            {"streetnumber": "12 bis", "streetname": "rue du  Lac"},
            "12 bis rue du Lac, 48000 Mende",
            "48095",
        ),
        (
            {"streetnumber": "7", "streetname": "rue Blomet", "inseecode": "75115"},
            "7 rue Blomet, 75015 Paris",
            "75115",
        ),
        ({"inseecode": "75115"}, "75015 Paris", "75115"),
        ({"inseecode": "1053"}, "01000 Bourg-en-Bresse", "01053"),
        ({"inseecode": "2a004"}, "Ajaccio", "2A004"),
    ],
)
def test_number_arrondissement_and_code_are_kept(
    given: dict[str, str], text: str, insee: str
) -> None:
    place = resolve_parameters(**given).place
    assert place.commune is not None
    assert place.commune.insee == insee
    assert place.text == text


@pytest.mark.proves("F058")
@pytest.mark.parametrize(
    ("given", "refusal"),
    [
        ({"streetnumber": "12"}, NumberWithoutStreet),
        ({"inseecode": ""}, NoCity),
        ({"inseecode": "99999"}, NoCity),
        ({"inseecode": "", "streetname": "rue du Lac", "streetnumber": "1"}, NoCity),
        ({"inseecode": "", "city": "Quevarrecville"}, CityNotFound),
    ],
)
def test_an_address_that_locates_nobody_is_refused(
    given: dict[str, str], refusal: type[SearchProblem]
) -> None:
    with pytest.raises(refusal) as caught:
        resolve_parameters(**given)
    assert caught.value.status == 422
    assert "Quevarrec" not in str(caught.value)


@pytest.mark.proves("F058")
@pytest.mark.parametrize(
    ("given", "insee", "codes"),
    [
        ({"inseecode": "99999", "city": "Mende"}, "48095", ["lrm_insee_unknown"]),
        ({"inseecode": "", "city": "MENDE"}, "48095", []),
        ({"inseecode": "", "city": "31000 Toulouse"}, "31555", []),
        ({"inseecode": "", "city": "Paris 15"}, "75115", []),
        ({"inseecode": "", "city": "Saint-Denis"}, None, ["lrm_city_ambiguous"]),
        ({"inseecode": "", "city": "Belle-Île"}, "56152", []),
        ({"inseecode": "", "city": "LANDERNAU"}, "29103", ["lrm_city_corrected"]),
        ({"city": "Lyon"}, "48095", ["lrm_city_differs"]),
        ({"inseecode": "75115", "city": "Paris"}, "75115", []),
        ({"inseecode": "29200", "city": "Brest"}, "29019", ["lrm_insee_is_postcode"]),
        ({"inseecode": "75016", "city": "Paris"}, "75116", ["lrm_insee_is_postcode"]),
        ({"inseecode": "75016", "city": ""}, "75116", ["lrm_insee_is_postcode"]),
        ({"inseecode": "29200", "city": ""}, "29151", ["lrm_insee_or_postcode"]),
        ({"inseecode": "29200", "city": "Morlaix"}, "29151", []),
        ({"inseecode": "29200", "city": "Quevarrecville"}, "29151", ["lrm_insee_or_postcode"]),
        ({"inseecode": "75115", "city": "unknown to all"}, "75115", []),
        ({"streetnumber": "bis"}, "48095", ["lrm_number_ignored"]),
    ],
)
def test_the_city_serves_when_the_code_does_not(
    given: dict[str, str], insee: str | None, codes: list[str]
) -> None:
    asked = resolve_parameters(**given)
    found = asked.place.commune
    assert (None if found is None else found.insee, warning_codes(asked)) == (insee, codes)


@pytest.mark.proves("F051", "W31")
@pytest.mark.parametrize("name", ["Dr Journo", "Boidin", "Oidurn"])
def test_a_name_that_holds_urn_or_oid_is_a_name(name: str) -> None:
    assert resolve_parameters(practitioner=name).as_dict()["practitioner"] == {"name": name}


@pytest.mark.proves("F053")
def test_all_seven_parameters_are_told_as_they_were_read() -> None:
    asked = resolve_parameters(
        specialty=f"{R38}|SM04",
        practitioner="urn:oid:1.2.250.1.71.4.2.1|810000000103",
        streetnumber="12 bis",
        streetname="rue du Lac",
        city="Mende",
    )
    assert asked.as_dict() == {
        "specialty": {
            "label": "Cardiologie",
            "code": "SM04",
            "system": "TRE_R38-SpecialiteOrdinale",
        },
        "practitioner": {"rpps": "10000000103"},
        "address": {
            "streetnumber": "12 bis",
            "streetname": "rue du Lac",
            "inseecode": "48095",
            "city": "Mende",
            "text": "12 bis rue du Lac, 48000 Mende",
        },
    }


def test_other_parameters_are_ignored_and_told() -> None:
    assert warning_codes(resolve_parameters(loc="Paris")) == ["lrm_parameter_ignored"]
