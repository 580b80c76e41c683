"""The table of who may do what, and the use cases that must be in it."""

import csv
import inspect
import pkgutil
from collections.abc import Iterator
from dataclasses import dataclass, fields, is_dataclass
from functools import cache
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any, get_type_hints

import records
from records.access import Actor

TABLE = Path(__file__).parent / "table.csv"
ROLES = (
    *("professional", "delegate", "structure_manager", "osnp", "ioa"),
    *("account_manager", "administrator", "data_team", "other"),
)
SIDES = ("own", "foreign")
"""Objects of the person, and the same of somebody else."""
PARTS = frozenset(
    {
        "records.agenda.changes.find_agenda_version",
        "records.idempotency.find_made",
        "records.orientations.ask.find_answered",
    }
)
"""Steps of a use case, which ask nothing again."""
REACH = {"all": frozenset(SIDES), "own": frozenset({"own"}), "none": frozenset[str]()}


@dataclass(frozen=True)
class AccessRow:
    """Who reaches which objects by one use case; ``route`` is empty where none exists."""

    use_case: str
    object: str
    route: str
    reach: dict[str, str]

    @property
    def name(self) -> str:
        """For the names of tests."""
        return f"{self.use_case.rpartition('.')[2]}: {self.object}"

    def is_reached(self, role: str, side: str) -> bool:
        """Whether somebody of a role reaches an object of a side."""
        return side in REACH[self.reach[role]]


@cache
def read_table() -> tuple[AccessRow, ...]:
    """Every row."""
    with TABLE.open(encoding="utf-8", newline="") as file:
        return tuple(
            AccessRow(
                row["use_case"], row["object"], row["route"], {role: row[role] for role in ROLES}
            )
            for row in csv.DictReader(file)
        )


def find_use_cases() -> set[str]:
    """Public functions of the records that act for somebody, by their full name."""
    return {
        f"{module.__name__}.{name}"
        for module in _list_modules()
        for name, function in inspect.getmembers(module, inspect.isfunction)
        if function.__module__ == module.__name__ and is_use_case(name, function)
    } - PARTS


def is_use_case(name: str, function: Any) -> bool:
    """A public function that opens the records and is given who acts, himself or inside a value."""
    hints = get_type_hints(function)
    hints.pop("return", None)
    return (
        not name.startswith("_") and "database" in hints and any(map(holds_actor, hints.values()))
    )


def holds_actor(hint: Any) -> bool:
    """An actor, or a value that has one."""
    if hint is Actor:
        return True
    if not (inspect.isclass(hint) and is_dataclass(hint)):
        return False
    return any(get_type_hints(hint).get(one.name) is Actor for one in fields(hint))


def _list_modules() -> Iterator[ModuleType]:
    for found in pkgutil.walk_packages(records.__path__, "records."):
        if ".migrations" not in found.name:
            yield import_module(found.name)
