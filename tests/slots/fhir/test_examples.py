"""The guide's own examples, read to the letter."""

import pytest

from tests.slots.bundles import CPTS, FORET, LORIENT, MARCEL, PS, RENNES, SOS, THOMAS, slot_ids


@pytest.mark.proves("C23", "C24", "C25", "C26", "C27", "C29", "C31", "C34", "C39", "F064", "F074")
def test_the_example_of_professionals() -> None:
    answer = PS.parse(PS.bundle(), origin="sas", source="editor")
    one, two, three, four = answer.slots
    assert answer.rejected == []
    assert one == {
        "slot": "ExampleSlotPSIndiv1",
        "start": "2021-11-05T09:00:00Z",
        "end": "2021-11-05T09:30:00Z",
        "types": ["PUBLIC"],
        "consultation": ["AMB", "VR"],
        "reasons": ["Visite de contrôle"],
        "specialties": [{"code": "SM54"}, {"code": "SM05"}],
        "appointment": "ROUTINE",
        "url": "https://exemple.com/rdv/com/",
        "url_with_origin": "https://exemple.com/rdv/com/?origin=sas",
        "practitioner": {"idnps": THOMAS, "family": "THOMAS", "given": "Sébastien"},
        "structure": {"idnst": "1810004421", "kind": "FINESS"},
        "place": {
            "line": "1 rue Mme DELMAS",
            "postal_code": "47000",
            "city": "AGEN",
            "identifiers": ["1"],
        },
        "source": "editor",
    }
    assert (two["types"], two["consultation"], two["appointment"]) == (["PRO"], ["AMB"], "WALKIN")
    assert "url" not in two
    assert "url_with_origin" not in two
    assert two["practitioner"]["idnps"] == THOMAS
    assert two["place"]["line"] == "30 rue Mme DELMAS"
    assert two["structure"]["idnst"] == "1810004956"
    assert (three["types"], three["consultation"]) == (["PUBLIC", "PRO"], ["VR"])
    assert three["practitioner"] == {"idnps": MARCEL, "family": "MARCEL", "given": "Guillaume"}
    assert three["phone"] == four["phone"] == "+33658913859"
    assert four["consultation"] == ["HH"]
    assert four["start"] == "2021-11-04T14:40:00Z"


@pytest.mark.proves("C32", "C33")
def test_reasons_and_specialities_of_the_example_are_all_kept() -> None:
    _, two, three, four = PS.parse(PS.bundle()).slots
    assert two["specialties"] == [{"code": "SM54"}, {"text": "Médecine générale"}]
    assert three["reasons"] == ["Visite de contrôle", "Consultation de suivi pneumologie"]
    assert three["specialties"] == [{"code": "SM41"}, {"text": "Pneumologie"}]
    assert four["reasons"] == ["Visite de contrôle", "Consultation de suivi pneumologique"]


@pytest.mark.proves("C38", "C40")
def test_the_example_of_a_cpts() -> None:
    (slot,) = CPTS.parse(CPTS.bundle()).slots
    assert slot["types"] == ["PUBLIC", "CPTS"]
    assert slot["start"] == "2024-06-12T14:40:00Z"
    assert slot["practitioner"]["idnps"] == FORET
    assert slot["structure"] == {"idnst": "412345678912345", "kind": "RPPS_RANG"}
    assert slot["cpts"] == [
        {"finess": "1950047225", "name": "CPTS AXE MAJEUR", "phone": "+33102030405"}
    ]


@pytest.mark.proves("C22", "C45", "C46")
def test_the_example_of_sos_medecins_whose_slots_are_includes() -> None:
    answer = SOS.parse(SOS.bundle())
    assert [slot["sos"]["siret"] for slot in answer.slots] == [RENNES, RENNES, LORIENT, LORIENT]
    assert answer.slots[0] == {
        "slot": "ExampleSlotSOS1",
        "start": "2023-08-18T07:00:00Z",
        "end": "2023-08-18T07:30:00Z",
        "types": ["PUBLIC", "SNP"],
        "consultation": ["AMB", "VR"],
        "appointment": "ROUTINE",
        "url": "http://www.editeur.com/agenda-pfg/creneau1",
        "phone": "+33193246789",
        "place": {
            "line": "320 avenue Général Georges Patton",
            "postal_code": "35700",
            "city": "RENNES",
            "identifiers": ["1111111111"],
            "name": "Centre de consultation Rennes Nord",
            "hours": [
                {
                    "daysOfWeek": ["tue", "wed", "thu", "fri", "sat", "sun"],
                    "openingTime": "08:00:00",
                    "closingTime": "19:00:00",
                }
            ],
        },
        "sos": {"siret": RENNES, "name": "SOS Médecins de Rennes"},
    }


@pytest.mark.proves("C20")
def test_the_empty_example_is_no_slot_and_no_error() -> None:
    empty = PS.__class__("ps-searchset-empty.json", "R01", PS.now, PS.requested_ids)
    answer = empty.parse(empty.bundle())
    assert (answer.slots, answer.rejected, dict(answer.reports)) == ([], [], {})


@pytest.mark.proves("C49", "E15")
def test_only_who_was_asked_for_is_let_through() -> None:
    answer = PS.parse(PS.bundle(), requested_ids=["10002673899"])
    assert slot_ids(answer) == ["ExampleSlotPSIndiv3", "ExampleSlotPSIndiv4"]
    assert {row["reason"] for row in answer.rejected} == {"not_asked"}
    assert slot_ids(PS.parse(PS.bundle(), requested_ids=None)) == [
        f"ExampleSlotPSIndiv{n}" for n in range(1, 5)
    ]
