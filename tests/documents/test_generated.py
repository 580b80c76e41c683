"""The generated reference pages say what the code does: run ``make documents`` after a change."""

import re
from pathlib import Path

import pytest

from mappings.offers import offers_mapping
from tests.documents.documents import list_tracked_files
from tests.documents.generated import GENERATED, ROOT
from tests.documents.index_fields_page import find_undocumented_fields
from tests.documents.problems_page import collect_problems, read_conditions
from tests.documents.settings_page import FILES, SECTIONS, describe_settings
from tests.documents.tables import attribute_docstrings, markdown_table

PRODUCT = (
    "api/",
    "cli/",
    "elastic/",
    "geography/",
    "indexers/",
    "lrm/",
    "search_engine/",
    "slots/",
)


@pytest.mark.parametrize("path", GENERATED, ids=lambda path: path.name)
def test_a_generated_page_is_what_the_code_gives(path: Path) -> None:
    assert path.read_text("utf-8") == GENERATED[path](), "run `make documents`"


def test_every_setting_has_a_docstring() -> None:
    missing = {
        variable
        for _, settings in SECTIONS
        for name, variable, _, _ in describe_settings(settings)
        if name not in attribute_docstrings(settings)
    }
    assert missing == set()


def test_every_variable_that_the_code_names_is_a_setting() -> None:
    known = {name for name, _ in FILES}
    known |= {variable for _, kind in SECTIONS for _, variable, _, _ in describe_settings(kind)}
    named: set[str] = set()
    for path in list_tracked_files():
        if path.startswith(PRODUCT) and path.endswith(".py"):
            text = (ROOT / path).read_text("utf-8")
            named |= set(re.findall(r'(?:[`" ])(SAS_[A-Z_]*[A-Z])\b(?!_)', text))
    assert named - known - {"SAS_ACTIVITY_SECTORS", "SAS_API_KEYS_FILE"} == set()
    """A file of a source, and a setting of earlier versions that commands still bring in."""


def test_every_problem_has_its_condition() -> None:
    assert {code for _, code in collect_problems()} == set(read_conditions())


def test_every_field_has_a_docstring() -> None:
    assert list(find_undocumented_fields()) == []


def test_a_cell_never_breaks_its_table() -> None:
    assert markdown_table(("a",), [("x | y\nz",)]).splitlines()[-1] == "| x \\| y z |"


def test_the_fields_of_the_national_data_exist() -> None:
    page = (ROOT / "docs" / "reference" / "sources" / "README.md").read_text("utf-8")
    rows = page.partition("## Data of the national engine")[2].splitlines()
    cells = [row.split(" | ")[1] for row in rows if row.count(" | ") == 3]
    named = {name for cell in cells for name in re.findall(r"`([a-z_]+)`", cell)}
    properties = offers_mapping()["properties"]
    assert named - set(properties) - set(properties["slots"]["properties"]) == set()
