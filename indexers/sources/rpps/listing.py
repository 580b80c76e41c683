"""Which activities the SAS lists: civil professionals, giving care, at a place one can go to.

Pure functions of one row. An unlisted row is healthy: it is counted apart from the quarantine.
"""

from functools import lru_cache
from typing import Any, cast

from indexers.quality.reasons import Reason
from indexers.sources.rpps.record import Activity
from mappings.analysis import fold
from mappings.codes import HEALTH_CENTRE_SECTOR, SAS_ACTIVITY_SECTORS, professions

CIVIL = "C"
STUDENT = "E"
MILITARY = "M"
"""Professional categories (column 12 of the register)."""

CARE = "GENR01"
"""The standard activity of care (TRE_R22); replacements, expertise and the like have others."""

BILLING_SECTOR = "SA50"
TELECONSULTATION_SECTOR = "SA64"

PERSONAL_KEYS = (
    "line",
    "idnps",
    "rpps",
    "adeli",
    "civility",
    "gender",
    "family",
    "given",
    "profession",
    "skill",
    "mode",
)
"""Fields of a row that belong to its person wherever they practise: other rows may need them."""

SALARIED = "S"
"""Mode of a person paid by the place (TRE_R23)."""

TELECONSULTATION_NAMES = (
    "centre de teleconsultation",
    "centre de teleconsultations",
    "centre de telemedecine",
    "hellocare",
    "livi",
    "medadom",
    "medecindirect",
    "medaviz",
    "plateforme de teleconsultation",
    "plateforme de telemedecine",
    "qare",
    "societe de teleconsultation",
    "tessan",
)
"""Folded phrases that make the name of a health centre that of a teleconsultation platform
(trap 32): platforms register as centres. Whole words, looked for in centres only, so that a
street or a person of that name excludes no professional."""


def activity_exclusion_reason(activity: Activity) -> Reason | None:
    """None when the SAS lists this activity, else the first reason why it does not."""
    return _person_exclusion_reason(activity) or _place_exclusion_reason(activity)


def row_exclusion_reason(row: Activity) -> Reason | None:
    """None when the row is an offer of the SAS, else the first reason why it is not."""
    return activity_exclusion_reason(row) or (None if "rpps" in row else Reason.WITHOUT_RPPS)


def personal_part(row: Activity) -> Activity:
    """The fields of an unlisted row that belong to its person, with ``hidden`` set.

    The address of a person who is not salaried stays: a contract with the health insurance may
    be theirs, and so of no homonym in town.
    """
    salaried = row.get("mode") == SALARIED
    kept = PERSONAL_KEYS if salaried else (*PERSONAL_KEYS, "address")
    own: dict[str, Any] = {key: row[key] for key in kept if key in row}  # type: ignore[literal-required]
    return cast("Activity", {**own, "hidden": True})


def is_teleconsultation_platform(name: str) -> bool:
    """True when the name of a centre is that of a platform; ``name`` as published."""
    words = f" {fold(name)} "
    return any(f" {phrase} " in words for phrase in TELECONSULTATION_NAMES)


_is_platform = lru_cache(maxsize=1 << 14)(is_teleconsultation_platform)

_CATEGORIES = {
    CIVIL: None,
    STUDENT: Reason.STUDENT,
    MILITARY: Reason.MILITARY,
}


def _person_exclusion_reason(activity: Activity) -> Reason | None:
    """An absent category or activity kind is unknown, and excludes no professional."""
    category = _CATEGORIES.get(activity.get("category", CIVIL), Reason.CATEGORY_UNKNOWN)
    if category is not None:
        return category
    if activity.get("profession") not in professions():
        return Reason.PROFESSION_UNKNOWN
    return None if activity.get("activity_kind", CARE) == CARE else Reason.OTHER_ACTIVITY


def _place_exclusion_reason(activity: Activity) -> Reason | None:
    sector = activity.get("activity_sector")
    if sector == BILLING_SECTOR:
        return Reason.BILLING_PLACE
    if sector == TELECONSULTATION_SECTOR or (
        sector == HEALTH_CENTRE_SECTOR and _names_platform(activity)
    ):
        return Reason.TELECONSULTATION
    if not has_place(activity):
        return Reason.NO_STRUCTURE
    if "country" in activity.get("address", {}):
        return Reason.ABROAD
    return None if sector in SAS_ACTIVITY_SECTORS else Reason.SECTOR_NOT_SHOWN


def has_place(activity: Activity) -> bool:
    """True with a structure identifier or at least a town: somewhere to send a patient to."""
    address = activity.get("address", {})
    return "idnst" in activity or "city" in address or "postal_code" in address


def _names_platform(activity: Activity) -> bool:
    return _is_platform(activity.get("place_name", "")) or _is_platform(activity.get("brand", ""))
