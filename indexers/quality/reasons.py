"""Why a row was set aside, warned about or not shown: stable codes, each with its explanation.

Three uses, never mixed: a rejected row is damage and counts towards the limit that stops a load;
a warning keeps the row; a row not shown is healthy and outside what the SAS lists.
"""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType


class Reason(StrEnum):
    """Reason codes, as printed, counted and written to quarantine files."""

    TRUNCATED_LINE = "truncated_line"
    COLUMN_COUNT = "column_count"
    UNKNOWN_SECTION = "unknown_section"
    INVALID_RECORD = "invalid_record"
    OUT_OF_BOUNDS = "out_of_bounds"
    LINE_TOO_LONG = "line_too_long"
    TOO_MANY_ROWS = "too_many_rows"
    PERSON_ID_MISSING = "person_id_missing"
    PERSON_ID_INVALID = "person_id_invalid"
    FINESS_MISSING = "finess_missing"
    FINESS_INVALID = "finess_invalid"
    FINESS_DUPLICATE = "finess_duplicate"
    SKILL_MISSING = "skill_missing"
    RECORD_SUPERSEDED = "record_superseded"
    NOT_LOCATED = "not_located"

    NOT_UTF8 = "not_utf8"
    LOST_CHARACTER = "lost_character"
    KEY_CHECK_FAILED = "key_check_failed"
    IDENTIFIER_DROPPED = "identifier_dropped"
    LEGAL_FINESS_AS_SITE = "legal_finess_as_site"
    EGE_ID_DUPLICATE = "ege_id_duplicate"
    POINT_WITHOUT_STRUCTURE = "point_without_structure"
    PHONE_DROPPED = "phone_dropped"
    DATE_DROPPED = "date_dropped"

    STUDENT = "student"
    MILITARY = "military"
    CATEGORY_UNKNOWN = "category_unknown"
    PROFESSION_UNKNOWN = "profession_unknown"
    OTHER_ACTIVITY = "other_activity"
    NO_STRUCTURE = "no_structure"
    ABROAD = "abroad"
    BILLING_PLACE = "billing_place"
    TELECONSULTATION = "teleconsultation"
    SECTOR_NOT_SHOWN = "sector_not_shown"
    CLOSED = "closed"
    KIND_NOT_SHOWN = "kind_not_shown"
    WITHOUT_RPPS = "without_rpps"
    SOLUTION_DISABLED = "solution_disabled"
    NOT_A_PERSON = "not_a_person"
    SECTOR_UNKNOWN = "sector_unknown"
    CONVENTION_NOT_FOUND = "convention_not_found"
    CONVENTION_HOMONYM = "convention_homonym"
    CONVENTION_AMBIGUOUS = "convention_ambiguous"


EXPLANATIONS: Mapping[Reason, str] = MappingProxyType(
    {
        Reason.TRUNCATED_LINE: "the file ends inside this line: the download was cut",
        Reason.COLUMN_COUNT: "the line does not have the number of fields of its header",
        Reason.UNKNOWN_SECTION: "the line belongs to no known section of the file",
        Reason.INVALID_RECORD: "the record does not have the shape its format requires",
        Reason.OUT_OF_BOUNDS: "a value is longer or larger than its field holds, or of another age",
        Reason.LINE_TOO_LONG: "the line is over 4 MiB: two lines run together, or a damaged file",
        Reason.TOO_MANY_ROWS: "more rows of one person, or of one small source, than there can be",
        Reason.PERSON_ID_MISSING: "no national identifier of the professional",
        Reason.PERSON_ID_INVALID: "the identifier is neither 8 + RPPS nor 0 + ADELI",
        Reason.FINESS_MISSING: "the site has no FINESS number, only a technical identifier",
        Reason.FINESS_INVALID: "the FINESS number of the site does not have 9 characters",
        Reason.FINESS_DUPLICATE: "another line has the FINESS number and is open, or newer",
        Reason.SKILL_MISSING: "the line has no skill code",
        Reason.RECORD_SUPERSEDED: "another line of the file has the key, and is newer or fuller",
        Reason.NOT_LOCATED: "neither address nor commune is known in France, so it has no distance",
        Reason.NOT_UTF8: "the line is not UTF-8 and was read as Windows-1252",
        Reason.LOST_CHARACTER: "the source itself holds a replacement character",
        Reason.KEY_CHECK_FAILED: "the control digit of an identifier is wrong; real ones fail it",
        Reason.IDENTIFIER_DROPPED: "an identifier is damaged beyond repair and was left out",
        Reason.LEGAL_FINESS_AS_SITE: "the column of the site holds the FINESS of the legal entity",
        Reason.EGE_ID_DUPLICATE: "two sites share one technical identifier",
        Reason.POINT_WITHOUT_STRUCTURE: "a point refers to a FINESS number the file does not have",
        Reason.PHONE_DROPPED: "a phone field holds something that is no phone number",
        Reason.DATE_DROPPED: "a date is not a day of the calendar and was left out",
        Reason.STUDENT: "a student",
        Reason.MILITARY: "a military professional",
        Reason.CATEGORY_UNKNOWN: "a professional category that is not civil",
        Reason.PROFESSION_UNKNOWN: "no profession, or one outside the tables",
        Reason.OTHER_ACTIVITY: "an activity other than giving care (TRE_R22, GENR01)",
        Reason.NO_STRUCTURE: "no place of practice: retired, substitute or newly registered",
        Reason.ABROAD: "a place of practice outside France",
        Reason.BILLING_PLACE: "a billing structure (SA50), often at the doctor's own home",
        Reason.TELECONSULTATION: "a teleconsultation company, not a place a patient can go to",
        Reason.SECTOR_NOT_SHOWN: "an activity sector outside those the SAS lists",
        Reason.CLOSED: "the site is closed",
        Reason.KIND_NOT_SHOWN: "a FINESS category outside those the SAS lists",
        Reason.WITHOUT_RPPS: "only an ADELI number, ended in June 2024: not found by any editor",
        Reason.SOLUTION_DISABLED: "a marketplace solution its editor switched off",
        Reason.NOT_A_PERSON: "a company, or a row without a family and a given name",
        Reason.SECTOR_UNKNOWN: "no convention sector is told, or in words nobody knows",
        Reason.CONVENTION_NOT_FOUND: "no contract bears this name, trade and town",
        Reason.CONVENTION_HOMONYM: "several professionals of the town bear this name and trade",
        Reason.CONVENTION_AMBIGUOUS: "contracts of this name and town differ, none at the address",
    }
)
"""One sentence a reason, for the report of a load."""
