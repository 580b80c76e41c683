"""Who answers the text, the mode and the absences; filters and slots are asked for elsewhere."""

from collections.abc import Iterable
from typing import Any

from mappings.names.sounds import build_sound_key
from tests.search_engine.oracle.duty import is_duty
from tests.search_engine.oracle.place import OracleCircle, inside
from tests.search_engine.oracle.query import OracleQuery, window
from tests.search_engine.spelling import edits, near, words

GROUPS = (
    ("SM26", "SM53", "SM54"),
    ("SM04", "SM73", "SM79", "SM80", "SM81"),
    ("SM59", "DSM220", "DEC14", "CAPA02"),
)
"""Reform pairs of the specialities that random offers bear, each in the order of its table."""

GENERAL_MEDICINE = frozenset(GROUPS[0])
EMERGENCY_MEDICINE = frozenset(GROUPS[2])
SHOWN = {"professional", "structure", "sos_point"}
PARTICLES = {"de", "du", "des", "d"}


def matching_offers(
    query: OracleQuery,
    offers: Iterable[dict[str, Any]],
    circle: OracleCircle,
    name_matches: set[str],
) -> list[dict[str, Any]]:
    """Offers of the circle that answer by a known word, and by one of the ways of a name."""
    return [
        offer
        for offer in offers
        if inside(query, offer, circle)
        and may_answer(query, offer)
        and has_code(query, offer)
        and (not query.meaning.text or name_match_kind(query, offer) in name_matches)
    ]


def may_answer(query: OracleQuery, offer: dict[str, Any]) -> bool:
    if not is_shown(query, offer):
        return False
    if query.without_rpps is not None and offer.get("rpps") == query.without_rpps:
        return False
    if query.mode == "beyond" and not offer.get("accepts_beyond"):
        return False
    if query.mode == "reorientation" and not offer.get("reorientation"):
        return False
    if not query.absent and is_away(query, offer):
        return False
    return meets_conditions(query, offer)


def is_shown(query: OracleQuery, offer: dict[str, Any]) -> bool:
    """A CPTS is a result of its own only when the text asks for CPTS, or is a name."""
    if offer["kind"] == "cpts":
        return bool(query.meaning.text) or "cpts" in query.meaning.offer_kinds
    return offer["kind"] in SHOWN


def is_away(query: OracleQuery, offer: dict[str, Any]) -> bool:
    first, last = window(query)
    ranges = offer.get("absences", [])
    return offer.get("always_absent", False) or any(
        span["gte"] <= first and last < span["lt"] for span in ranges
    )


def meets_conditions(query: OracleQuery, offer: dict[str, Any]) -> bool:
    meaning = query.meaning
    hospital = offer.get("structure_kind") == "hospital"
    births = hospital or offer.get("structure_kind") == "birth_centre"
    if meaning.needs_maternity and births and "maternity_level" not in offer:
        return False
    return not (meaning.needs_emergency and hospital and not offer.get("emergency"))


def with_pairs(codes: Iterable[str]) -> set[str]:
    wanted = set(codes)
    for group in GROUPS:
        if not wanted.isdisjoint(group):
            wanted.update(group)
    return wanted


def has_code(query: OracleQuery, offer: dict[str, Any]) -> bool:
    meaning = query.meaning
    if not names_codes(meaning):
        return bool(meaning.text or meaning.needs_maternity or meaning.needs_emergency)
    specialties = with_pairs(meaning.specialties)
    if offer.get("profession") in meaning.professions:
        return True
    if specialties & set(offer.get("specialties", [])):
        return True
    if specialties & GENERAL_MEDICINE and query.mode == "available" and is_duty(offer):
        return True
    if specialties & find_bypassed(query.age) and is_participating_doctor(offer):
        return True
    return (
        offer.get("structure_kind") in meaning.structure_kinds
        or offer.get("category") in meaning.categories
        or offer["kind"] in meaning.offer_kinds
    )


def find_bypassed(age: str | None) -> set[str]:
    """Specialities whose needs any participating doctor answers: unscheduled care; those of the age
    told for a child or somebody old."""
    needs = {*GENERAL_MEDICINE, *EMERGENCY_MEDICINE}
    if age in {"baby", "child"} or (age is not None and age.isdigit() and int(age) < 16):
        needs.add("SM40")
    if age is not None and age.isdigit() and int(age) >= 75:
        needs |= {"SM18", "DSM213", "CAPA06"}
    return needs


def is_participating_doctor(offer: dict[str, Any]) -> bool:
    return bool(offer.get("participant")) and offer.get("profession") == "10"


def names_codes(meaning: Any) -> bool:
    """Known words are looked for; without any, a name or a condition says who answers."""
    named = (meaning.professions, meaning.specialties, meaning.structure_kinds)
    return any((*named, meaning.categories, meaning.offer_kinds))


def name_match_kind(query: OracleQuery, offer: dict[str, Any]) -> str | None:
    """The best way the name answers, two letters apart included."""
    wanted = [word for word in words(query.meaning.text or "") if word not in PARTICLES]
    held = [word for name in offer["names"] for word in words(name)]
    family = words(offer.get("family", ""))
    if not wanted:
        return None
    whole = {word: [other for other in held if other == word] for word in wanted}
    heard = {word: [other for other in held if is_heard(word, other)] for word in wanted}
    close = {word: [other for other in held if near(word, other, 12)] for word in wanted}
    for way, found in (("exact", whole), ("sound", heard), ("near", close)):
        if all(found.values()) and any(set(others) & set(family) for others in found.values()):
            return "whole" if way == "exact" and holds_family(query, family) else way
    if all(whole.values()):
        return "word"
    if all(any(other.startswith(word) for other in held) for word in wanted):
        return "prefix"
    far = (
        all(any(near(word, other, 8, 3) for other in held) for word in wanted),
        all(any(is_one_letter_apart(word, other) for other in held) for word in wanted),
    )
    return "fuzzy" if any(far) else None


def is_one_letter_apart(word: str, other: str) -> bool:
    """The first letter may be the wrong one, of a word of six letters at least."""
    return edits(word, other) <= (len(word) >= 6)


def holds_family(query: OracleQuery, family: list[str]) -> bool:
    """The family name stands as a whole in what was typed."""
    typed = words(query.meaning.text or "")
    return any(typed[at : at + len(family)] == family for at in range(len(typed)))


def is_heard(word: str, other: str) -> bool:
    return build_sound_key(word) == build_sound_key(other)
