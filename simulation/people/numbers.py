"""Invented national numbers, valid in form, in ranges reserved for invention.

RPPS ``99``, FINESS ``<department>9``, SIREN ``99``; telephone numbers come from the ranges the
ARCEP keeps for works of fiction, so that no real phone rings.
"""

import random
from dataclasses import dataclass

INVENTED_RPPS_PREFIX = "99"
INVENTED_FINESS_MARK = "9"
"""Third character of an invented FINESS, after the department."""
INVENTED_SIREN_PREFIX = "99"

FICTION_PHONES = {"1": "019900", "2": "026191", "3": "035301", "4": "046571", "5": "053649"}
"""ARCEP ranges for works of fiction by geographic zone; four free digits follow."""

_ZONES = {
    "1": "75 77 78 91 92 93 94 95",
    "2": "14 18 22 27 28 29 35 36 37 41 44 45 49 50 53 56 61 72 76 85 974 976",
    "3": "02 08 10 21 25 39 51 52 54 55 57 58 59 60 62 67 68 70 71 80 88 89 90",
    "4": "01 03 04 05 06 07 11 13 15 2A 2B 26 30 34 38 42 43 48 63 66 69 73 74 83 84",
}
_ZONE_BY_DEPARTMENT = {
    department: zone for zone, codes in _ZONES.items() for department in codes.split()
}

_LETTERS = {"2A": "201", "2B": "202"}
_MAYOTTE = "976"


def luhn_key(digits: str) -> str:
    """The digit that makes ``digits`` + key valid."""
    total = 0
    for position, char in enumerate(reversed(digits)):
        figure = int(char) * (2 - position % 2)
        total += figure - 9 if figure > 9 else figure  # noqa: PLR2004
    return str(-total % 10)


def department_number(department: str) -> str:
    """Three digits that no two departments share: ``75`` gives 075, ``2A`` 201."""
    return _LETTERS.get(department, department.zfill(3))


def finess_prefix(department: str) -> tuple[str, str]:
    """The two first characters of a FINESS (97 overseas, 98 in Mayotte), and the digit that
    tells apart the departments that share them."""
    if department == _MAYOTTE:
        return "98", "5"
    return department[:2], department[2:] or "0"


@dataclass(slots=True)
class Numbers:
    """Issues the numbers of one department, each once."""

    department: str
    persons: int = 0
    sites: int = 0
    companies: int = 0

    def rpps(self) -> str:
        """A new RPPS of 11 digits, the last its Luhn key."""
        self.persons += 1
        body = f"{INVENTED_RPPS_PREFIX}{department_number(self.department)}{self.persons:05d}"
        return body + luhn_key(body)

    def finess(self) -> str:
        """A new FINESS of 9 characters."""
        self.sites += 1
        prefix, series = finess_prefix(self.department)
        tail = f"{INVENTED_FINESS_MARK}{series}{self.sites:04d}"
        return prefix + tail + luhn_key(_LETTERS.get(prefix, prefix) + tail)

    def siret(self) -> str:
        """A new SIRET of 14 digits: both its SIREN and itself pass the Luhn key."""
        rank, company = divmod(self.companies, 1000)
        self.companies += 1
        number = department_number(self.department)
        siren = f"{INVENTED_SIREN_PREFIX}{number}{company:03d}"
        site = f"{siren}{luhn_key(siren)}{rank + 1:04d}"
        return site + luhn_key(site)


def draw_phone(rng: random.Random, department: str) -> str:
    """An unassigned ten-digit telephone number, of the zone of the department."""
    zone = _ZONE_BY_DEPARTMENT.get(department, "5")
    return f"{FICTION_PHONES[zone]}{rng.randrange(10_000):04d}"


def international(national: str) -> str:
    """``0199001234`` as ``+33199001234``."""
    return "+33" + national[1:]
