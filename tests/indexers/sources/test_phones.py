"""Phone fields as published: traps 56 and 57."""

import pytest

from indexers.sources.phones import PhoneField, merge_phone_fields, read_phones


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("04 74 45 46 47", ("+33474454647",)),
        ("0474454647", ("+33474454647",)),
        ("04.74.45.46.47", ("+33474454647",)),
        ("04-74-45-46-47", ("+33474454647",)),
        ("+33 4 74 45 46 47", ("+33474454647",)),
        ("+33 (0)4 74 45 46 47", ("+33474454647",)),
        ("0033474454647", ("+33474454647",)),
        ("33474454647", ("+33474454647",)),
        ("474454647", ("+33474454647",)),
        ("0474454647/0474454648", ("+33474454647", "+33474454648")),
        ("0474454647 ou 04 74 45 46 48", ("+33474454647", "+33474454648")),
        ("04 74 45 46 47 - 04 74 45 46 48", ("+33474454647", "+33474454648")),
        ("04744546470474454648", ("+33474454647", "+33474454648")),
        ("0474454647 0474454647", ("+33474454647",)),
        ("0474454647 poste 12", ("+33474454647",)),
        ("Secrétariat : 04 74 45 46 47", ("+33474454647",)),
        ("0892350000", ("+33892350000",)),
        ("06 00 00 00 01", ("+33600000001",)),
        ("15", ("15",)),
        ("3624", ("3624",)),
        ("116117", ("116117",)),
        ("+32 2 555 12 12", ("+3225551212",)),
        ("00377 93 25 00 00", ("+37793250000",)),
    ],
)
def test_every_way_to_write_a_number_gives_e164(text: str, numbers: tuple[str, ...]) -> None:
    assert read_phones(text) == PhoneField(numbers)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("0262905050", "+262262905050"),
        ("0692000001", "+262692000001"),
        ("0269666815", "+262269666815"),
        ("0590821963", "+590590821963"),
        ("0690000001", "+590690000001"),
        ("0594395050", "+594594395050"),
        ("0596748677", "+596596748677"),
        ("0508411234", "+508508411234"),
        ("+33 590 82 19 63", "+590590821963"),
        ("+590 590 82 19 63", "+590590821963"),
        ("+262 0262 90 50 50", "+262262905050"),
    ],
)
def test_overseas_numbers_get_their_own_country_code(text: str, number: str) -> None:
    assert read_phones(text).numbers == (number,)


@pytest.mark.parametrize(
    ("text", "department", "number"),
    [
        ("41 12 34", "975", "+508411234"),
        ("72 07 00", "986", "+681720700"),
        ("40 46 62 62", "987", "+68940466262"),
        ("20 80 00", "988", "+687208000"),
    ],
)
def test_a_number_dialled_locally_needs_its_department(
    text: str, department: str, number: str
) -> None:
    assert read_phones(text, department).numbers == (number,)
    assert read_phones(text).refused == (text,)


@pytest.mark.parametrize("text", ["", "0000000000", "00 00 00 00 00", "9999999999", " / "])
def test_placeholders_are_neither_kept_nor_refused(text: str) -> None:
    assert read_phones(text) == PhoneField()


def test_an_email_in_the_phone_column_is_an_email() -> None:
    assert read_phones("contact@cabinet-exemple.fr") == PhoneField(
        (), ("contact@cabinet-exemple.fr",)
    )
    assert read_phones("0474454647 accueil@cds.example.org") == PhoneField(
        ("+33474454647",), ("accueil@cds.example.org",)
    )


@pytest.mark.parametrize("text", ["voir secrétariat", "04744546", "1234567", "04 74 45 46 4"])
def test_what_is_no_number_is_refused_not_guessed(text: str) -> None:
    assert read_phones(text) == PhoneField((), (), (text,))


def test_fields_merge_without_repeating() -> None:
    fields = (read_phones("0474454647"), read_phones("04 74 45 46 47/15"), read_phones("?"))
    assert merge_phone_fields(fields) == PhoneField(("+33474454647", "15"), (), ("?",))
