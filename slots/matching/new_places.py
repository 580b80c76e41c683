"""A place that only an editor knows becomes an offer, with an id derived from its content.

F066, F069; W12 (random ids) and W13 (an editor without phone emptied the card).
"""

from collections.abc import Sequence

from geography.address import address_key
from geography.ground import describe_ground
from mappings.codes import KIND_LABELS
from mappings.fields import drop_empty_fields
from mappings.identifiers import as_finess, as_siret
from mappings.names.spellings import build_place_name_fields
from mappings.offer_ids import fair_key, person_key, professional_id, sos_point_id
from mappings.records import CanonicalSlot, DateRange, Kind, Offer, Precision, SlotPlace, SourceMark
from slots.last_word import read_answer_times
from slots.matching.matching import Geography, Locate, offer_owner

PERSON_FIELDS = (
    "title",
    "names",
    "name_sound",
    "family_words",
    "family_sound",
    "labels",
    "adeli",
    "family",
    "given",
    "civility",
    "gender",
    "profession",
    "specialties",
    "specialty_groups",
    "sector",
    "association",
    "participant",
    "via",
    "accepts_beyond",
    "reorientation",
    "editor_disabled",
    "additional_info",
    "phones",
)
"""Copied from a known place of the same owner. CPTS are not: each is declared for one place."""


COPIED_MARKS = ("identity", "phones", "participation", "absences")


def build_new_place_offer(
    slot: CanonicalSlot, known: Sequence[Offer], source: str, locate: Locate
) -> Offer | None:
    """The offer of a new place of an owner known elsewhere; None when it cannot be located.

    ``known`` are the owner's other offers, at least one. The phone is the editor's, else the
    directory's.
    """
    place = slot.get("place", {})
    located = locate(place) if place.get("postal_code") or place.get("city") else None
    if located is None or "department" not in located:
        return None
    offer = _copy_person_fields(known)
    offer.update(located)  # type: ignore[typeddict-item]
    offer.update(_place_fields(slot, place, known[0], located))  # type: ignore[typeddict-item]
    offer["fair_key"] = fair_key(offer["id"])
    offer["person_key"] = person_key(offer["id"], offer.get("rpps", ""))
    offer["sources"] = _sources(known[0], source, located)
    _leave_former_place(offer)
    if phone := slot.get("phone"):
        offer["phones"] = [phone]
        offer["sources"]["phones"] = {"source": source}
    return offer


def is_editor_place(offer: Offer) -> bool:
    """True for a place with slots that is known only from a source of slots.

    That source may have none left there, and another one some: the place is theirs too.
    """
    place_source = offer["sources"].get("place", {}).get("source")
    return bool(offer.get("slots")) and place_source in read_answer_times(offer)


def refresh_place_offer(offer: Offer, known: Sequence[Offer]) -> Offer:
    """A place known from an editor, its owner refreshed from the other offers (at least one).

    The place, its point and the phone given by the editor stay; its ground is found again, which
    an index of an earlier schema lacks.
    """
    owned = {*PERSON_FIELDS, "always_absent", "absences"}
    place = {name: value for name, value in offer.items() if name not in owned}
    ground = describe_ground(**offer["point"], insee=offer["insee"])
    renewed: Offer = {**_copy_person_fields(known), **place, **ground}  # type: ignore[typeddict-item]
    marks, before = known[0]["sources"], offer["sources"]
    copied = {name: marks[name] for name in COPIED_MARKS if name in marks}
    here = {name: mark for name, mark in before.items() if name not in COPIED_MARKS}
    renewed["sources"] = {**here, **copied}
    if before.get("phones", {}).get("source") == before["place"]["source"]:
        renewed["phones"] = offer["phones"]
        renewed["sources"]["phones"] = before["phones"]
    _leave_former_place(renewed)
    return renewed


def _leave_former_place(offer: Offer) -> None:
    """Drop the kind of the structure that a person was copied from, the commune of a point."""
    if offer["kind"] != Kind.PROFESSIONAL:
        names = build_place_name_fields(offer["names"], "", offer.get("city", ""))
        offer.update(names)  # type: ignore[typeddict-item]
    elif "labels" in offer:
        kinds = set(KIND_LABELS.values())
        offer["labels"] = [label for label in offer["labels"] if label not in kinds]


def _sources(known: Offer, source: str, located: Geography) -> dict[str, SourceMark]:
    """Marks: the person is of the directory, the place of the editor, the point of a geocoder."""
    copied = {name: mark for name, mark in known["sources"].items() if name in COPIED_MARKS}
    is_commune = located.get("precision") == Precision.MUNICIPALITY
    point = "gazetteer" if is_commune else "geocoder"
    return {**copied, "place": {"source": source}, "point": {"source": point}}


def _copy_person_fields(known: Sequence[Offer]) -> Offer:
    """The fields of the person, and the absences that hold at every known place."""
    first = known[0]
    copied = {name: first[name] for name in PERSON_FIELDS if name in first}  # type: ignore[literal-required]
    if len({offer.get("sector") for offer in known}) > 1:
        copied.pop("sector", None)
    if all(offer.get("always_absent") for offer in known):
        copied["always_absent"] = True
    if shared := _common_absences(known):
        copied["absences"] = shared
    return copied  # type: ignore[return-value]


def _common_absences(known: Sequence[Offer]) -> list[DateRange]:
    return [
        away
        for away in known[0].get("absences", [])
        if all(away in offer.get("absences", []) for offer in known)
    ]


def _place_fields(
    slot: CanonicalSlot, place: SlotPlace, known: Offer, located: Geography
) -> dict[str, object]:
    kind, owner = known["kind"], offer_owner(known)
    line, city = place.get("line", ""), place.get("city") or located.get("city", "")
    idnst = slot.get("structure", {}).get("idnst", "")
    at_address = address_key(line, place.get("postal_code", ""), city)
    fields: dict[str, object] = {"kind": kind, "city": city, "lines": [line] if line else []}
    if kind == Kind.SOS_POINT:
        key = next(iter(place.get("identifiers", [])), at_address)
        fields |= {"id": sos_point_id(owner, key), "siret": owner}
    else:
        key = idnst or at_address
        fields |= {"id": professional_id(owner, key), "rpps": owner}
    return drop_empty_fields(
        **fields,
        place_key=key,
        postal_code=place.get("postal_code"),
        place_name=place.get("name"),
        place_names=[place["name"]] if "name" in place and kind != Kind.SOS_POINT else [],
        **({} if kind == Kind.SOS_POINT else _structure_fields(idnst)),
    )


def _structure_fields(idnst: str) -> dict[str, object]:
    finess = as_finess(idnst) if idnst.startswith("1") else None
    siret = as_siret(idnst) if idnst.startswith("3") else None
    idnsts = [idnst] if idnst else []
    return {"idnst": idnst, "idnsts": idnsts, "finess": finess, "siret": siret}
