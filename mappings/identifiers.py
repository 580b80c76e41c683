"""National identifiers as typed strings: professionals (IDNPS) and structures (IDNST).

Source: IG SAS 1.2.0, FAQ 1 and 5. A failed Luhn key warns, it never rejects: real
identifiers fail it (docs/reference/sources/rpps.md).
"""

import re
from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import NewType

Rpps = NewType("Rpps", str)
"""11 digits, without prefix."""
Adeli = NewType("Adeli", str)
"""9 characters, without prefix."""
Finess = NewType("Finess", str)
"""9 characters, two first are the department (2A and 2B exist), without prefix."""
Siret = NewType("Siret", str)
"""14 digits, without prefix."""
Idnps = NewType("Idnps", str)
"""National person identifier as exchanged: 8 + RPPS or 0 + ADELI."""
Idnst = NewType("Idnst", str)
"""National structure identifier as exchanged: 1 FINESS, 3 SIRET, 4 RPPS-rang, 0 ADELI-rang."""
InseeCode = NewType("InseeCode", str)
"""Commune code of 5 characters, leading zeros kept."""
OfferId = NewType("OfferId", str)
Kilometres = NewType("Kilometres", float)
Instant = NewType("Instant", str)
"""UTC instant written ``2021-11-04T14:20:00Z``."""

_NOISE = re.compile(r"[\s. ]+")
_FINESS = re.compile(r"(\d{2}|2[AB])\d{7}")


OVERSEAS_CODES: Mapping[str, str] = MappingProxyType(
    {
        "262": "262",
        "263": "262",
        "269": "262",
        "639": "262",
        "692": "262",
        "693": "262",
        "590": "590",
        "690": "590",
        "691": "590",
        "594": "594",
        "694": "594",
        "596": "596",
        "696": "596",
        "697": "596",
        "508": "508",
    }
)
"""First three digits after the zero -> country code: Réunion and Mayotte 262, Guadeloupe with
Saint-Martin and Saint-Barthélemy 590, Guyane 594, Martinique 596, Saint-Pierre-et-Miquelon 508."""


class StructureIdKind(StrEnum):
    """What a prefixed structure identifier denotes (FAQ 5 of the guide)."""

    FINESS = "FINESS"
    SIRET = "SIRET"
    RPPS_RANG = "RPPS_RANG"
    ADELI_RANG = "ADELI_RANG"


def compact(value: object) -> str:
    """The identifier without spaces, dots or non-breaking spaces; ``""`` for None."""
    return "" if value is None else _NOISE.sub("", str(value)).upper()


_LUHN_DOUBLES = bytes.maketrans(b"0123456789", b"0246813579")


def is_luhn_valid(digits: str) -> bool:
    """True when the last digit is the Luhn key of the others; letters make it False.

    One table look-up per digit: a national file needs two million checks.
    """
    if not digits.isascii() or not digits.isdigit():
        return False
    figures = digits.encode()
    total = sum(figures[-1::-2]) + sum(figures[-2::-2].translate(_LUHN_DOUBLES))
    return (total - ord("0") * len(figures)) % 10 == 0


def as_rpps(value: object) -> Rpps | None:
    """The 11-digit RPPS of ``8`` + RPPS or of a bare RPPS; None for anything else."""
    text = compact(value)
    if re.fullmatch(r"8\d{11}", text):
        return Rpps(text[1:])
    return Rpps(text) if re.fullmatch(r"\d{11}", text) else None


def as_adeli(value: object) -> Adeli | None:
    """The 9-character ADELI of ``0`` + ADELI or of a bare ADELI; None for anything else."""
    text = compact(value)
    if re.fullmatch(r"0[0-9A-Z]{9}", text):
        return Adeli(text[1:])
    return Adeli(text) if re.fullmatch(r"[0-9][0-9A-B][0-9A-Z]{7}", text) else None


def as_idnps(value: object) -> Idnps | None:
    """The person identifier as exchanged, prefix restored when the editor left it out (E29)."""
    rpps = as_rpps(value)
    if rpps is not None:
        return Idnps("8" + rpps)
    adeli = as_adeli(value)
    return None if adeli is None else Idnps("0" + adeli)


def as_finess(value: object) -> Finess | None:
    """The 9-character FINESS of ``1`` + FINESS or of a bare FINESS; None for anything else."""
    text = compact(value)
    if len(text) == 10 and text[0] == "1":  # noqa: PLR2004
        text = text[1:]
    return Finess(text) if _FINESS.fullmatch(text) else None


def as_siret(value: object) -> Siret | None:
    """The 14-digit SIRET of ``3`` + SIRET or of a bare SIRET; None for anything else."""
    text = compact(value)
    if re.fullmatch(r"3\d{14}", text):
        return Siret(text[1:])
    return Siret(text) if re.fullmatch(r"\d{14}", text) else None


def structure_id_kind(value: str) -> StructureIdKind | None:
    """The kind from the prefix of a structure identifier (C38); None when unknown."""
    text = compact(value)
    if re.fullmatch(r"1(\d{2}|2[AB])\d{7}", text):
        return StructureIdKind.FINESS
    if re.fullmatch(r"3\d{14}", text):
        return StructureIdKind.SIRET
    if re.fullmatch(r"4\d{14}", text):
        return StructureIdKind.RPPS_RANG
    if re.fullmatch(r"0[0-9A-Z]{9,14}", text):
        return StructureIdKind.ADELI_RANG
    return None


def as_idnst(value: object) -> Idnst | None:
    """The structure identifier with its prefix, restored for a bare FINESS (E30).

    A bare number of 14 digits may be a SIRET or an RPPS-rang: a valid Luhn key makes it a
    SIRET, otherwise it is read as an RPPS-rang.
    """
    text = compact(value)
    if structure_id_kind(text) is not None:
        return Idnst(text)
    if _FINESS.fullmatch(text):
        return Idnst("1" + text)
    if re.fullmatch(r"\d{14}", text):
        return Idnst(("3" if is_luhn_valid(text) else "4") + text)
    return None


def build_e164(national: str) -> str:
    """Nine digits after the trunk zero, with the country code of their first digits."""
    return f"+{OVERSEAS_CODES.get(national[:3], '33')}{national}"
