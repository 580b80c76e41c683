"""Code tables: unique codes, groups of reform pairs, targets of synonyms."""

import pytest

from mappings import codes
from mappings.records import StructureKind


def test_a_code_is_unique_in_its_table():
    for name in ("professions", "specialties", "structure_categories"):
        listed = [row["code"] for row in codes.table_rows(name)]
        assert len(listed) == len(set(listed)), name


def test_labels_show_without_the_suffix_of_the_terminology():
    assert codes.specialties()["SM54"].label == "Médecine générale"
    assert not [c.label for c in codes.specialties().values() if c.label.endswith("(SM)")]
    assert codes.display_label("Chirurgie (main)") == "Chirurgie (main)"


@pytest.mark.proves("F028")
def test_general_practitioners_are_one_group_of_three_codes():
    assert set(codes.with_group("SM54")) == {"SM26", "SM53", "SM54"}
    assert codes.with_group("SM05") == ("SM05",)


def test_every_code_of_a_group_exists_and_has_one_group_only():
    listed = [row["code"] for row in codes.table_rows("specialty_groups")]
    assert len(listed) == len(set(listed))
    assert set(listed) <= set(codes.specialties())


def test_every_synonym_leads_to_a_known_target():
    unknown = {t.code for _, t in codes.synonyms() if t.label == t.code}
    assert unknown == set()


@pytest.mark.proves("F033")
def test_the_category_of_a_structure_tells_its_kind_and_whether_it_is_in_scope():
    assert codes.structure_kind("603") is StructureKind.MSP
    assert codes.structure_kind("124") is StructureKind.HEALTH_CENTRE
    assert codes.structure_kind("617") is StructureKind.UNSCHEDULED_CARE
    assert codes.structure_kind("999") is None
