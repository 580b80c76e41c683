"""Who and where, as identifiers: the person's national number, the structure's IDNST.

The register writes a structure twice: with a letter (``R10100000000101``, column 24) and, under
its former name, with a digit as editors exchange it (``410100000000101``, column 47); trap 22.
"""

from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import Literal, NamedTuple

from indexers.quality.reasons import Reason
from indexers.sources.reading.repairs import is_digits
from mappings.identifiers import Idnst, StructureIdKind, is_luhn_valid, structure_id_kind
from mappings.records import Gender

PERSON_COLUMNS = ("Type d'identifiant PP", "Identifiant PP", "Identification nationale PP")
"""In the order ``read_person`` takes them."""

RPPS_TYPE = "8"
ADELI_TYPE = "0"
"""Types of person identifier (TRE_G08) that remain; 2 and 9, students, ended in 2020."""

_RPPS_LENGTH = 12
_ADELI_LENGTH = 10
_FINESS_LENGTH = 9
_SIRET_LENGTH = 14
RPPS_RANG = "4"
GENDERS: Mapping[str, str] = MappingProxyType(
    {"M": Gender.MALE.value, "MME": Gender.FEMALE.value, "MLLE": Gender.FEMALE.value}
)
"""Gender by code of a civility (TRE_R81); titles of practice, DR or PR (TRE_R11), tell none."""
_RECENT = 1024
"""Persons remembered: the rows of one are near each other."""


class PersonIdentifier(NamedTuple):
    """The national identifier, which register it is of, and its number without prefix."""

    idnps: str
    register: Literal["rpps", "adeli"]
    number: str
    key_valid: bool = True


@lru_cache(maxsize=_RECENT)
def read_person(kind: str, identifier: str, national: str) -> PersonIdentifier | Reason:
    """The person of a row, from the national identifier, else from its type and identifier.

    A reason when there is none or when it is neither 8 + RPPS nor 0 + ADELI. A wrong control
    digit is reported, never refused: real numbers fail it (trap 21).
    """
    if is_digits(national, _RPPS_LENGTH) and national[0] == RPPS_TYPE:
        number = national[1:]
        return PersonIdentifier(national, "rpps", number, is_luhn_valid(number))
    return _unusual_person(kind, identifier, national)


def read_gender(*civilities: str) -> str:
    """The gender by the first civility that tells it, empty when none does."""
    return next((GENDERS[one] for one in civilities if one in GENDERS), "")


def _unusual_person(kind: str, identifier: str, national: str) -> PersonIdentifier | Reason:
    if not national:
        return read_person("", "", kind + identifier) if identifier else Reason.PERSON_ID_MISSING
    number = national[1:]
    if national[0] == ADELI_TYPE and len(national) == _ADELI_LENGTH and number.isalnum():
        return PersonIdentifier(national, "adeli", number)
    return Reason.PERSON_ID_INVALID


def read_idnst(former_id: str, technical_id: str, finess: str, siret: str) -> str:
    """The structure identifier as exchanged, from the best column that has one, else ``""``."""
    if _is_idnst(former_id):
        return former_id
    technical = parse_technical_id(technical_id)
    if technical is not None:
        return technical
    if finess:
        return f"1{finess}"
    return f"3{siret}" if siret else ""


def parse_technical_id(text: str) -> Idnst | None:
    """The IDNST of a technical identifier: F FINESS, C SIRET or ADELI practice, R RPPS-rang."""
    if not text:
        return None
    letter, number = text[0], text[1:]
    if (digit := _USUAL.get((letter, len(number)))) and number.isascii() and number.isdigit():
        return Idnst(digit + number)
    digit = {"F": "1", "R": "4", "C": "3" if len(number) == _SIRET_LENGTH else "0"}.get(letter)
    if digit is None:
        return None
    expected = _KINDS[digit]
    return Idnst(digit + number) if structure_id_kind(digit + number) is expected else None


_USUAL = {
    ("F", _FINESS_LENGTH): "1",
    ("C", _SIRET_LENGTH): "3",
    ("R", _SIRET_LENGTH): RPPS_RANG,
}
"""Technical identifiers of figures only, as nearly all are: their digit by letter and length."""

_FIGURES_AFTER = {"1": _FINESS_LENGTH + 1, "3": _SIRET_LENGTH + 1, RPPS_RANG: _SIRET_LENGTH + 1}
"""Exchanged identifiers of figures only: their whole length by their first digit."""

_KINDS = {
    "1": StructureIdKind.FINESS,
    "3": StructureIdKind.SIRET,
    "4": StructureIdKind.RPPS_RANG,
    "0": StructureIdKind.ADELI_RANG,
}


def _is_idnst(text: str) -> bool:
    if text[:1] in _FIGURES_AFTER and is_digits(text, _FIGURES_AFTER[text[0]]):
        return True
    return text != "" and structure_id_kind(text) is not None
