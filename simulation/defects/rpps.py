"""Traps of the RPPS extracts."""

import random
from collections.abc import Callable, Mapping

from indexers.quality.reasons import Reason
from indexers.sources.rpps import activities, skills
from simulation.defects.kinds import Defect, Treatment
from simulation.files import pipe_line

Row = list[str]
ADDRESS = " (coord. structure)"
FAMILY, GIVEN, SITE = "Nom d'exercice", "Prénom d'exercice", "Raison sociale site"
PHONE = "Téléphone" + ADDRESS
NATIONAL_ID = "Identification nationale PP"
SECTOR, CATEGORY = "Code secteur d'activité", "Code catégorie professionnelle"
LISTED = ("SA05", "SA07", "SA08", "SA09", "SA52", "SA67")

_AT = {name: position for position, name in enumerate(activities.COLUMNS)}
_SKILL_AT = {name: position for position, name in enumerate(skills.COLUMNS)}

RENAMED = {
    "Libellé civilité d'exercice": "Libellé civilité exercice",
    "Code genre activité": "Code genre d'activité",
    "Téléphone (coord. structure)": "Téléphone (coord. Structure)",
}
"""Names of columns as other years wrote them."""


def build_renamed_header() -> bytes:
    """A header with a BOM and columns renamed (traps 3 and 4)."""
    return b"\xef\xbb\xbf" + pipe_line([RENAMED.get(name, name) for name in activities.COLUMNS])


def replace_values(row: Row, values: Mapping[str, str]) -> Row:
    """The row with other values in some columns."""
    changed = list(row)
    for name, value in values.items():
        changed[_AT[name]] = value
    return changed


def write_constants(**values: str) -> Callable[[Row, random.Random], Row]:
    """A damage that writes constants; names are keys of ``_COLUMN_BY_KEY``."""
    return lambda row, _: replace_values(
        row, {_COLUMN_BY_KEY[key]: value for key, value in values.items()}
    )


_COLUMN_BY_KEY = {
    "category": CATEGORY,
    "genre": "Code genre activité",
    "identifier": "Identifiant PP",
    "national_id": NATIONAL_ID,
    "phone": PHONE,
    "profession": "Code profession",
    "sector": SECTOR,
    "site": SITE,
}


def _is_shown(row: Row) -> bool:
    return row[_AT[CATEGORY]] == "C" and row[_AT[SECTOR]] in LISTED


def _when_shown(damage: Callable[[Row, random.Random], Row]) -> Callable[..., Row | None]:
    """Only on a row that would be shown: else another reason would come first."""
    return lambda row, rng: damage(row, rng) if _is_shown(row) else None


def _quote_site_name(row: Row, _: random.Random) -> Row:
    return replace_values(row, {SITE: f'CABINET "{row[_AT[FAMILY]]}" SANTE'})


def _without_last_pipe(row: Row, _: random.Random) -> bytes:
    return pipe_line(row)[:-2] + b"\n"


def _extra_field(row: Row, _: random.Random) -> Row:
    return [*row[:8], "SURPLUS", *row[8:]]


def _missing_fields(row: Row, _: random.Random) -> Row:
    return row[:20] + row[22:]


def _as_cp1252(row: Row, _: random.Random) -> bytes | None:
    text = pipe_line(row).decode()
    return None if text.isascii() else text.encode("cp1252", "replace")


def _lose_character(row: Row, _: random.Random) -> Row:
    given = row[_AT[GIVEN]]
    return replace_values(row, {GIVEN: given[:1] + "\ufffd" + given[2:]})


def _c1_apostrophe(row: Row, _: random.Random) -> Row | None:
    street = row[_AT["Libellé Voie" + ADDRESS]]
    if "'" not in street:
        return None
    return replace_values(row, {"Libellé Voie" + ADDRESS: street.replace("'", "\u0092")})


def _odd_spaces(row: Row, _: random.Random) -> Row:
    return replace_values(
        row, {FAMILY: f"\u00a0{row[_AT[FAMILY]]}\t", GIVEN: f" {row[_AT[GIVEN]]}\x07"}
    )


def _pad_names(row: Row, _: random.Random) -> Row:
    return replace_values(
        row, {FAMILY: row[_AT[FAMILY]].ljust(40), GIVEN: row[_AT[GIVEN]].ljust(30)}
    )


def _crlf(row: Row, _: random.Random) -> bytes:
    return pipe_line(row)[:-1] + b"\r\n"


def _spell_missing_values(row: Row, _: random.Random) -> Row:
    complement = "Complément destinataire" + ADDRESS
    return replace_values(row, {"Enseigne commerciale site": "NULL", complement: "-", PHONE: "\\N"})


def _spreadsheet_siret(row: Row, _: random.Random) -> Row | None:
    column = "Numéro SIRET site"
    return replace_values(row, {column: "9,92011E+13"}) if row[_AT[column]] else None


def _phone_without_zero(row: Row, _: random.Random) -> Row | None:
    number = row[_AT[PHONE]]
    return replace_values(row, {PHONE: number[1:]}) if number.isdigit() else None


def _postcode_without_zero(row: Row, _: random.Random) -> Row | None:
    code, insee = "Code postal" + ADDRESS, "Code commune" + ADDRESS
    if not (row[_AT[code]].startswith("0") and row[_AT[insee]].startswith("0")):
        return None
    return replace_values(row, {code: row[_AT[code]][1:], insee: row[_AT[insee]][1:]})


def _change_case(row: Row, _: random.Random) -> Row:
    return replace_values(row, {FAMILY: row[_AT[FAMILY]].title(), GIVEN: row[_AT[GIVEN]].upper()})


def _wrong_key(row: Row, _: random.Random) -> Row:
    number = row[_AT["Identifiant PP"]]
    wrong = number[:-1] + str((int(number[-1]) + 5) % 10)
    return replace_values(row, {"Identifiant PP": wrong, NATIONAL_ID: "8" + wrong})


def _without_former_id(row: Row, _: random.Random) -> Row | None:
    column = "Ancien identifiant de la structure"
    return replace_values(row, {column: ""}) if row[_AT[column]] else None


def _legal_as_site(row: Row, _: random.Random) -> Row | None:
    legal = row[_AT["Numéro FINESS établissement juridique"]]
    return replace_values(row, {"Numéro FINESS site": legal}) if legal else None


def _cedex(row: Row, _: random.Random) -> Row | None:
    code, city = row[_AT["Code postal" + ADDRESS]], row[_AT["Libellé commune" + ADDRESS]]
    if not code or not _is_shown(row):
        return None
    return replace_values(
        row,
        {
            "Code postal" + ADDRESS: code[:2] + "099",
            "Libellé commune" + ADDRESS: f"{city.upper()} CEDEX 9",
            "Bureau cedex" + ADDRESS: f"{code[:2]}099 {city.upper()} CEDEX 9",
            "Mention distribution" + ADDRESS: "CS 10009",
        },
    )


def _town_in_office(row: Row, _: random.Random) -> Row | None:
    if not row[_AT["Code postal" + ADDRESS]]:
        return None
    names = ("Code postal", "Code commune", "Libellé commune")
    return replace_values(row, {name + ADDRESS: "" for name in names})


def _pad_department(row: Row, _: random.Random) -> Row | None:
    column = "Code Département (structure)"
    code = row[_AT[column]]
    return replace_values(row, {column: "0" + code}) if len(code) == 2 else None  # noqa: PLR2004


def _abroad(row: Row, _: random.Random) -> Row:
    return replace_values(
        row,
        {
            "Code postal" + ADDRESS: "GL",
            "Code commune" + ADDRESS: "",
            "Libellé commune" + ADDRESS: "CHELTENHAM",
            "Bureau cedex" + ADDRESS: "GL 5O 2QJ CHELTENHAM",
            "Code pays" + ADDRESS: "99132",
            "Libellé pays" + ADDRESS: "Royaume-Uni",
            "Code Département (structure)": "",
        },
    )


def _type_in_street(row: Row, _: random.Random) -> Row | None:
    code = row[_AT["Code type de voie" + ADDRESS]]
    if not code:
        return None
    street = row[_AT["Libellé Voie" + ADDRESS]]
    return replace_values(
        row,
        {
            "Numéro Voie" + ADDRESS: "12-14",
            "Code type de voie" + ADDRESS: "",
            "Libellé type de voie" + ADDRESS: "",
            "Libellé Voie" + ADDRESS: f"{code} {street.upper()}",
        },
    )


def _email_as_phone(row: Row, _: random.Random) -> Row:
    return replace_values(row, {PHONE: "cabinet.medical@cabinet.example"})


_REJECTED, _WARNED = Treatment.REJECTED, Treatment.WARNED
_SKIPPED, _CLEANED = Treatment.SKIPPED, Treatment.CLEANED
_NAMES = ("family", "given")
_PLACE = ("address", "department")

ACTIVITIES = (
    Defect("quote_in_field", "1", _CLEANED, _quote_site_name, changes=("place_name",)),
    Defect("no_last_pipe", "2", _CLEANED, _without_last_pipe),
    Defect("extra_field", "2", _REJECTED, _extra_field, Reason.COLUMN_COUNT),
    Defect("missing_fields", "2", _REJECTED, _missing_fields, Reason.COLUMN_COUNT),
    Defect("cp1252_line", "5", _WARNED, _as_cp1252, Reason.NOT_UTF8),
    Defect("lost_character", "5", _WARNED, _lose_character, Reason.LOST_CHARACTER),
    Defect("c1_apostrophe", "5", _CLEANED, _c1_apostrophe, changes=("address",)),
    Defect("odd_spaces", "6", _CLEANED, _odd_spaces),
    Defect("padded", "7", _CLEANED, _pad_names),
    Defect("crlf", "8", _CLEANED, _crlf),
    Defect("missing_spelled", "13", _CLEANED, _spell_missing_values, changes=("phones",)),
    Defect("siret_as_float", "14", _WARNED, _spreadsheet_siret, Reason.IDENTIFIER_DROPPED),
    Defect("phone_without_zero", "14", _CLEANED, _phone_without_zero),
    Defect("code_without_zero", "14", _CLEANED, _postcode_without_zero),
    Defect("spelled_otherwise", "15", _CLEANED, _change_case, changes=_NAMES),
    Defect("wrong_key", "21", _WARNED, _wrong_key, Reason.KEY_CHECK_FAILED),
    Defect("no_former_id", "22", _CLEANED, _without_former_id),
    Defect("legal_as_site", "23", _WARNED, _legal_as_site, Reason.LEGAL_FINESS_AS_SITE),
    Defect("military", "25", _SKIPPED, _when_shown(write_constants(category="M")), Reason.MILITARY),
    Defect("student", "25", _SKIPPED, _when_shown(write_constants(category="E")), Reason.STUDENT),
    Defect(
        "billing", "31", _SKIPPED, _when_shown(write_constants(sector="SA50")), Reason.BILLING_PLACE
    ),
    Defect(
        "teleconsultation",
        "32",
        _SKIPPED,
        _when_shown(write_constants(sector="SA64")),
        Reason.TELECONSULTATION,
    ),
    Defect(
        "platform_as_centre",
        "32",
        _SKIPPED,
        _when_shown(write_constants(sector="SA05", site="CENTRE DE TÉLÉCONSULTATION")),
        Reason.TELECONSULTATION,
    ),
    Defect("cedex", "36", _CLEANED, _cedex, changes=_PLACE),
    Defect("town_in_office", "37", _CLEANED, _town_in_office, changes=_PLACE),
    Defect("padded_department", "39", _CLEANED, _pad_department),
    Defect("abroad", "42", _SKIPPED, _when_shown(_abroad), Reason.ABROAD),
    Defect("type_in_street", "44", _CLEANED, _type_in_street, changes=_PLACE),
    Defect(
        "two_phones",
        "56",
        _CLEANED,
        write_constants(phone="0199001122 / 0199003344"),
        changes=("phones",),
    ),
    Defect("zero_phone", "56", _CLEANED, write_constants(phone="0000000000"), changes=("phones",)),
    Defect(
        "long_prefix", "56", _CLEANED, write_constants(phone="0033199001122"), changes=("phones",)
    ),
    Defect(
        "phone_is_text",
        "56",
        _WARNED,
        write_constants(phone="VOIR SECRETARIAT DU CABINET"),
        Reason.PHONE_DROPPED,
    ),
    Defect("email_as_phone", "57", _CLEANED, _email_as_phone, changes=("phones", "email")),
    Defect("no_national_id", "-", _CLEANED, write_constants(national_id="")),
    Defect(
        "no_person",
        "-",
        _REJECTED,
        write_constants(identifier="", national_id=""),
        Reason.PERSON_ID_MISSING,
    ),
    Defect(
        "bad_person", "-", _REJECTED, write_constants(national_id="8123"), Reason.PERSON_ID_INVALID
    ),
    Defect(
        "other_activity",
        "-",
        _SKIPPED,
        _when_shown(write_constants(genre="GENR03")),
        Reason.OTHER_ACTIVITY,
    ),
    Defect(
        "profession_unknown",
        "-",
        _SKIPPED,
        _when_shown(write_constants(profession="77")),
        Reason.PROFESSION_UNKNOWN,
    ),
    Defect(
        "category_unknown",
        "-",
        _SKIPPED,
        _when_shown(write_constants(category="X")),
        Reason.CATEGORY_UNKNOWN,
    ),
)


def cut_line(row: Row) -> bytes:
    """The last line of a download that was cut: neither its end nor its line break."""
    return pipe_line(row)[:60]


CUT = Defect("cut_line", "8", _REJECTED, lambda row, _: cut_line(row), Reason.TRUNCATED_LINE)
RENAMED_HEADER = Defect("renamed_header", "3", _CLEANED, lambda _row, _rng: build_renamed_header())


def _skill(row: Row, name: str, value: str) -> Row:
    changed = list(row)
    changed[_SKILL_AT[name]] = value
    return changed


SKILLS = (
    Defect(
        "skill_missing",
        "26",
        _REJECTED,
        lambda row, _: _skill(row, "Code savoir-faire", ""),
        Reason.SKILL_MISSING,
    ),
    Defect(
        "bad_person",
        "-",
        _REJECTED,
        lambda row, _: _skill(row, NATIONAL_ID, "8ABC"),
        Reason.PERSON_ID_INVALID,
    ),
    Defect("cp1252_line", "5", _WARNED, _as_cp1252, Reason.NOT_UTF8),
    Defect("crlf", "8", _CLEANED, _crlf),
    Defect("extra_field", "2", _REJECTED, _extra_field, Reason.COLUMN_COUNT),
)
