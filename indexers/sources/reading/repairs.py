"""Codes and identifiers as published, repaired when the damage is known, else dropped.

Trap 14: a spreadsheet eats leading zeros (``1004`` for 01004) and writes ``2,601E+13`` for a
SIRET. Overseas: traps 39 and 40.
"""

import re
from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from types import MappingProxyType

from mappings.identifiers import as_finess, as_siret, is_luhn_valid

RENUMBERED: Mapping[str, str] = MappingProxyType(
    {"97123": "97701", "97133": "97701", "97127": "97801", "97150": "97801"}
)
"""Saint-Barthélemy and Saint-Martin: former commune codes, and postcodes in their place."""

FINESS_DEPARTMENTS: Mapping[str, str] = MappingProxyType(
    {
        "9A": "971",
        "9B": "972",
        "9C": "973",
        "9D": "974",
        "9E": "975",
        "9F": "976",
        "9J": "986",
    }
)
"""Department codes of the legacy FINESS."""

LA_POSTE = "356000000"
"""SIREN whose establishments have no Luhn key."""

_INSEE_CACHE_SIZE = 1 << 16
"""More than the communes of France."""

_INSEE = re.compile(r"(?:\d{2}|2[AB])\d{3}")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


def _with_zero(text: str, width: int) -> str:
    """The code with the leading zero a spreadsheet ate, when exactly one figure lacks."""
    return text.zfill(width) if len(text) == width - 1 and text.isdigit() else text


def is_digits(text: str, length: int) -> bool:
    """True for exactly ``length`` ASCII figures; the shortest way to a sound identifier."""
    return len(text) == length and text.isascii() and text.isdigit()


def siret(text: str) -> str:
    """14 figures, or ``""`` when the SIRET cannot be read."""
    return text if is_digits(text, 14) else as_siret(text) or ""


def finess(text: str) -> str:
    """9 characters, a lost leading zero restored, or ``""`` when unreadable."""
    return text if is_digits(text, 9) else as_finess(_with_zero(text, 9)) or ""


def has_valid_key(identifier: str) -> bool:
    """False when the control digit is wrong; always true for La Poste and Corsican FINESS."""
    return identifier.startswith(LA_POSTE) or not identifier.isdigit() or is_luhn_valid(identifier)


@lru_cache(maxsize=_INSEE_CACHE_SIZE)
def insee(text: str) -> str:
    """A commune code of today for Saint-Martin and Saint-Barthélemy, ``""`` when unreadable."""
    code = _with_zero(text.upper(), 5)
    return RENUMBERED.get(code, code) if _INSEE.fullmatch(code) else ""


def postal_code(text: str) -> str:
    """5 figures, a lost leading zero restored, or ``""`` when unreadable."""
    code = text if len(text) == 5 else _with_zero(text.replace(" ", ""), 5)  # noqa: PLR2004
    return code if is_digits(code, 5) else ""


@lru_cache(maxsize=1024)
def department(text: str) -> str:
    """A department code as INSEE writes it: ``075``, ``02A``, ``1`` and ``9D`` are accepted."""
    code = FINESS_DEPARTMENTS.get(text.upper(), text.upper())
    if len(code) == 3 and code[0] == "0":  # noqa: PLR2004
        code = code[1:]
    code = _with_zero(code, 2)
    return code if re.fullmatch(r"\d{2}|2[AB]|9[78]\d", code) else ""


def day(text: str) -> str:
    """The day of a date or date and time, ``2021-10-18``; ``""`` when it is no calendar day."""
    head = text[:10]
    if not _DAY.fullmatch(head):
        return ""
    try:
        return date.fromisoformat(head).isoformat()
    except ValueError:
        return ""
