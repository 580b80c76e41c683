"""The record of a FINESS site, the same from the three forms, and the rule that lists it."""

import hashlib
from datetime import date
from typing import Literal, NotRequired, TypedDict

import orjson

from indexers.quality.reasons import Reason
from mappings.codes import structure_kind

NEVER = "9999-12-31"
"""Stands for the day of closing of a site that has none, in comparisons only."""

Form = Literal["finess-plus", "finess-legacy", "finess-headed"]
"""Which form of the register a record comes from."""


class StructureAddress(TypedDict, total=False):
    """Where a site is; ``city`` is the post-office label, possibly with CEDEX."""

    line: str
    complement: str
    postal_code: str
    city: str
    insee: str


class Coordinates(TypedDict):
    """A pair of coordinates as published, not projected: their values reveal their projection.

    ``source`` names the projection and the precision in the CSV forms
    (``1,ATLASANTE,100,IGN,BD_ADRESSE,V2.1,LAMBERT_93``), and in the JSON form which of its two
    pairs of fields this is (``coordonnee`` or ``direction``).
    """

    x: str
    y: str
    source: NotRequired[str]


class Structure(TypedDict):
    """One site. Unknown is absent; days are ``2021-10-18``; ``line`` of JSON is its rank.

    ``category`` is a TRE_R397 code; ``inactive`` is set when the register declares it, with or
    without a day of closing. A ``ban_key`` without ``_`` is a commune: its point is not precise.
    """

    line: int
    finess: str
    source: Form
    legal_finess: NotRequired[str]
    name: NotRequired[str]
    category: NotRequired[str]
    siret: NotRequired[str]
    address: NotRequired[StructureAddress]
    phones: NotRequired[list[str]]
    email: NotRequired[str]
    coordinates: NotRequired[list[Coordinates]]
    opened: NotRequired[str]
    closed: NotRequired[str]
    inactive: NotRequired[bool]
    updated: NotRequired[str]
    ban_key: NotRequired[str]


def is_open(structure: Structure, today: date) -> bool:
    """True unless the site is inactive or its day of closing has come (traps 29 and 30).

    A site that closes next month is open; one that closes today is not.
    """
    if structure.get("inactive"):
        return False
    closed = structure.get("closed")
    return closed is None or closed > today.isoformat()


def precedence(structure: Structure) -> bytes:
    """Which of several records of one FINESS number counts: the highest, whatever their order.

    An active site before one declared inactive, one without a day of closing before one with,
    then the later closing, the later update; equal ones by their content.
    """
    active = b"0" if structure.get("inactive") else b"1"
    days = f"{structure.get('closed', NEVER)}{structure.get('updated', ''):0>10}".encode()
    facts = {key: value for key, value in structure.items() if key != "line"}
    content = orjson.dumps(facts, option=orjson.OPT_SORT_KEYS)
    return active + days + hashlib.blake2b(content, digest_size=8).digest()


def structure_exclusion_reason(structure: Structure, today: date) -> Reason | None:
    """None when the SAS lists this site, else why it does not."""
    if not is_open(structure, today):
        return Reason.CLOSED
    known = structure_kind(structure.get("category", "")) is not None
    return None if known else Reason.KIND_NOT_SHOWN
