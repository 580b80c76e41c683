"""Offers of the previous schema are read by the names of this one."""

from typing import Any

from mappings.offers import SCHEMA_VERSION, offers_mapping
from mappings.schema_history import (
    REMOVED_OFFER_FIELDS,
    RENAMED_OFFER_FIELDS,
    RENAMED_SLOT_FIELDS,
    describe_changes,
    read_offer,
)

FORMER: dict[str, Any] = {
    "id": "rpps:10100000016@x",
    "zone": "Europe/Paris",
    "bookable": [{"last": "2026-11-23T10:00:00Z"}],
    "slots": [
        {"id": "a", "marks": ["m"], "seen_at": "t", "hidden": "absent", "types": []},
        {"id": "b", "marks": ["n"], "seen_at": "u", "types": ["SNP"]},
    ],
}
PRESENT: dict[str, Any] = {
    "id": "rpps:10100000016@x",
    "timezone": "Europe/Paris",
    "slots": [
        {
            "id": "a",
            "overlap_instants": ["m"],
            "received_at": "t",
            "hidden_reason": "absent",
            "types": [],
        },
        {"id": "b", "overlap_instants": ["n"], "received_at": "u", "types": ["SNP"]},
    ],
}


def test_an_offer_of_the_previous_schema_has_the_present_names() -> None:
    assert read_offer(FORMER) == PRESENT


def test_a_present_offer_is_itself_even_with_a_shore_zone() -> None:
    shore = {**PRESENT, "zone": "gironde-nord"}
    assert read_offer(PRESENT) is PRESENT
    assert read_offer(shore) is shore


def test_the_mapping_has_the_present_names_and_none_of_the_former() -> None:
    fields = offers_mapping()["properties"]
    slot_fields = fields["slots"]["properties"]
    assert set(RENAMED_OFFER_FIELDS.values()) <= fields.keys()
    assert set(RENAMED_SLOT_FIELDS.values()) <= slot_fields.keys()
    assert not REMOVED_OFFER_FIELDS & fields.keys()
    assert not RENAMED_SLOT_FIELDS.keys() & slot_fields.keys()


def test_an_operator_reads_the_changes_since_the_version_of_his_index() -> None:
    change, times, names, latest = describe_changes(5, SCHEMA_VERSION)
    assert "answered_at" in times
    assert "name_sound" in names
    assert "person_key" in latest
    for former, present in {**RENAMED_OFFER_FIELDS, **RENAMED_SLOT_FIELDS}.items():
        assert former in change
        assert present in change
    assert list(describe_changes(SCHEMA_VERSION, SCHEMA_VERSION)) == []
