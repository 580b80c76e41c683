"""What an offer made by hand is found by, derived as the indexer derives it."""

from typing import Any

from mappings.names.spellings import PersonName, build_person_name_fields, build_place_name_fields


def add_name_fields(offer: dict[str, Any]) -> dict[str, Any]:
    """The offer with the fields of its names, and the key of its person; what it has stays.

    A name that is not of its family is a family name followed by given names.
    """
    offer = {"person_key": offer.get("rpps", offer["id"]), **offer}
    if "name_sound" in offer or not offer.get("names"):
        return offer
    if "family" not in offer:
        place = offer.get("category", ""), offer.get("city", "")
        made = build_place_name_fields(offer["names"], *place)
        return {**made, **offer}
    family, given = offer["family"], offer.get("given", "")
    if family not in offer["names"][0]:
        family, _, given = offer["names"][0].partition(" ")
    made = build_person_name_fields([PersonName(family, given)])
    return {**offer, **made, "names": [*offer["names"], *made["names"]]}
