"""What each version of the index schema changed, and offers of the previous one read as current.

A reindex, a dry run and a comparison read offers that an earlier version of this program wrote.
``read_offer`` is the only place that knows their former names.
"""

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any, cast

from mappings.records import Offer

RENAMED_OFFER_FIELDS: Mapping[str, str] = MappingProxyType({"zone": "timezone"})
"""Former name and present name of fields of an offer, schema 5 to 6."""

RENAMED_SLOT_FIELDS: Mapping[str, str] = MappingProxyType(
    {"marks": "overlap_instants", "seen_at": "received_at", "hidden": "hidden_reason"}
)
"""Former name and present name of fields of a nested slot, schema 5 to 6."""

REMOVED_OFFER_FIELDS = frozenset({"bookable"})
"""Fields of an offer that schema 6 no longer has."""

CHANGES: Mapping[int, str] = MappingProxyType(
    {
        6: "zone is now timezone; of a slot, marks is overlap_instants, seen_at is received_at and "
        "hidden is hidden_reason; bookable is gone; "
        "answered_at, name_sound, person_key, landmass, zone and orientations_today are reserved. "
        "`sas reindex` reads the live slots by their former names and keeps them.",
        7: "answered_at is the instant of the last answer of each source, one field whatever the "
        "sources; open_minutes holds hours after midnight and those of public holidays, which "
        "an index of schema 6 lacks: until the next `sas reindex` the filter of open places "
        "finds neither.",
        8: "names holds the names of the offer itself, joined spellings included; those of the "
        "practice of a professional are place_names; name_sound, family_words, family_sound and "
        "structure_words, landmass and zone are filled, and phones are searched. An index of "
        "schema 7 has none of them: `sas reindex` fills them, and keeps the live slots.",
        9: "person_key is filled, by which the places of one person share a card and an enlarged "
        "search counts people; gender is that of the civility. An index of schema 8 has neither: "
        "`sas reindex` fills them, and keeps the live slots.",
    }
)
"""What a version changed from the one before it, in one sentence for an operator."""


def describe_changes(live: int, wanted: int) -> Iterator[str]:
    """The changes of each version after ``live`` up to ``wanted``, oldest first."""
    return (f"Schema {at}: {CHANGES[at]}" for at in sorted(CHANGES) if live < at <= wanted)


def read_offer(source: Mapping[str, Any]) -> Offer:
    """An offer as stored by schema 5 to 9, by the names of schema 9.

    ``zone`` was the IANA time zone in schema 5; an offer that has ``timezone`` is current.
    """
    if "zone" not in source or "timezone" in source:
        return cast(Offer, source)
    offer = _rename(source, RENAMED_OFFER_FIELDS)
    for name in REMOVED_OFFER_FIELDS & offer.keys():
        del offer[name]
    if "slots" in offer:
        offer["slots"] = [_rename(slot, RENAMED_SLOT_FIELDS) for slot in offer["slots"]]
    return cast(Offer, offer)


def _rename(record: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    return {names.get(name, name): value for name, value in record.items()}
