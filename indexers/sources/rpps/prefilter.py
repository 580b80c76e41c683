"""Rows of activity that are plainly not listed, recognised early: more than half a file.

Hospital staff, pharmacies and homes for the elderly are recognised by a few columns. A row that
could be damaged or refused for another reason is read in full: quarantines count the same.
"""

from collections.abc import Mapping
from operator import itemgetter
from typing import Any, cast

from indexers.sources.phones import plain_number, read_phones
from indexers.sources.reading import repairs
from indexers.sources.rpps.address import FRANCE
from indexers.sources.rpps.identity import PersonIdentifier, read_gender
from indexers.sources.rpps.listing import (
    BILLING_SECTOR,
    CARE,
    CIVIL,
    SALARIED,
    TELECONSULTATION_SECTOR,
)
from indexers.sources.rpps.record import Activity
from mappings.codes import SAS_ACTIVITY_SECTORS, professions

SECTORS_READ_IN_FULL = SAS_ACTIVITY_SECTORS | {BILLING_SECTOR, TELECONSULTATION_SECTOR}
"""Sectors that are listed, or left out for a reason of their own."""

FILTER_COLUMNS = (
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
PERSONAL_COLUMNS = (
    "Code civilité d'exercice",
    "Code civilité",
    "Nom d'exercice",
    "Prénom d'exercice",
    "Code profession",
    "Code savoir-faire",
)
_SIRET, _FINESS = 14, 9


class UnlistedRowReader:
    """Recognises the rows of one file; ``places`` holds the position of each column."""

    def __init__(self, places: Mapping[str, int]) -> None:
        self._pick_filtered = itemgetter(*(places[name] for name in FILTER_COLUMNS))
        self._pick_personal = itemgetter(*(places[name] for name in PERSONAL_COLUMNS))

    def read_personal_fields(
        self, line: int, person: PersonIdentifier, fields: list[str]
    ) -> Activity | None:
        """The fields of the person of a row of an unlisted sector; None for any other row."""
        if (
            person.register != "rpps"
            or not person.key_valid
            or not self._is_excluded_by_sector_only(fields)
        ):
            return None
        exercise, civility, family, given, profession, skill = self._pick_personal(fields)
        personal = {
            "civility": exercise or civility,
            "gender": read_gender(civility, exercise),
            "family": family,
            "given": given,
            "profession": profession,
            "skill": skill,
        }
        own: dict[str, Any] = {key: text for key, text in personal.items() if text}
        own |= {
            "mode": SALARIED,
            "line": line,
            "idnps": person.idnps,
            "rpps": person.number,
            "hidden": True,
        }
        return cast("Activity", own)

    def _is_excluded_by_sector_only(self, fields: list[str]) -> bool:
        """True for a sound row of a salaried person that only its sector keeps out."""
        sector, category, kind, mode, profession, *rest = self._pick_filtered(fields)
        siret, finess, legal, country, department, *phones = rest
        return (
            sector not in SECTORS_READ_IN_FULL
            and category in ("", CIVIL)
            and kind in ("", CARE)
            and mode == SALARIED
            and profession in professions()
            and country in FRANCE
            and _has_sound_identifiers(siret, finess, legal)
            and all(not text or _is_sound_phone(text, department) for text in phones)
        )


def _has_sound_identifiers(siret: str, finess: str, legal: str) -> bool:
    """True for a place known by sound identifiers, its FINESS being its own."""
    return (
        bool(finess or siret)
        and (not finess or (repairs.is_digits(finess, _FINESS) and finess != legal))
        and (not siret or repairs.is_digits(siret, _SIRET))
        and (not legal or repairs.is_digits(legal, _FINESS))
    )


def _is_sound_phone(phone: str, department: str) -> bool:
    """True when nothing of a phone field would be refused."""
    if plain_number(phone):
        return True
    return not read_phones(phone, repairs.department(department) if department else "").refused
