"""What a Slot says of itself, in every form of section 6 of the guide's study."""

from typing import Any

import pytest

from tests.slots.bundles import (
    GONE,
    PS,
    SLOT1,
    Json,
    codeable_concepts,
    edit_resource,
    first,
    only,
    rejection_reasons,
)

R314 = "https://mos.esante.gouv.fr/NOS/TRE_R314-TypeCreneau/FHIR/TRE-R314-TypeCreneau"
ACT = "http://terminology.hl7.org/CodeSystem/v3-ActCode"
V2 = "http://terminology.hl7.org/CodeSystem/v2-0276"
R38 = "https://mos.esante.gouv.fr/NOS/TRE_R38-SpecialiteOrdinale/FHIR/TRE-R38-SpecialiteOrdinale"


def parse_first_slot(**values: Any) -> Any:
    """The first slot of the example with elements replaced."""
    return PS.parse(edit_resource(only(PS.bundle(), SLOT1), SLOT1, **values), origin="sas")


def security_labels(*codes: str, system: str | None = R314) -> Json:
    """A meta with these codes as security labels."""
    labels = [{"code": code} | ({"system": system} if system else {}) for code in codes]
    return {"security": labels}


@pytest.mark.proves("E20", "C29", "C30", "F073")
@pytest.mark.parametrize(
    ("meta", "types"),
    [
        (security_labels("PUBLIC"), ["PUBLIC"]),
        (security_labels("SNP", "PUBLIC", "PRO"), ["PUBLIC", "PRO", "SNP"]),
        (security_labels("public", "Pro", " snp "), ["PUBLIC", "PRO", "SNP"]),
        (security_labels("PUBLIC", "PUBLIC"), ["PUBLIC"]),
        (security_labels("PUBLIC", "PRIVATE"), ["PUBLIC"]),
        (security_labels("PUBLIC", system=None), ["PUBLIC"]),
        (
            security_labels("PRO", system="https://mos.esante.gouv.fr/NOS/TRE_R314-TypeCreneau"),
            ["PRO"],
        ),
        ({"security": security_labels("PRO")["security"][0]}, ["PRO"]),
        (
            {
                "security": [
                    *security_labels("R", system="http://terminology.hl7.org/v3-Confidentiality")[
                        "security"
                    ],
                    *security_labels("PRO")["security"],
                ]
            },
            ["PRO"],
        ),
    ],
)
def test_types_are_the_known_codes_in_any_case(meta: Json, types: list[str]) -> None:
    assert first(parse_first_slot(meta=meta))["types"] == types


@pytest.mark.proves("E20", "C30")
@pytest.mark.parametrize(
    "meta",
    [
        GONE,
        {},
        None,
        {"security": []},
        {"security": [None, "PUBLIC", {"system": R314}]},
        security_labels("PRIVATE"),
        security_labels("PUBLICS", "P"),
        security_labels("PUBLIC", system="https://editeur.fr/types"),
        {"tag": security_labels("PUBLIC")["security"]},
    ],
)
def test_without_a_known_type_a_slot_is_not_shown(meta: object) -> None:
    answer = parse_first_slot(meta=meta)
    assert answer.slots == []
    assert rejection_reasons(answer) == {"ExampleSlotPSIndiv1": "no_type"}


@pytest.mark.proves("E20")
def test_an_unknown_type_beside_a_known_one_is_reported() -> None:
    assert parse_first_slot(meta=security_labels("PUBLIC", "PRIVATE")).reports == {
        "unknown_type": 1
    }


@pytest.mark.proves("E21")
@pytest.mark.parametrize(
    "values",
    [
        {"meta": {"tag": security_labels("PUBLIC")["security"]}},
        {"meta": {}, "serviceType": codeable_concepts(R314, "PUBLIC")},
    ],
)
def test_a_type_sent_elsewhere_is_reported_and_not_guessed(values: Json) -> None:
    answer = parse_first_slot(**values)
    assert answer.slots == []
    assert answer.reports == {"type_elsewhere": 1}


@pytest.mark.proves("E22", "C31", "F074")
@pytest.mark.parametrize(
    ("service_type", "consultation"),
    [
        (codeable_concepts(ACT, "AMB"), ["AMB"]),
        (codeable_concepts(ACT, "VR", "HH", "AMB"), ["AMB", "HH", "VR"]),
        (
            [{"coding": [{"system": ACT, "code": "VR"}, {"system": ACT, "code": "AMB"}]}],
            ["AMB", "VR"],
        ),
        (codeable_concepts(ACT, "AMB", "EMER"), ["AMB"]),
        (codeable_concepts(ACT, "amb"), ["AMB"]),
        ([{"coding": [{"code": "HH"}]}], ["HH"]),
        (codeable_concepts("http://hl7.org/fhir/v3/ActCode", "HH"), ["HH"]),
        (codeable_concepts("urn:oid:2.16.840.1.113883.5.4", "HH"), ["HH"]),
        (codeable_concepts(ACT, "EMER"), None),
        (codeable_concepts("https://editeur.fr", "AMB"), None),
        ([{"text": "Visite"}], None),
        (GONE, None),
        ("AMB", None),
    ],
)
def test_consultation_types(service_type: object, consultation: list[str] | None) -> None:
    slot = first(parse_first_slot(serviceType=service_type))
    assert slot.get("consultation") == consultation
    assert ("consultation" in slot) is (consultation is not None)


@pytest.mark.proves("E23", "C34")
@pytest.mark.parametrize(
    ("code", "comment", "appointment", "bookable"),
    [
        ("ROUTINE", "https://rdv.fr/a", "ROUTINE", True),
        ("routine", "https://rdv.fr/a", "ROUTINE", True),
        ("ROUTINE", None, "ROUTINE", False),
        ("WALKIN", "https://rdv.fr/a", "WALKIN", False),
        ("WALKIN", None, "WALKIN", False),
        ("CHECKUP", "https://rdv.fr/a", None, False),
        (None, "https://rdv.fr/a", None, False),
    ],
)
def test_only_a_routine_slot_with_a_link_can_be_booked(
    code: str | None, comment: str | None, appointment: str | None, bookable: bool
) -> None:
    concept = codeable_concepts(V2, code)[0] if code else GONE
    slot = first(parse_first_slot(appointmentType=concept, comment=comment))
    assert slot.get("appointment") == appointment
    assert ("url" in slot, "url_with_origin" in slot) == (bookable, bookable)


@pytest.mark.proves("E23")
@pytest.mark.parametrize("system", ["http://hl7.org/fhir/v2/0276", V2 + "|2.9", None])
def test_the_appointment_type_in_every_spelling_of_its_system(system: str | None) -> None:
    label = {"code": "ROUTINE"} | ({"system": system} if system else {})
    assert first(parse_first_slot(appointmentType={"coding": [label]}))["appointment"] == "ROUTINE"


@pytest.mark.proves("E24", "C35", "C36")
@pytest.mark.parametrize(
    ("comment", "served"),
    [
        ("https://rdv.fr/a", "https://rdv.fr/a?origin=sas"),
        ("  https://rdv.fr/a ", "https://rdv.fr/a?origin=sas"),
        ("http://rdv.fr/a", "http://rdv.fr/a?origin=sas"),
        ("HTTPS://rdv.fr/a", "https://rdv.fr/a?origin=sas"),
        ("https://rdv.fr/a?b=1&c=2", "https://rdv.fr/a?b=1&c=2&origin=sas"),
        ("https://rdv.fr/a?", "https://rdv.fr/a?origin=sas"),
        ("https://rdv.fr/#/agenda?jour=1", "https://rdv.fr/?origin=sas#/agenda?jour=1"),
        ("https://rdv.fr/a?origin=autre&b=1", "https://rdv.fr/a?b=1&origin=sas"),
        ("https://rdv.fr/a?Origin=x&origin=y#f", "https://rdv.fr/a?origin=sas#f"),
        ("https://rdv.fr/mon agenda", "https://rdv.fr/mon%20agenda?origin=sas"),
    ],
)
def test_a_link_gets_exactly_one_origin(comment: str, served: str) -> None:
    slot = first(parse_first_slot(comment=comment))
    assert slot["url_with_origin"] == served
    assert slot["url"] == comment.strip()


@pytest.mark.proves("E24", "C36")
@pytest.mark.parametrize(
    "comment",
    [
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        "java\nscript:alert(1)",
        "data:text/html,x",
        "ftp://rdv.fr/a",
        "//rdv.fr/a",
        "rdv.fr/a",
        "Appeler le secrétariat",
        "Voir https://rdv.fr/a",
        "https://",
        "https://rdv.fr\\@autre.fr/a",
        "https://rdv.fr<b>/a",
        "https://rdv.fr/" + "a" * 3000,
        "",
        None,
        12,
        ["https://rdv.fr/a"],
    ],
)
def test_what_is_no_web_link_is_not_served(comment: object) -> None:
    slot = first(parse_first_slot(comment=comment))
    assert not {"url", "url_with_origin"} & slot.keys()


@pytest.mark.proves("C35")
def test_without_origin_the_link_stays_the_editor_s_own() -> None:
    slot = PS.parse(only(PS.bundle(), SLOT1)).slots[0]
    assert slot["url"] == "https://exemple.com/rdv/com/"
    assert "url_with_origin" not in slot


@pytest.mark.proves("E25", "C32")
@pytest.mark.parametrize(
    ("service_type", "reasons"),
    [
        ([{"text": "Visite"}, {"text": "Suivi"}], ["Visite", "Suivi"]),
        ([{**codeable_concepts(ACT, "AMB")[0], "text": "Visite"}], ["Visite"]),
        ([{"text": "Visite"}, {"text": "Visite "}, {"text": ""}], ["Visite"]),
        ([{"text": "<b>Visite</b><script>x</script>"}], ["<b>Visite</b><script>x</script>"]),
        ([{"text": None}, {"text": {}}, {"text": 3}], ["3"]),
        (codeable_concepts(ACT, "AMB"), None),
    ],
)
def test_every_reason_is_kept_as_text(service_type: list[Json], reasons: list[str] | None) -> None:
    assert first(parse_first_slot(serviceType=service_type)).get("reasons") == reasons


@pytest.mark.proves("E26", "C33")
@pytest.mark.parametrize(
    ("specialty", "expected"),
    [
        (codeable_concepts(R38, "SM54"), [{"code": "SM54"}]),
        (codeable_concepts(R38, "sm54"), [{"code": "SM54"}]),
        ([{"text": "Pneumologie"}], [{"text": "Pneumologie"}]),
        (
            [{**codeable_concepts(R38, "SM41")[0], "text": "Asthme"}],
            [{"code": "SM41"}, {"text": "Asthme"}],
        ),
        (codeable_concepts("https://editeur.fr", "SM54"), [{"text": "SM54"}]),
        (codeable_concepts(R38, "SM999"), [{"text": "SM999"}]),
        (
            [{"coding": [{"system": "https://x.fr", "code": "7", "display": "ORL"}]}],
            [{"text": "ORL"}],
        ),
        (codeable_concepts(R38, "SM54", "SM54"), [{"code": "SM54"}]),
        (
            codeable_concepts("https://mos.esante.gouv.fr/NOS/TRE_R38-SpecialiteOrdinale", "SM05"),
            [{"code": "SM05"}],
        ),
        ([], None),
        (GONE, None),
        ([{}], None),
    ],
)
def test_every_speciality_is_kept(specialty: object, expected: list[Json] | None) -> None:
    assert first(parse_first_slot(specialty=specialty)).get("specialties") == expected
