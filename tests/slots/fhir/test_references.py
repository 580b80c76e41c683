"""References between resources: every way an editor writes them, and none that is guessed."""

import uuid
from copy import deepcopy

import pytest

from tests.slots.bundles import (
    CPTS,
    CPTS_SLOT,
    GONE,
    MARCEL,
    PS,
    SLOT1,
    SLOT3,
    SOS,
    THOMAS,
    Json,
    change_resource,
    copy_resource,
    edit_resource,
    entry,
    first,
    only,
    plus,
    rejection_reasons,
    resource,
    slot_ids,
    with_total,
    without,
)

BASE = "https://exemple.com/ans-sas/"
SCHEDULE1 = "Schedule/ExampleSchedule1"
ROLE2 = "PractitionerRole/ExamplePractitionerRoleAgregateur2"
PERSON2 = "Practitioner/ExamplePractitioner2"
NATIONAL = {"system": "urn:oid:1.2.250.1.71.4.2.1", "value": THOMAS}


def one() -> Json:
    """The example with its first slot only."""
    return only(PS.bundle(), SLOT1)


def reference_slot() -> Json:
    return first(PS.parse(one()))


@pytest.mark.proves("E01")
@pytest.mark.parametrize("reference", ["Schedule/absent", "", "#absent", BASE, "Practitioner/x"])
def test_a_slot_without_its_schedule_is_dropped_and_counted(reference: str) -> None:
    answer = PS.parse(edit_resource(PS.bundle(), SLOT1, schedule={"reference": reference}))
    assert rejection_reasons(answer) == {"ExampleSlotPSIndiv1": "no_schedule"}
    assert len(answer.slots) == 3


@pytest.mark.proves("E39")
@pytest.mark.parametrize(
    "reference",
    [
        SCHEDULE1,
        BASE + SCHEDULE1,
        BASE + SCHEDULE1 + "/_history/3",
        SCHEDULE1 + "/_history/1",
        "https://autre.example/fhir/" + SCHEDULE1,
        "http://exemple.com/ans-sas/" + SCHEDULE1,
        "ExampleSchedule1",
        f" {SCHEDULE1} ",
    ],
)
def test_absolute_versioned_and_wrong_base_references(reference: str) -> None:
    answer = PS.parse(edit_resource(one(), SLOT1, schedule={"reference": reference}))
    assert first(answer) == reference_slot()


@pytest.mark.proves("E39")
@pytest.mark.parametrize("with_ids", [True, False])
def test_urn_uuid_references(with_ids: bool) -> None:
    """Every entry known by a urn:uuid, with or without an id of its own."""
    bundle = one()
    urls = {}
    for found in bundle["entry"]:
        key = f"{found['resource']['resourceType']}/{found['resource']['id']}"
        urls[key] = found["fullUrl"] = f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, key)}"
        if not with_ids:
            del found["resource"]["id"]
    pointed = _with_references(bundle, urls)
    slot = first(PS.parse(pointed))
    assert slot["slot"] == ("ExampleSlotPSIndiv1" if with_ids else urls[SLOT1].split(":")[-1])
    assert {**slot, "slot": ""} == {**reference_slot(), "slot": ""}


def _with_references(value: object, urls: dict[str, str]) -> object:
    if isinstance(value, dict):
        return {
            k: urls.get(v, v).upper().replace("URN:UUID", "urn:uuid")
            if k == "reference" and v in urls
            else _with_references(v, urls)
            for k, v in value.items()
        }
    return [_with_references(v, urls) for v in value] if isinstance(value, list) else value


@pytest.mark.proves("E39")
def test_a_professional_known_by_identifier_only() -> None:
    bundle = without(one(), PERSON2)
    bundle = edit_resource(bundle, ROLE2, practitioner={"identifier": NATIONAL})
    bundle = edit_resource(bundle, SCHEDULE1, actor=[{"reference": ROLE2}])
    slot = first(PS.parse(bundle))
    assert slot["practitioner"] == {"idnps": THOMAS}
    assert slot["place"] == reference_slot()["place"]


@pytest.mark.proves("E39")
def test_a_schedule_known_by_identifier_only() -> None:
    identifier = {"system": "https://editeur.fr", "value": "agenda 7"}
    bundle = edit_resource(one(), SCHEDULE1, identifier=[identifier])
    bundle = edit_resource(bundle, SLOT1, schedule={"identifier": identifier})
    assert first(PS.parse(bundle)) == reference_slot()


@pytest.mark.proves("E40")
@pytest.mark.parametrize("url", [None, "", "https://<base_URl>/", "https://exemple.com/", 12])
def test_full_urls_that_are_missing_shared_or_placeholders(url: object) -> None:
    bundle = PS.bundle()
    for found in bundle["entry"]:
        found.pop("fullUrl")
        if url is not None:
            found["fullUrl"] = url
    assert PS.parse(bundle).slots == PS.parse(PS.bundle()).slots


@pytest.mark.proves("E40")
def test_a_full_url_two_resources_share_is_not_trusted() -> None:
    bundle = PS.bundle()
    for found in bundle["entry"]:
        if found["resource"]["resourceType"] in ("Schedule", "Practitioner"):
            found["fullUrl"] = BASE + SCHEDULE1
    assert PS.parse(bundle).slots == PS.parse(PS.bundle()).slots


@pytest.mark.proves("E39", "E40", "C48")
def test_two_bases_with_the_same_ids_are_kept_apart() -> None:
    """Two servers in one answer, each its Schedule/1: relative references stay at home."""
    merged = PS.bundle()
    merged["entry"] = []
    for base, slot_key in (("https://a.fr/fhir/", SLOT1), ("https://b.fr/fhir/", SLOT3)):
        part = only(PS.bundle(), slot_key)
        keep = ("1", "2") if slot_key == SLOT1 else ("3", "4")
        merged["entry"] += _rename_chain(part, keep, base)
    slots = PS.parse(with_total(merged)).slots
    assert [s["practitioner"]["idnps"] for s in slots] == [THOMAS, MARCEL]
    assert [s["slot"] for s in slots] == ["1", "1"]


def _rename_chain(part: Json, keep: tuple[str, ...], base: str) -> list[Json]:
    """The chain of one slot under one base, every resource with the id 1."""
    slot = next(e["resource"] for e in part["entry"] if e["resource"]["resourceType"] == "Slot")
    schedule = resource(part, slot["schedule"]["reference"])
    actors = [resource(part, actor["reference"]) for actor in schedule["actor"]]
    chain = deepcopy([slot, schedule, *actors])
    for found in chain:
        found["id"] = "1"
    chain[0]["schedule"]["reference"] = "Schedule/1"
    chain[1]["actor"] = [{"reference": f"{actor['resourceType']}/1"} for actor in chain[2:]]
    chain[3]["practitioner"]["reference"] = "Practitioner/1"
    return [entry(found, f"{base}{found['resourceType']}/1") for found in chain]


@pytest.mark.proves("E39")
def test_an_ambiguous_reference_is_not_guessed() -> None:
    other = copy_resource(PS.bundle(), "Schedule/ExampleSchedule3", id="ExampleSchedule1")
    twice = plus(one(), entry(other, "https://autre.example/Schedule/ExampleSchedule1"))
    for found in twice["entry"]:
        if found["resource"]["resourceType"] == "Slot":
            found["fullUrl"] = "https://tiers.example/Slot/1"
    assert rejection_reasons(PS.parse(twice)) == {"ExampleSlotPSIndiv1": "no_schedule"}


@pytest.mark.proves("E40")
def test_the_same_resource_twice_is_no_ambiguity() -> None:
    again = copy_resource(PS.bundle(), SCHEDULE1, meta={"lastUpdated": "2021-11-04T00:00:00Z"})
    assert first(PS.parse(plus(one(), entry(again, BASE + SCHEDULE1)))) == reference_slot()


@pytest.mark.proves("E27", "E40")
def test_two_states_of_one_professional_are_one_professional() -> None:
    later = copy_resource(
        PS.bundle(), PERSON2, active=True, telecom=[{"system": "phone", "value": "1"}]
    )
    assert first(PS.parse(plus(one(), entry(later, BASE + PERSON2)))) == reference_slot()
    other = copy_resource(
        PS.bundle(), "Practitioner/ExamplePractitioner3", id="ExamplePractitioner2"
    )
    assert not PS.parse(plus(one(), entry(other, BASE + PERSON2))).slots


@pytest.mark.proves("E39")
def test_an_identifier_helps_a_reference_that_leads_nowhere() -> None:
    identifier = {"system": "https://editeur.fr", "value": "agenda 7"}
    bundle = edit_resource(one(), SCHEDULE1, identifier=[identifier])
    lost = {"reference": "Schedule/absent", "identifier": identifier}
    assert first(PS.parse(edit_resource(bundle, SLOT1, schedule=lost))) == reference_slot()


@pytest.mark.proves("E02")
def test_a_schedule_with_only_a_role_goes_through_its_practitioner() -> None:
    bundle = edit_resource(one(), SCHEDULE1, actor=[{"reference": ROLE2}])
    assert first(PS.parse(bundle)) == reference_slot()


@pytest.mark.proves("E02")
def test_a_schedule_with_only_a_practitioner_has_no_place() -> None:
    slot = first(PS.parse(edit_resource(one(), SCHEDULE1, actor=[{"reference": PERSON2}])))
    assert slot["practitioner"]["idnps"] == THOMAS
    assert not {"place", "structure", "phone"} & slot.keys()


@pytest.mark.proves("E02")
@pytest.mark.parametrize("actor", [[], None, [{"reference": "Device/1"}], [{"display": "Dr X"}]])
def test_a_schedule_of_nobody_is_refused(actor: object) -> None:
    answer = PS.parse(edit_resource(one(), SCHEDULE1, actor=actor))
    assert rejection_reasons(answer) == {"ExampleSlotPSIndiv1": "no_practitioner"}


@pytest.mark.proves("E02")
def test_a_role_that_names_nobody_belongs_to_the_only_practitioner() -> None:
    assert first(PS.parse(edit_resource(one(), ROLE2, practitioner=GONE))) == reference_slot()


@pytest.mark.proves("E03")
@pytest.mark.parametrize(
    "extra",
    [
        ["Practitioner/ExamplePractitioner3"],
        ["Location/x"],
        [
            "Practitioner/ExamplePractitioner3",
            "PractitionerRole/ExamplePractitionerRoleAgregateur4",
        ],
        ["Device/1", "HealthcareService/2", "Location/3"],
    ],
)
def test_among_several_actors_the_requested_professional_is_taken(extra: list[str]) -> None:
    location = copy_resource(PS.bundle(), ROLE2)["contained"][0] | {"id": "x"}
    actors = [{"reference": key} for key in [*extra, PERSON2, ROLE2]]
    bundle = plus(
        edit_resource(one(), SCHEDULE1, actor=actors), entry(location, BASE + "Location/x")
    )
    assert first(PS.parse(bundle, requested_ids=[THOMAS])) == reference_slot()


@pytest.mark.proves("E03")
def test_of_two_requested_professionals_the_one_with_the_role_is_taken() -> None:
    actors = [{"reference": "Practitioner/ExamplePractitioner3"}, {"reference": ROLE2}]
    assert first(PS.parse(edit_resource(one(), SCHEDULE1, actor=actors))) == reference_slot()


@pytest.mark.proves("E03")
def test_the_place_of_another_professional_is_never_shown() -> None:
    role4 = "PractitionerRole/ExamplePractitionerRoleAgregateur4"
    actors = [{"reference": PERSON2}, {"reference": role4}]
    slot = first(PS.parse(edit_resource(one(), SCHEDULE1, actor=actors), requested_ids=[THOMAS]))
    assert "place" not in slot


@pytest.mark.proves("E03")
def test_two_places_for_one_schedule_are_no_place() -> None:
    role3 = "PractitionerRole/ExamplePractitionerRoleAgregateur3"
    actors = [{"reference": ROLE2}, {"reference": role3}]
    answer = PS.parse(edit_resource(one(), SCHEDULE1, actor=actors))
    assert "place" not in first(answer)
    assert answer.reports == {"ambiguous_place": 1}


@pytest.mark.proves("C26", "E36")
def test_a_contained_id_used_by_two_roles_is_read_in_each() -> None:
    bundle = PS.bundle()
    for found in bundle["entry"]:
        if found["resource"]["resourceType"] == "PractitionerRole":
            found["resource"]["contained"][0]["id"] = "1"
            found["resource"]["location"] = [{"reference": "#1"}]
    assert PS.parse(bundle).slots == PS.parse(PS.bundle()).slots


@pytest.mark.proves("E36", "C26")
def test_of_several_contained_locations_the_referred_one_is_taken() -> None:
    elsewhere = {"resourceType": "Location", "id": "other", "address": {"line": ["2 rue Y"]}}

    def add(role: Json) -> None:
        role["contained"].insert(0, elsewhere)

    bundle = change_resource(one(), ROLE2, add)
    assert first(PS.parse(bundle)) == reference_slot()
    assert "place" not in first(PS.parse(edit_resource(bundle, ROLE2, location=GONE)))
    assert "place" not in first(
        PS.parse(edit_resource(bundle, ROLE2, location=[{"reference": "#no"}]))
    )


@pytest.mark.proves("E36")
@pytest.mark.parametrize(
    "location",
    [
        GONE,
        [],
        [{"reference": "#absent"}],
        [{"reference": "ExampleLocation3"}],
        [{"reference": "Location/ExampleLocation3"}],
        {"reference": "#ExampleLocation3"},
    ],
)
def test_the_only_contained_location_is_the_place(location: object) -> None:
    assert first(PS.parse(edit_resource(one(), ROLE2, location=location))) == reference_slot()


@pytest.mark.proves("E36")
def test_a_location_bundled_instead_of_contained() -> None:
    location = copy_resource(PS.bundle(), ROLE2)["contained"][0]
    bundle = edit_resource(
        one(), ROLE2, contained=GONE, location=[{"reference": "Location/ExampleLocation3"}]
    )
    bundle = plus(bundle, entry(location, BASE + "Location/ExampleLocation3"))
    assert first(PS.parse(bundle)) == reference_slot()


@pytest.mark.proves("E36")
@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("47000", "47000"),
        ("1000", "01000"),
        (1000, "01000"),
        ("47 000", "47000"),
        ("F-47000", "47000"),
        ("FR-47000", "47000"),
        ("47000 CEDEX 9", "47000"),
        ("97400", "97400"),
        ("98800", "98800"),
        ("20167", "20167"),
        (None, None),
        ("", None),
        ("470", None),
        ("ABCDE", None),
    ],
)
def test_postal_codes(written: object, read: str | None) -> None:
    def write(role: Json) -> None:
        role["contained"][0]["address"]["postalCode"] = written

    place = first(PS.parse(change_resource(one(), ROLE2, write)))["place"]
    assert place.get("postal_code") == read
    assert place["line"] == "1 rue Mme DELMAS"


@pytest.mark.proves("E36")
@pytest.mark.parametrize("address", [None, {}, "1 rue X", []])
def test_a_location_without_address_is_still_a_place(address: object) -> None:
    def write(role: Json) -> None:
        role["contained"][0]["address"] = address

    assert first(PS.parse(change_resource(one(), ROLE2, write)))["place"] == {"identifiers": ["1"]}


@pytest.mark.proves("E28", "C48")
def test_one_slot_id_for_two_professionals_is_two_slots() -> None:
    bundle = edit_resource(
        edit_resource(PS.bundle(), SLOT1, id="1636102800"), SLOT3, id="1636102800"
    )
    assert slot_ids(PS.parse(bundle)).count("1636102800") == 2


@pytest.mark.proves("E39")
def test_references_of_cpts_and_sos_by_wrong_base_too() -> None:
    def far(found: Json) -> None:
        found["providedBy"]["reference"] = (
            "https://autre.fr/Organization/ExampleOrgaCPTS1/_history/2"
        )

    moved = change_resource(CPTS.bundle(), "HealthcareService/ExampleHealthcareServiceCPTS1", far)
    assert CPTS.parse(moved).slots == CPTS.parse(CPTS.bundle()).slots
    lost = without(CPTS.bundle(), "Schedule/ExampleSchedule")
    assert rejection_reasons(CPTS.parse(lost)) == {CPTS_SLOT.split("/")[1]: "no_schedule"}
    assert SOS.parse(SOS.bundle()).rejected == []
