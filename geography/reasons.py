"""Why a point was refused or changed, why an address was read so: stable codes."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType


class Refusal(StrEnum):
    """Why a raw point is not used (traps 45 to 52)."""

    EMPTY = "empty"
    NOT_A_NUMBER = "not_a_number"
    ZERO_ZERO = "zero_zero"
    LAT_EQUALS_LON = "lat_equals_lon"
    SIGN_FLIPPED = "sign_flipped"
    OUTSIDE_FRANCE = "outside_france"
    OUTSIDE_DEPARTMENT = "outside_department"
    FAR_FROM_COMMUNE = "far_from_commune"


class Note(StrEnum):
    """Correction or assumption made to obtain a point."""

    AXES_SWAPPED = "axes_swapped"
    PROJECTION_FROM_DEPARTMENT = "projection_from_department"
    PROJECTION_FROM_VALUES = "projection_from_values"
    COMMUNE_FROM_POINT = "commune_from_point"
    COMMUNE_POINT = "commune_point"
    DEFAULT_POINT = "default_point"
    MERGED_COMMUNE = "merged_commune"
    INSEE_ZERO_RESTORED = "insee_zero_restored"
    INSEE_UNKNOWN = "insee_unknown"
    INSEE_IS_POSTCODE = "insee_is_postcode"
    INSEE_OUTVOTED = "insee_outvoted"
    CODES_DISAGREE = "codes_disagree"
    LEGACY_OVERSEAS_CODE = "legacy_overseas_code"
    DISTRICT_TOLD = "district_told"
    TOWN_IN_ANOTHER_FIELD = "town_in_another_field"
    CITY_NOT_IN_POSTCODE = "city_not_in_postcode"
    POSTCODE_ONLY = "postcode_only"
    HOMONYM = "homonym"
    GEOCODER_ELSEWHERE = "geocoder_elsewhere"


class Unlocatable(StrEnum):
    """Why an address has no place at all."""

    FOREIGN = "foreign_address"
    UNKNOWN_COMMUNE = "unknown_commune"
    AMBIGUOUS_COMMUNE = "ambiguous_commune"
    EMPTY = "empty_address"


EXPLANATIONS: Mapping[str, str] = MappingProxyType(
    {
        Refusal.EMPTY: "a coordinate is empty",
        Refusal.NOT_A_NUMBER: "a coordinate is no number",
        Refusal.ZERO_ZERO: "both coordinates are zero: nobody filled them in",
        Refusal.LAT_EQUALS_LON: "latitude and longitude are the same number",
        Refusal.SIGN_FLIPPED: "the point is right with another sign, which is not guessed",
        Refusal.OUTSIDE_FRANCE: "in no projection does the point lie in France",
        Refusal.OUTSIDE_DEPARTMENT: "the point lies over 10 km outside the department",
        Refusal.FAR_FROM_COMMUNE: "the point lies over 10 km outside the commune",
        Note.AXES_SWAPPED: "the two coordinates were written in the other order",
        Note.PROJECTION_FROM_DEPARTMENT: "the projection is that of the department, not as told",
        Note.PROJECTION_FROM_VALUES: "the projection was told by the values alone",
        Note.COMMUNE_FROM_POINT: "the address names no known commune: the point's was taken",
        Note.COMMUNE_POINT: "the point is the centre of the commune and is marked so",
        Note.DEFAULT_POINT: "over 20 addresses share the point: it is marked as the commune's",
        Note.MERGED_COMMUNE: "a former commune, read as part of the one of today",
        Note.INSEE_ZERO_RESTORED: "the leading zero of the commune code came back",
        Note.INSEE_UNKNOWN: "no commune has this code: postcode and town decided",
        Note.INSEE_IS_POSTCODE: "the commune code is a postcode and was read as one",
        Note.INSEE_OUTVOTED: "postcode and town agree on another commune than the code: theirs",
        Note.CODES_DISAGREE: "code, postcode and town disagree, and no two agree: the code's",
        Note.LEGACY_OVERSEAS_CODE: "a FINESS code overseas (9A to 9J), read as the commune's",
        Note.DISTRICT_TOLD: "the code of a whole city: postcode or town told the district",
        Note.TOWN_IN_ANOTHER_FIELD: "the town stood in the field of the sorting office",
        Note.CITY_NOT_IN_POSTCODE: "the postcode has no such town: the town decided",
        Note.POSTCODE_ONLY: "only the postcode tells the commune",
        Note.HOMONYM: "several communes of this name: the likeliest was taken",
        Note.GEOCODER_ELSEWHERE: "the geocoder answered in another commune and was not followed",
        Unlocatable.FOREIGN: "the address is abroad",
        Unlocatable.UNKNOWN_COMMUNE: "no commune of France is named so",
        Unlocatable.AMBIGUOUS_COMMUNE: "several communes are named so, far apart",
        Unlocatable.EMPTY: "neither postcode nor town",
    }
)
"""One sentence a code, for the report of a load."""
