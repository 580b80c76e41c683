"""Attributes of a Slot: types, consultation, reasons, specialities, appointment, link."""

from collections import Counter
from collections.abc import Iterable
from functools import lru_cache

from mappings.booking import with_origin
from mappings.bounds import URL
from mappings.codes import specialties as known_specialties
from mappings.records import Appointment, Consultation, SlotSpecialty, SlotType
from slots.fhir.elements import Coding, Json, child, coding, codings, objects, text

TYPE_SYSTEMS = ("TRE_R314", "TRE-R314", "JDV_J165", "JDV-J165")
CONSULTATION_SYSTEMS = ("ACTCODE", "ACTENCOUNTERCODE", "2.16.840.1.113883.5.4")
APPOINTMENT_SYSTEMS = ("V2-0276", "V2/0276")
SPECIALTY_SYSTEMS = ("TRE_R38", "TRE-R38")
"""Parts of a system's URL, in capitals: the guide writes each in several ways (section 4)."""


def slot_types(slot: Json, reports: Counter[str]) -> list[str]:
    """PUBLIC, PRO, SNP, CPTS of meta.security, in that order (C29, C30, E20).

    A code of another system, unknown or sent elsewhere (E21) is no type: it is counted.
    """
    labels = [coding(one) for one in objects(child(slot, "meta").get("security"))]
    found = _codes_in_systems(labels, SlotType, TYPE_SYSTEMS)
    if len(found) < len(
        {label.code.upper() for label in labels if _is_in_system(label, TYPE_SYSTEMS)}
    ):
        reports["unknown_type"] += 1
    if not found and _has_type_elsewhere(slot):
        reports["type_elsewhere"] += 1
    return found


def _has_type_elsewhere(slot: Json) -> bool:
    """A type code in serviceType or meta.tag, where it must not be guessed from (E21)."""
    tags = [coding(one) for one in objects(child(slot, "meta").get("tag"))]
    return bool(_codes_in_systems([*tags, *_service_codings(slot)], SlotType, TYPE_SYSTEMS))


def consultations(slot: Json) -> list[str]:
    """AMB, HH, VR of serviceType, in that order; ``[]`` means unknown (C31, E22)."""
    return _codes_in_systems(_service_codings(slot), Consultation, CONSULTATION_SYSTEMS)


def appointment(slot: Json) -> str:
    """ROUTINE or WALKIN, ``""`` when missing, unknown or contradictory (C34, E23)."""
    labels = [c for one in objects(slot.get("appointmentType")) for c in codings(one)]
    found = _codes_in_systems(labels, Appointment, APPOINTMENT_SYSTEMS)
    return found[0] if len(found) == 1 else ""


def reasons(slot: Json) -> list[str]:
    """Every serviceType.text, once each, HTML kept as the text it is (C32, E25)."""
    written = (text(item.get("text")) for item in objects(slot.get("serviceType")))
    return list(dict.fromkeys(filter(None, written)))


def slot_specialties(slot: Json) -> list[SlotSpecialty]:
    """Every code and every text, each once, in the order of the answer (C33, E26).

    A code is one of TRE_R38 that is known; another one counts as its text, its display or,
    for want of both, itself.
    """
    found: dict[tuple[str, str], SlotSpecialty] = {}
    for concept in objects(slot.get("specialty")):
        labels = list(codings(concept))
        written = text(concept.get("text"))
        known = [label for label in labels if _is_specialty(label)]
        for label in known:
            found["code", label.code.upper()] = {"code": label.code.upper()}
        others = [label.display or label.code for label in labels if not _is_specialty(label)]
        for one in filter(None, [written] if written else others):
            found["text", one] = {"text": one}
    return list(found.values())


def _is_specialty(label: Coding) -> bool:
    return _is_in_system(label, SPECIALTY_SYSTEMS) and label.code.upper() in known_specialties()


def booking_link(slot: Json, appointment_type: str) -> str:
    """Slot.comment when it is a link to book: http(s), and the slot ROUTINE (C34, C36, E23)."""
    comment = slot.get("comment")
    if appointment_type != Appointment.ROUTINE or not isinstance(comment, str):
        return ""
    link = text(comment)
    return link if URL.holds(link) and _is_web_link(link) else ""


@lru_cache(maxsize=4096)
def _is_web_link(link: str) -> bool:
    """An editor sends one link an agenda, so the same one for many slots."""
    return with_origin(link, "sas") is not None


def _service_codings(slot: Json) -> list[Coding]:
    return [c for item in objects(slot.get("serviceType")) for c in codings(item)]


def _codes_in_systems(
    labels: Iterable[Coding],
    known: type[SlotType] | type[Consultation] | type[Appointment],
    systems: tuple[str, ...],
) -> list[str]:
    """The known codes among labels that speak one of the systems, in the order of ``known``."""
    codes = {label.code.upper() for label in labels if _is_in_system(label, systems)}
    return [member.value for member in known if member.value in codes]


@lru_cache(maxsize=1 << 12)
def _is_in_system(label: Coding, systems: tuple[str, ...]) -> bool:
    """True when the coding is of the system, or names none."""
    return not label.system or any(part in label.system.upper() for part in systems)
