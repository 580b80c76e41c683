"""The bounds of a slot's fields, whoever gives it: an editor's answer or the SAS agenda.

The limits themselves are those of ``mappings.bounds``; here is which field has which.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from mappings.bounds import (
    CELL,
    CODE,
    FEW,
    FREE_TEXT,
    IDENTIFIER,
    NAME,
    PHONE,
    SEATS,
    URL,
    Bound,
    ListBound,
    NumberBound,
    TextBound,
)

HOURS = ListBound(7 * FEW.most)
"""Opening hours of a place: those of each day of the week."""


@dataclass(frozen=True, slots=True)
class ItemsBound:
    """A list of at most so many items, each within the bound of an item."""

    items: ListBound
    item: Any


FIELDS: Mapping[str, Any] = {
    "slot": IDENTIFIER,
    "start": CODE,
    "end": CODE,
    "types": ItemsBound(FEW, CODE),
    "consultation": ItemsBound(FEW, CODE),
    "reasons": ItemsBound(FEW, FREE_TEXT),
    "specialties": ItemsBound(FEW, {"code": CODE, "text": NAME}),
    "appointment": CODE,
    "url": URL,
    "practitioner": {"idnps": CODE, "family": NAME, "given": NAME},
    "phone": PHONE,
    "structure": {"idnst": CODE, "kind": CODE},
    "place": {
        "line": CELL,
        "postal_code": CODE,
        "city": NAME,
        "identifiers": ItemsBound(FEW, IDENTIFIER),
        "name": NAME,
        "hours": ItemsBound(
            HOURS,
            {"daysOfWeek": ItemsBound(FEW, CODE), "openingTime": CODE, "closingTime": CODE},
        ),
    },
    "cpts": ItemsBound(FEW, {"finess": CODE, "name": NAME, "phone": PHONE}),
    "sos": {"siret": CODE, "name": NAME},
    "source": IDENTIFIER,
    "seats_max": SEATS,
    "seats_taken": SEATS,
}
"""Bound of each field of a canonical slot; a table inside is an object's."""

WRONG_TYPE = "wrong_type"
REASONS = {
    TextBound: "text_too_long",
    ListBound: "too_many_values",
    NumberBound: "number_out_of_range",
}
TYPES: Mapping[type, Any] = {TextBound: str, NumberBound: int, ListBound: list}


def find_fault(value: object, bound: Any = FIELDS) -> str | None:
    """Why a slot, or a value inside it, cannot be kept: the first reason; None when it can.

    A field that is absent, or that the table does not name, is within its bounds.
    """
    return next(_faults(value, bound), None)


def keep_known_fields(value: Any, bound: Any = FIELDS) -> Any:
    """A slot without the fields that the table does not name: nothing bounds those."""
    if isinstance(bound, Mapping):
        known = bound.keys() & value.keys()
        return {
            name: keep_known_fields(value[name], bound[name]) for name in bound if name in known
        }
    if isinstance(bound, ItemsBound):
        return [keep_known_fields(item, bound.item) for item in value]
    return value


def _faults(value: object, bound: Any) -> Iterator[str]:
    if isinstance(bound, Mapping):
        if not isinstance(value, dict):
            yield WRONG_TYPE
            return
        for name in value.keys() & bound.keys():
            yield from _faults(value[name], bound[name])
    elif isinstance(bound, ItemsBound):
        yield from _own_faults(value, bound.items)
        for item in value if isinstance(value, list) else ():
            yield from _faults(item, bound.item)
    else:
        yield from _own_faults(value, bound)


def _own_faults(value: Any, bound: Bound) -> Iterator[str]:
    kind = type(bound)
    if not isinstance(value, TYPES[kind]) or isinstance(value, bool):
        yield WRONG_TYPE
    elif not bound.holds(value):
        yield REASONS[kind]
