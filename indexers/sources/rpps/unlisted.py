"""Rows of activity that are plainly not listed, told before they are read: more than half a file.

Hospital staff, pharmacies and homes for the elderly are told by a few columns. Whatever could be
damaged or refused for another reason is read in full, so that quarantines count the same.
"""

from collections.abc import Mapping
from operator import itemgetter
from typing import Any, cast

from indexers.sources.phones import plain_number, read_phones
from indexers.sources.reading import repairs
from indexers.sources.rpps.address import FRANCE
from indexers.sources.rpps.identity import Person
from indexers.sources.rpps.record import Activity
from indexers.sources.rpps.shown import (
    BILLING_SECTOR,
    CARE,
    CIVIL,
    SALARIED,
    TELECONSULTATION_SECTOR,
)
from mappings.codes import SAS_ACTIVITY_SECTORS, professions

OTHER_REASONS = SAS_ACTIVITY_SECTORS | {BILLING_SECTOR, TELECONSULTATION_SECTOR}
"""Sectors that are listed, or left out for a reason of their own."""

DECIDING = (
    "Code secteur d'activité",
    "Code catégorie professionnelle",
    "Code genre activité",
    "Code mode exercice",
    "Code profession",
    "Numéro SIRET site",
    "Numéro FINESS site",
    "Numéro FINESS établissement juridique",
    "Code pays (coord. structure)",
    "Code Département (structure)",
    "Téléphone (coord. structure)",
    "Téléphone 2 (coord. structure)",
)
TOLD = (
    "Code civilité d'exercice",
    "Code civilité",
    "Nom d'exercice",
    "Prénom d'exercice",
    "Code profession",
    "Code savoir-faire",
)
_SIRET, _FINESS = 14, 9


class Unlisted:
    """Tells the rows of one file; ``places`` says where each column stands."""

    def __init__(self, places: Mapping[str, int]) -> None:
        self._deciding = itemgetter(*(places[name] for name in DECIDING))
        self._told = itemgetter(*(places[name] for name in TOLD))

    def personal(self, line: int, person: Person, fields: list[str]) -> Activity | None:
        """What a row of a sector not listed tells of its person; None for any other row."""
        if person.register != "rpps" or not person.key_holds or not self._plain(fields):
            return None
        exercise, civility, family, given, profession, skill = self._told(fields)
        told = {
            "civility": exercise or civility,
            "family": family,
            "given": given,
            "profession": profession,
            "skill": skill,
        }
        own: dict[str, Any] = {key: text for key, text in told.items() if text}
        own |= {
            "mode": SALARIED,
            "line": line,
            "idnps": person.idnps,
            "rpps": person.number,
            "hidden": True,
        }
        return cast("Activity", own)

    def _plain(self, fields: list[str]) -> bool:
        """True for a sound row of a salaried person that only its sector keeps out."""
        sector, category, kind, mode, profession, *rest = self._deciding(fields)
        siret, finess, legal, country, department, *phones = rest
        return (
            sector not in OTHER_REASONS
            and category in ("", CIVIL)
            and kind in ("", CARE)
            and mode == SALARIED
            and profession in professions()
            and country in FRANCE
            and _placed(siret, finess, legal)
            and all(not text or _sound(text, department) for text in phones)
        )


def _placed(siret: str, finess: str, legal: str) -> bool:
    """True for a place known by sound identifiers, its FINESS being its own."""
    return (
        bool(finess or siret)
        and (not finess or (repairs.figures(finess, _FINESS) and finess != legal))
        and (not siret or repairs.figures(siret, _SIRET))
        and (not legal or repairs.figures(legal, _FINESS))
    )


def _sound(phone: str, department: str) -> bool:
    """True when nothing of a phone field would be refused."""
    if plain_number(phone):
        return True
    return not read_phones(phone, repairs.department(department) if department else "").refused
