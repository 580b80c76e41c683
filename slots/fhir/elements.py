"""Elements of a FHIR resource read without trusting their JSON type (E41, E43).

A wrong type reads as absent, a number where a string is expected reads as its digits, an object
where a list is expected reads as a list of one.
"""

from collections.abc import Iterator
from functools import lru_cache
from typing import Any, NamedTuple

from mappings.bounds import CODE, FREE_TEXT, URL

Json = dict[str, Any]
"""A JSON object."""

_EXACT_FLOAT = 2**53
_LONGEST_INT = 128
"""Bits: no number of a resource has over 38 figures."""


CODING_BOUNDS = {"system": URL, "code": CODE, "display": FREE_TEXT}
"""Bounds of the parts of a coding: codings are kept from one slot to the next."""


class Coding(NamedTuple):
    """One coding of a concept; missing parts are ``""``."""

    system: str
    code: str
    display: str


def text(value: object) -> str:
    """The trimmed text of a string or number, ``""`` for anything else.

    A lone surrogate, which no UTF-8 file can hold, becomes a question mark.
    """
    if isinstance(value, str):
        whole = value if value.isascii() else value.encode("utf-8", "replace").decode()
        return whole.strip()
    if isinstance(value, bool):
        return ""
    if isinstance(value, float) and value.is_integer() and abs(value) < _EXACT_FLOAT:
        return str(int(value))
    return str(value) if isinstance(value, int) and value.bit_length() <= _LONGEST_INT else ""


def texts(value: object) -> list[str]:
    """The non-empty texts of a list, or of a value that should have been one."""
    found = (text(item) for item in (value if isinstance(value, list) else [value]))
    return [item for item in found if item]


def objects(value: object) -> list[Json]:
    """The objects of a list, or the object that should have been in one."""
    if isinstance(value, dict):
        return [value]
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def child(parent: Json, name: str) -> Json:
    """The object under a name, ``{}`` when it is absent or not an object."""
    return next(iter(objects(parent.get(name))), {})


def codings(concept: Json) -> Iterator[Coding]:
    """The codings of a CodeableConcept."""
    return (coding(one) for one in objects(concept.get("coding")))


def coding(element: Json) -> Coding:
    """One Coding element; a part beyond its bound is cut right after it, and so refused."""
    system, code, display = (
        text(element.get(name))[: bound.longest + 1] for name, bound in CODING_BOUNDS.items()
    )
    return _coding(system, code, display)


@lru_cache(maxsize=1 << 12)
def _coding(system: str, code: str, display: str) -> Coding:
    """The same few codings come back in every slot."""
    return Coding("".join(system.split()), code, display)


def phone(telecoms: object) -> str:
    """The first phone of a list of ContactPoint as exchanged, ``""`` without any (C39)."""
    for telecom in objects(telecoms):
        in_use = text(telecom.get("use")).lower() != "old"
        if in_use and text(telecom.get("system")).lower() == "phone":
            number = text(telecom.get("value"))
            if number:
                return number
    return ""
