"""What an offer made by hand is found by, derived from its names as the indexer derives it."""

from typing import Any

from mappings.names.spellings import PersonName, build_person_name_fields, build_place_name_fields


def add_name_fields(offer: dict[str, Any]) -> dict[str, Any]:
    """The offer with the fields of its names; one that has them is itself."""
    if "name_sound" in offer or not offer.get("names"):
        return offer
    if "family" not in offer:
        place = offer.get("category", ""), offer.get("city", "")
        made = build_place_name_fields(offer["names"], *place)
        return {**made, **offer}
    made = build_person_name_fields([PersonName(offer["family"], offer.get("given", ""))])
    joined = made["names"][2:]
    return {**offer, **made, "names": [*offer["names"], *joined]}
