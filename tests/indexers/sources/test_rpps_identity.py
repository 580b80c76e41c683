"""Identifiers of persons and structures, from the columns that may hold them."""

import pytest

from indexers.quality.reasons import Reason
from indexers.sources.reading import repairs
from indexers.sources.rpps.identity import (
    PersonIdentifier,
    parse_technical_id,
    read_idnst,
    read_person,
)


@pytest.mark.parametrize(
    ("technical", "idnst"),
    [
        ("F010000024", "1010000024"),
        ("F2A0000014", "12A0000014"),
        ("C26010004500012", "326010004500012"),
        ("C259300017", "0259300017"),
        ("R10100000016101", "410100000016101"),
        ("R101", None),
        ("F123", None),
        ("X010000024", None),
        ("010000024", None),
        ("", None),
    ],
)
def test_the_letter_of_the_register_is_a_digit_for_editors(
    technical: str, idnst: str | None
) -> None:
    """Trap 22."""
    assert parse_technical_id(technical) == idnst


@pytest.mark.parametrize(
    ("former", "technical", "finess", "siret", "idnst"),
    [
        ("410100000016101", "F010000024", "010000024", "", "410100000016101"),
        ("1010000024", "", "", "", "1010000024"),
        ("", "F010000024", "", "26010004500012", "1010000024"),
        ("sans objet", "R10100000016101", "", "", "410100000016101"),
        ("", "R101", "010000024", "26010004500012", "1010000024"),
        ("", "", "", "26010004500012", "326010004500012"),
        ("", "", "", "", ""),
    ],
)
def test_the_best_column_gives_the_structure(
    former: str, technical: str, finess: str, siret: str, idnst: str
) -> None:
    assert read_idnst(former, technical, finess, siret) == idnst


@pytest.mark.parametrize(
    ("columns", "person"),
    [
        (("8", "", "810100000016"), PersonIdentifier("810100000016", "rpps", "10100000016", True)),
        (("8", "10100000016", ""), PersonIdentifier("810100000016", "rpps", "10100000016", True)),
        (("8", "", "810107582544"), PersonIdentifier("810107582544", "rpps", "10107582544", False)),
        (("0", "", "0012345678"), PersonIdentifier("0012345678", "adeli", "012345678", True)),
        (("0", "2A9300017", ""), PersonIdentifier("02A9300017", "adeli", "2A9300017", True)),
        (("8", "", ""), Reason.PERSON_ID_MISSING),
        (("", "", ""), Reason.PERSON_ID_MISSING),
        (("9", "", "910100000016"), Reason.PERSON_ID_INVALID),
        (("8", "", "8,101E+11"), Reason.PERSON_ID_INVALID),
        (("8", "", "81010000001"), Reason.PERSON_ID_INVALID),
        (("0", "", "0012345-78"), Reason.PERSON_ID_INVALID),
        (("8", "", "8٣0100000016"), Reason.PERSON_ID_INVALID),
    ],
)
def test_the_person_of_a_row(
    columns: tuple[str, str, str], person: PersonIdentifier | Reason
) -> None:
    """An ADELI keeps its zeros: it is a text, never a number."""
    assert read_person(*columns) == person


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("075", "75"),
        ("02A", "2A"),
        ("2b", "2B"),
        ("1", "01"),
        ("971", "971"),
        ("9D", "974"),
        ("9J", "986"),
        ("988", "988"),
        ("99", "99"),
        ("Ain", ""),
        ("0750", ""),
    ],
)
def test_department_codes(text: str, code: str) -> None:
    """Traps 39 and 40."""
    assert repairs.department(text) == code


@pytest.mark.parametrize(
    ("identifier", "holds"),
    [
        ("10003461033", False),
        ("26010004500012", True),
        ("35600000000048", True),
        ("35600000000049", True),
        ("2A0000014", True),
        ("510032549", False),
    ],
)
def test_control_digits(identifier: str, holds: bool) -> None:
    """Trap 21: La Poste numbers its sites without a key; Corsican numbers have letters."""
    assert repairs.has_valid_key(identifier) is holds
