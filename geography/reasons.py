"""Why a point was refused or changed, why an address was read so: stable codes."""

from enum import StrEnum


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
    """What was mended or assumed on the way to a point."""

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
