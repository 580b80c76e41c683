"""Meaning of the cells of the file: sector, tariff option, Carte Vitale, profession."""

from functools import lru_cache

from mappings.analysis import fold
from mappings.codes import CnamSpecialty, cnam_specialties

SECTOR_1, PERMANENT, SECTOR_2, NOT_CONTRACTED, UNDEFINED = "1", "2", "3", "0", "4"
"""Codes of ``mappings.codes.CONVENTION_SECTORS`` (F080)."""

_SECTORS = (
    (("non conventionne", "hors convention"), NOT_CONTRACTED),
    (("depassement permanent", "droit permanent a depassement", "droit a depassement"), PERMANENT),
    (("secteur 2", "secteur ii", "honoraires libres"), SECTOR_2),
    (("secteur 1", "secteur i"), SECTOR_1),
    (("conventionne",), UNDEFINED),
)
"""Words of a label, the most specific first: ``secteur 1 avec dépassement permanent`` is not 1."""

_YES = frozenset({"o", "oui", "1", "true", "vrai", "y"})
_NO = frozenset({"n", "non", "0", "false", "faux"})
_DOCTOR, _DENTIST = CnamSpecialty("10", ()), CnamSpecialty("40", ())
_KINDS = {"1": _DOCTOR, "5": _DENTIST}
"""Type of professional, when the code of speciality is new; the others hold several trades."""


@lru_cache(maxsize=256)
def sector(label: str) -> str:
    """The convention sector of a label, never of a code; ``""`` when absent or unknown."""
    text = f" {fold(label)} "
    return next(
        (code for words, code in _SECTORS if any(f" {word} " in text for word in words)), ""
    )


@lru_cache(maxsize=256)
def optam(label: str) -> bool:
    """True when the tariff option is the OPTAM, or that of surgeons and obstetricians."""
    words = fold(label).split()
    return any(word.startswith("optam") for word in words) and "non" not in words


def vitale(text: str) -> bool | None:
    """Whether the Carte Vitale is taken; None when the file does not give it."""
    word = fold(text)
    return True if word in _YES else False if word in _NO else None


def trade(specialty: str, kind: str) -> CnamSpecialty | None:
    """Profession and specialities of the Assurance maladie's own code; None out of our tables."""
    known = cnam_specialties().get(specialty.zfill(2))
    return known or _KINDS.get(kind.lstrip("0"))
