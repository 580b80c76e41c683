"""Slots offered through a CPTS: attributed to it, or to nobody."""

from copy import deepcopy
from typing import Any

import pytest

from tests.slots.bundles import (
    CPTS,
    CPTS_SLOT,
    GONE,
    PS,
    SLOT1,
    Json,
    change_resource,
    copy_resource,
    edit_resource,
    entry,
    first,
    plus,
    rejection_reasons,
    resource,
    without,
)

SERVICE = "HealthcareService/ExampleHealthcareServiceCPTS1"
ORGANIZATION = "Organization/ExampleOrgaCPTS1"
R314 = "https://mos.esante.gouv.fr/NOS/TRE_R314-TypeCreneau/FHIR/TRE-R314-TypeCreneau"
R66 = "https://mos.esante.gouv.fr/NOS/TRE_R66-CategorieEtablissement"
AXE_MAJEUR = {"finess": "1950047225", "name": "CPTS AXE MAJEUR", "phone": "+33102030405"}


def item(bundle: Json) -> Json:
    """The serviceType item that refers to the CPTS."""
    return resource(bundle, CPTS_SLOT)["serviceType"][1]


def with_item(**values: Any) -> Json:
    """The example, that item changed."""
    bundle = CPTS.bundle()
    found = item(bundle)
    for name, value in values.items():
        if value is GONE:
            found.pop(name)
        else:
            found[name] = value
    return bundle


def with_second_cpts(finess: str = "1950000111") -> Json:
    """The example with a second service and organization, the slot offered through both."""
    bundle = CPTS.bundle()
    service = copy_resource(
        bundle, SERVICE, id="hs2", providedBy={"reference": "Organization/orga2"}
    )
    organization = copy_resource(bundle, ORGANIZATION, id="orga2", name="CPTS DEUX")
    organization["identifier"][0]["value"] = finess
    second = deepcopy(item(bundle))
    second["extension"][0]["valueReference"]["reference"] = "HealthcareService/hs2"
    resource(bundle, CPTS_SLOT)["serviceType"].append(second)
    return plus(bundle, entry(service), entry(organization))


@pytest.mark.proves("C41", "E35")
def test_one_slot_through_two_cpts_keeps_both() -> None:
    slot = first(CPTS.parse(with_second_cpts()))
    assert [cpts["finess"] for cpts in slot["cpts"]] == ["1950047225", "1950000111"]
    assert slot["cpts"][1]["name"] == "CPTS DEUX"


@pytest.mark.proves("E34")
def test_two_services_of_one_organization_are_one_cpts() -> None:
    assert first(CPTS.parse(with_second_cpts("1950047225")))["cpts"] == [AXE_MAJEUR]


@pytest.mark.proves("E31", "C43")
@pytest.mark.parametrize("gone", [(SERVICE,), (ORGANIZATION,), (SERVICE, ORGANIZATION)])
def test_without_its_organization_the_type_cpts_goes_and_the_others_stay(
    gone: tuple[str, ...],
) -> None:
    answer = CPTS.parse(without(CPTS.bundle(), *gone))
    slot = first(answer)
    assert slot["types"] == ["PUBLIC"]
    assert "cpts" not in slot
    assert answer.reports == {"cpts_without_organization": 1}


@pytest.mark.proves("E31", "C43")
def test_a_slot_for_an_unknown_cpts_only_is_hidden_and_reported() -> None:
    meta = {"security": [{"system": R314, "code": "CPTS"}]}
    bundle = without(edit_resource(CPTS.bundle(), CPTS_SLOT, meta=meta), ORGANIZATION)
    answer = CPTS.parse(bundle)
    assert answer.slots == []
    assert rejection_reasons(answer) == {"ExampleSlotCPTS1": "cpts_without_organization"}


@pytest.mark.proves("E31")
def test_of_two_cpts_the_one_that_is_known_is_kept() -> None:
    slot = first(CPTS.parse(without(with_second_cpts(), "Organization/orga2")))
    assert (slot["types"], slot["cpts"]) == (["PUBLIC", "CPTS"], [AXE_MAJEUR])


@pytest.mark.proves("E31", "E30", "C43")
@pytest.mark.parametrize(
    "value", ["334173748400020", "412345678912345", "", "cpts", None, "34173748400020"]
)
def test_an_organization_without_finess_is_no_cpts(value: object) -> None:
    def write(found: Json) -> None:
        found["identifier"][0]["value"] = value

    assert first(CPTS.parse(change_resource(CPTS.bundle(), ORGANIZATION, write)))["types"] == [
        "PUBLIC"
    ]


@pytest.mark.proves("E30")
@pytest.mark.parametrize(
    "identifier",
    [
        {"system": "https://editeur.fr", "value": "950047225"},
        {"type": {"coding": [{"code": "INTRN"}]}, "system": "x", "value": "1950047225"},
    ],
)
def test_an_internal_number_is_no_finess(identifier: Json) -> None:
    bundle = edit_resource(CPTS.bundle(), ORGANIZATION, identifier=[identifier])
    assert first(CPTS.parse(bundle))["types"] == ["PUBLIC"]


@pytest.mark.proves("E30", "C44")
@pytest.mark.parametrize(
    ("identifier", "finess"),
    [
        ({"value": "950047225"}, "1950047225"),
        ({"system": "http://finess.sante.gouv.fr", "value": "950047225"}, "1950047225"),
        ({"system": "https://editeur.fr", "value": "1950047225"}, "1950047225"),
        ({"value": "1 95 004 7225"}, "1950047225"),
        ({"value": "12B0000123"}, "12B0000123"),
        ({"system": "urn:oid:1.2.250.1.71.4.2.2", "value": "1950047225"}, "1950047225"),
        (
            {
                "type": {
                    "coding": [
                        {
                            "system": "http://interopsante.org/fhir/CodeSystem/fr-location-identifier-type",
                            "code": "IDNST",
                        }
                    ]
                },
                "value": "1950047225",
            },
            "1950047225",
        ),
        (
            {
                "type": {
                    "coding": [
                        {
                            "system": "http://interopsante.org/fhir/CodeSystem/fr-v2-0203",
                            "code": "IDNST",
                        }
                    ]
                },
                "value": "1950047225",
            },
            "1950047225",
        ),
    ],
)
def test_the_finess_of_a_cpts_in_every_version(identifier: Json, finess: str) -> None:
    bundle = edit_resource(CPTS.bundle(), ORGANIZATION, identifier=[identifier])
    assert first(CPTS.parse(bundle))["cpts"][0]["finess"] == finess


@pytest.mark.proves("E32")
def test_a_cpts_reference_without_the_type_is_not_kept() -> None:
    meta = {"security": [{"system": R314, "code": "PUBLIC"}]}
    answer = CPTS.parse(edit_resource(CPTS.bundle(), CPTS_SLOT, meta=meta))
    assert first(answer)["types"] == ["PUBLIC"]
    assert "cpts" not in first(answer)
    assert answer.reports == {"cpts_without_type": 1}


@pytest.mark.proves("E32")
def test_the_type_cpts_on_an_r01_answer_goes() -> None:
    meta = {"security": [{"system": R314, "code": code} for code in ("PUBLIC", "CPTS")]}
    slots = PS.parse(edit_resource(PS.bundle(), SLOT1, meta=meta)).slots
    assert slots[0]["types"] == ["PUBLIC"]
    assert len(slots) == 4


@pytest.mark.proves("E33", "C44")
@pytest.mark.parametrize(
    "coding",
    [
        [{"system": f"{R66}/FHIR/TRE-R66-CategorieEtablissement", "code": "604"}],
        [{"system": f"{R66}/TRE_R66-CategorieEtablissement", "code": "604"}],
        [{"system": R66, "code": "604"}],
        [{"system": R66, "code": 604}],
        [],
        GONE,
    ],
)
def test_the_extension_decides_whatever_the_coding(coding: object) -> None:
    assert first(CPTS.parse(with_item(coding=coding)))["cpts"] == [AXE_MAJEUR]


@pytest.mark.proves("E33")
def test_an_item_coded_604_with_another_extension_url_is_read() -> None:
    extension = deepcopy(item(CPTS.bundle())["extension"])
    extension[0]["url"] = "https://editeur.fr/cpts"
    assert first(CPTS.parse(with_item(extension=extension)))["cpts"] == [AXE_MAJEUR]
    answer = CPTS.parse(with_item(extension=extension, coding=GONE))
    assert first(answer)["types"] == ["PUBLIC"]


@pytest.mark.proves("E39", "C40")
def test_an_organization_known_by_identifier_only() -> None:
    provider = {"identifier": {"value": "1950047225"}, "display": "CPTS AXE MAJEUR"}
    bundle = without(edit_resource(CPTS.bundle(), SERVICE, providedBy=provider), ORGANIZATION)
    assert first(CPTS.parse(bundle))["cpts"] == [
        {"finess": "1950047225", "name": "CPTS AXE MAJEUR"}
    ]


@pytest.mark.proves("C40")
def test_a_cpts_without_name_nor_phone_is_still_known() -> None:
    bundle = edit_resource(CPTS.bundle(), ORGANIZATION, name=GONE, telecom=GONE)
    assert first(CPTS.parse(bundle))["cpts"] == [{"finess": "1950047225"}]
