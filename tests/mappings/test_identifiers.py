"""National identifiers: prefixes, damaged spellings, Luhn keys that warn only."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mappings.identifiers import (
    StructureIdKind,
    as_adeli,
    as_finess,
    as_idnps,
    as_idnst,
    as_rpps,
    as_siret,
    is_luhn_valid,
    structure_id_kind,
)


@pytest.mark.proves("E29", "C37")
@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("810100050075", "810100050075"),
        ("10100050075", "810100050075"),
        (" 8 10100050075 ", "810100050075"),
        ("8.10100050075", "810100050075"),
        ("8\u00a010100050075", "810100050075"),
        ("0012345678", "0012345678"),
        ("012345678", "0012345678"),
        (10100050075, "810100050075"),
    ],
)
def test_a_person_identifier_is_read_with_or_without_its_prefix(written, expected):
    assert as_idnps(written) == expected


@pytest.mark.parametrize("written", ["", None, "abc", "123", "8101000500", "9" * 13])
def test_what_is_no_person_identifier_is_none(written):
    assert as_idnps(written) is None


@pytest.mark.proves("C38", "E30")
@pytest.mark.parametrize(
    ("written", "idnst", "kind"),
    [
        ("1810004421", "1810004421", StructureIdKind.FINESS),
        ("810004421", "1810004421", StructureIdKind.FINESS),
        ("12A0000154", "12A0000154", StructureIdKind.FINESS),
        ("2A0000154", "12A0000154", StructureIdKind.FINESS),
        ("334173748400020", "334173748400020", StructureIdKind.SIRET),
        ("26010004500012", "326010004500012", StructureIdKind.SIRET),
        ("412345678912345", "412345678912345", StructureIdKind.RPPS_RANG),
        ("10100050075001", "410100050075001", StructureIdKind.RPPS_RANG),
        ("0012345678", "0012345678", StructureIdKind.ADELI_RANG),
    ],
)
def test_the_prefix_of_a_structure_identifier_tells_its_kind(written, idnst, kind):
    assert as_idnst(written) == idnst
    assert structure_id_kind(idnst) is kind


def test_a_structure_identifier_of_another_form_is_none():
    assert as_idnst("X12") is None
    assert structure_id_kind("910004421") is None


@pytest.mark.proves("W28")
def test_identifiers_are_returned_without_prefix_for_the_index():
    assert as_rpps("810100050075") == "10100050075"
    assert as_finess("12B0000154") == "2B0000154"
    assert as_siret("334173748400020") == "34173748400020"
    assert as_adeli("0012345678") == "012345678"


def test_a_luhn_key_is_told_but_never_refuses():
    assert is_luhn_valid("79927398713")
    assert not is_luhn_valid("10107582544")
    assert as_rpps("10107582544") == "10107582544"
    assert not is_luhn_valid("2A0000154")


@given(st.text(max_size=20))
def test_no_text_breaks_the_readers(text):
    for read in (as_idnps, as_idnst, as_finess, as_siret):
        found = read(text)
        assert found is None or read(found) is not None
