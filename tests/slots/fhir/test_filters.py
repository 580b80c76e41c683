"""What is let through, and slots told several times."""

import pytest

from tests.slots.bundles import (
    GONE,
    MARCEL,
    PS,
    SLOT1,
    SLOT3,
    THOMAS,
    codeable_concepts,
    copy_resource,
    edit_resource,
    entry,
    first,
    only,
    plus,
    rejection_reasons,
    slot_ids,
)

R314 = "https://mos.esante.gouv.fr/NOS/TRE_R314-TypeCreneau/FHIR/TRE-R314-TypeCreneau"
V2 = "http://terminology.hl7.org/CodeSystem/v2-0276"


@pytest.mark.proves("E15", "C28")
@pytest.mark.parametrize(
    ("status", "free"),
    [
        ("free", True),
        ("FREE", True),
        ("busy", False),
        ("busy-tentative", False),
        ("entered-in-error", False),
        ("", False),
        (None, False),
        (GONE, False),
    ],
)
def test_only_free_slots(status: object, free: bool) -> None:
    answer = PS.parse(edit_resource(only(PS.bundle(), SLOT1), SLOT1, status=status))
    assert bool(answer.slots) is free
    assert free or rejection_reasons(answer) == {"ExampleSlotPSIndiv1": "not_free"}


@pytest.mark.proves("E16", "E18", "C28")
@pytest.mark.parametrize(
    ("start", "end", "reason"),
    [
        ("2021-11-05T09:00:00Z", "2021-11-05T09:30:00Z", None),
        ("2021-11-05T09:00:00Z", GONE, "no_end"),
        ("2021-11-05T09:00:00Z", "", "no_end"),
        (GONE, "2021-11-05T09:30:00Z", "no_start"),
        ("2021-11-05T09:00:00Z", "2021-11-05T09:00:00Z", "end_not_after_start"),
        ("2021-11-05T09:00:00.100Z", "2021-11-05T09:00:00.900Z", "end_not_after_start"),
        ("2021-11-05T09:30:00Z", "2021-11-05T09:00:00Z", "end_not_after_start"),
        ("2021-11-05T09:00:00+01:00", "2021-11-05T08:30:00Z", None),
        ("2021-11-05T09:00:00Z", "2021-11-06T09:00:00Z", None),
        ("2021-11-05T09:00:00Z", "2021-11-06T09:00:01Z", "too_long"),
        ("2021-11-05T09:00:00", "2021-11-05T09:30:00", "no_offset"),
        ("2021-11-05T09:00:00Z", "2021-11-05T09:30:00", "no_offset"),
        ("2021-11-05", "2021-11-05", "no_offset"),
        ("9 h", "10 h", "bad_instant"),
        (1636102800, 1636104600, "bad_instant"),
    ],
)
def test_instants_that_make_a_slot(start: object, end: object, reason: str | None) -> None:
    answer = PS.parse(edit_resource(only(PS.bundle(), SLOT1), SLOT1, start=start, end=end))
    assert rejection_reasons(answer).get("ExampleSlotPSIndiv1") == reason
    assert bool(answer.slots) is (reason is None)


@pytest.mark.proves("E17", "C27", "F076", "W16")
def test_both_hours_of_the_autumn_night_are_two_slots() -> None:
    bundle = edit_resource(
        only(PS.bundle(), SLOT1),
        SLOT1,
        start="2026-10-25T02:30:00+02:00",
        end="2026-10-25T02:45:00+02:00",
    )
    later = copy_resource(bundle, SLOT1, id="later")
    later |= {"start": "2026-10-25T02:30:00+01:00", "end": "2026-10-25T02:45:00+01:00"}
    answer = PS.parse(plus(bundle, entry(later)), now="2026-10-24T10:00:00Z")
    assert [s["start"] for s in answer.slots] == ["2026-10-25T00:30:00Z", "2026-10-25T01:30:00Z"]


@pytest.mark.proves("E27", "C48")
def test_the_same_entry_twice_is_one_slot() -> None:
    bundle = only(PS.bundle(), SLOT1)
    answer = PS.parse(plus(bundle, *bundle["entry"]))
    assert answer.slots == PS.parse(bundle).slots
    assert answer.reports == {"merged": 1}


@pytest.mark.proves("E27", "C48")
def test_two_ids_for_one_interval_are_one_slot_with_all_they_say() -> None:
    other = copy_resource(PS.bundle(), SLOT1, id="other")
    other["meta"]["security"] = [{"system": R314, "code": code} for code in ("SNP", "PUBLIC")]
    other["serviceType"][2]["text"] = "Vaccination"
    other["specialty"] = [{"text": "Vaccins"}]
    slot = first(PS.parse(plus(only(PS.bundle(), SLOT1), entry(other))))
    assert slot["slot"] == "ExampleSlotPSIndiv1"
    assert slot["types"] == ["PUBLIC", "SNP"]
    assert slot["reasons"] == ["Visite de contrôle", "Vaccination"]
    assert slot["specialties"] == [{"code": "SM54"}, {"code": "SM05"}, {"text": "Vaccins"}]
    assert slot["url"] == "https://exemple.com/rdv/com/"


@pytest.mark.proves("E27")
def test_of_two_copies_the_bookable_one_gives_the_link() -> None:
    walkin = codeable_concepts(V2, "WALKIN")[0]
    bundle = edit_resource(only(PS.bundle(), SLOT1), SLOT1, appointmentType=walkin)
    slot = first(
        PS.parse(plus(bundle, entry(copy_resource(PS.bundle(), SLOT1, id="other"))), origin="sas")
    )
    assert (slot["appointment"], slot["url"]) == ("ROUTINE", "https://exemple.com/rdv/com/")
    assert slot["url_with_origin"] == "https://exemple.com/rdv/com/?origin=sas"


@pytest.mark.proves("E27", "C24", "C48")
@pytest.mark.parametrize(
    "values",
    [
        {"schedule": {"reference": "Schedule/ExampleSchedule2"}},
        {"schedule": {"reference": "Schedule/ExampleSchedule3"}},
        {"start": "2021-11-05T09:10:00Z"},
        {"end": "2021-11-05T09:40:00Z"},
        {"serviceType": GONE},
    ],
)
def test_another_place_person_instant_or_consultation_is_another_slot(
    values: dict[str, object],
) -> None:
    other = copy_resource(PS.bundle(), SLOT1, id="other")
    for name, value in values.items():
        if value is GONE:
            other.pop(name)
        else:
            other[name] = value
    answer = PS.parse(plus(only(PS.bundle(), SLOT1), entry(other)))
    assert slot_ids(answer) == ["ExampleSlotPSIndiv1", "other"]


@pytest.mark.proves("E28", "C48")
def test_sample_ids_that_collide_lose_no_slot() -> None:
    bundle = PS.bundle()
    for found in bundle["entry"]:
        if found["resource"]["resourceType"] == "Slot":
            found["resource"]["id"] = "1636102800"
    slots = PS.parse(bundle).slots
    assert [s["practitioner"]["idnps"] for s in slots] == [THOMAS, THOMAS, MARCEL, MARCEL]


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://exemple.com/Slot/s-7", "s-7"),
        (None, "Schedule/ExampleSchedule1@2021-11-05T09:00:00Z"),
    ],
)
def test_a_slot_without_id_takes_one_from_its_content(url: str | None, expected: str) -> None:
    bundle = only(PS.bundle(), SLOT1)
    slot = copy_resource(bundle, SLOT1, id=GONE)
    others = {
        **bundle,
        "entry": [e for e in bundle["entry"] if e["resource"].get("id") != SLOT1[5:]],
    }
    assert slot_ids(PS.parse(plus(others, entry(slot, url)))) == [expected]


@pytest.mark.proves("C50")
def test_the_slots_of_others_survive_a_refused_one() -> None:
    answer = PS.parse(edit_resource(PS.bundle(), SLOT3, start="demain"))
    assert len(answer.slots) == 3
    assert rejection_reasons(answer) == {"ExampleSlotPSIndiv3": "bad_instant"}
