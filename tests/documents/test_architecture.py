"""The table of rooms is that of the import contract."""

import re
import tomllib

from tests.documents.documents import ROOT

PAGE = (ROOT / "docs" / "explanation" / "architecture.md").read_text("utf-8")


def test_the_rooms_are_those_of_the_import_contract() -> None:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]
    layers = contracts["contracts"][0]["layers"]
    expected = {
        (str(line), name) for line, names in enumerate(layers, 1) for name in names.split(" | ")
    }
    assert set(re.findall(r"^\| (\d+) \| `(\w+)/` \|", PAGE, re.MULTILINE)) == expected
