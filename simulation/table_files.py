"""The tables of the invented country, ``simulation/tables/*.csv``: who, where, when, how often.

Rates and their sources: docs/reference/test-data-rates.md.
"""

import csv
from importlib import resources


def read_table(name: str) -> list[dict[str, str]]:
    """The rows of ``simulation/tables/<name>.csv``."""
    path = resources.files("simulation").joinpath("tables", f"{name}.csv")
    return list(csv.DictReader(path.read_text("utf-8").splitlines()))


def split_texts(cell: str) -> list[str]:
    """The texts of a cell: ``a|b`` gives both, spaces kept."""
    return cell.split("|")
