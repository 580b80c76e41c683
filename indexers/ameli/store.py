"""Rows of both sides kept on disk by their keys while a load joins them: one temporary SQLite file.

Memory does not grow with the country, and each look-up is one search in a B-tree.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import orjson

from indexers.ameli.record import Contract, Identity
from indexers.ameli.towns import Town
from indexers.scratch import ScratchStore

CACHE_KIB = 65_536
"""Memory SQLite may use for its pages: 64 MiB."""

_SCHEMA = """
PRAGMA journal_mode = OFF;
PRAGMA synchronous = OFF;
CREATE TABLE contract (key TEXT, seq INTEGER, row BLOB, PRIMARY KEY (key, seq)) WITHOUT ROWID;
CREATE TABLE bearer (key TEXT, person TEXT, row BLOB, PRIMARY KEY (key, person, row)) WITHOUT ROWID;
"""


class ContractStore(ScratchStore):
    """The contracts of the file, and the professionals of the register who may bear them."""

    def __init__(self, folder: Path | None = None) -> None:
        """``folder`` holds the temporary file, by default the system's temporary folder."""
        super().__init__(_SCHEMA, CACHE_KIB, folder)

    def add_contracts(self, contracts: Iterable[Contract]) -> None:
        """Keep the rows of the file."""
        self._db.execute("BEGIN")
        self._db.executemany("INSERT INTO contract VALUES (?, ?, ?)", _contract_rows(contracts))
        self._db.execute("COMMIT")

    def add_bearers(self, bearers: Iterable[tuple[str, Identity]]) -> None:
        """Keep professionals of the register, each with the identifier of the person."""
        self._db.execute("BEGIN")
        self._db.executemany("INSERT OR IGNORE INTO bearer VALUES (?, ?, ?)", _bearer_rows(bearers))
        self._db.execute("COMMIT")

    def contracts(self, keys: Iterable[str]) -> list[Contract]:
        """The rows under any of the keys, each once, in file order."""
        found: dict[int, bytes] = {}
        for key in keys:
            found.update(self._db.execute("SELECT seq, row FROM contract WHERE key = ?", (key,)))
        return [_contract(orjson.loads(found[seq])) for seq in sorted(found)]

    def bearers(self, keys: Iterable[str]) -> set[tuple[str, Identity]]:
        """The professionals under any of the keys, with the identifier of the person."""
        return {
            (person, _identity(orjson.loads(row)))
            for key in keys
            for person, row in self._db.execute(
                "SELECT person, row FROM bearer WHERE key = ?", (key,)
            )
        }


def _contract_rows(contracts: Iterable[Contract]) -> Iterator[tuple[str, int, bytes]]:
    for seq, one in enumerate(contracts):
        row = orjson.dumps([_written(one.who), one.man, one.convention])
        for key in one.who.lookup_keys():
            yield key, seq, row


def _bearer_rows(bearers: Iterable[tuple[str, Identity]]) -> Iterator[tuple[str, str, bytes]]:
    for person, who in bearers:
        row = orjson.dumps(_written(who))
        for key in who.lookup_keys():
            yield key, person, row


def _written(who: Identity) -> list[Any]:
    family, specialties = sorted(who.family), sorted(who.specialties)
    return [family, who.given, who.profession, specialties, *who.town, who.line, who.postal_code]


def _identity(row: list[Any]) -> Identity:
    family, given, profession, specialties, city, district, line, postal_code = row
    where = Town(city, district)
    codes = frozenset(specialties)
    return Identity(frozenset(family), given, profession, codes, where, line, postal_code)


def _contract(row: list[Any]) -> Contract:
    who, man, convention = row
    return Contract(_identity(who), man, convention)
