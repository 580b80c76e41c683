"""Rows kept on disk while a load joins them: one SQLite file, deleted at the end.

A national RPPS is 2.3 million rows in no promised order, and a person's rows must be read
together. SQLite's B-tree sorts and joins them in bounded memory (docs/indexing.md).
"""

import sqlite3
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import orjson

from indexers.finess.structure import Structure
from indexers.rpps_record import Activity
from indexers.rpps_skills import Skill

CACHE_KIB = 131_072
"""Memory SQLite may use for its pages: 128 MiB."""

_SCHEMA = """
PRAGMA journal_mode = OFF;
PRAGMA synchronous = OFF;
CREATE TABLE activity (person TEXT, seq INTEGER, row BLOB, PRIMARY KEY (person, seq)) WITHOUT ROWID;
CREATE TABLE skill (person TEXT, seq INTEGER, row BLOB, PRIMARY KEY (person, seq)) WITHOUT ROWID;
CREATE TABLE structure (finess TEXT PRIMARY KEY, siret TEXT, legal TEXT, row BLOB) WITHOUT ROWID;
CREATE INDEX by_siret ON structure (siret) WHERE siret IS NOT NULL;
CREATE INDEX by_legal ON structure (legal) WHERE legal IS NOT NULL;
"""


@dataclass(frozen=True, slots=True)
class Person:
    """One professional as the register knows it: every row, every skill."""

    rows: list[Activity]
    skills: list[Skill]


class Spool:
    """A temporary store of rows; use it as a context manager."""

    def __init__(self, folder: Path | None = None) -> None:
        """``folder`` holds the temporary file, by default the system's temporary folder."""
        self._folder = tempfile.TemporaryDirectory(prefix="sas-load-", dir=folder)
        self._db = sqlite3.connect(Path(self._folder.name) / "rows.sqlite", isolation_level=None)
        self._db.execute(f"PRAGMA cache_size = -{CACHE_KIB}")
        self._db.executescript(_SCHEMA)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Forget the rows and delete the file."""
        self._db.close()
        self._folder.cleanup()

    def add_activities(self, rows: Iterable[Activity]) -> int:
        """Keep rows of activity; returns how many."""
        return self._fill(
            "INSERT INTO activity VALUES (?, ?, ?)",
            ((row["idnps"], seq, orjson.dumps(row)) for seq, row in enumerate(rows)),
        )

    def add_skills(self, rows: Iterable[Skill]) -> int:
        """Keep rows of skills; returns how many."""
        return self._fill(
            "INSERT INTO skill VALUES (?, ?, ?)",
            ((row["idnps"], seq, orjson.dumps(row)) for seq, row in enumerate(rows)),
        )

    def add_structures(self, rows: Iterable[Structure]) -> int:
        """Keep structures, the first of each FINESS; returns how many were there already."""
        self._db.execute("BEGIN")
        known = sum(not self._add_structure(row) for row in rows)
        self._db.execute("COMMIT")
        return known

    def _add_structure(self, row: Structure) -> bool:
        values = (row["finess"], row.get("siret"), row.get("legal_finess"), orjson.dumps(row))
        done = self._db.execute("INSERT OR IGNORE INTO structure VALUES (?, ?, ?, ?)", values)
        return done.rowcount == 1

    def _fill(self, statement: str, rows: Iterable[tuple[Any, ...]]) -> int:
        self._db.execute("BEGIN")
        done = self._db.executemany(statement, rows)
        self._db.execute("COMMIT")
        return done.rowcount

    def people(self) -> Iterator[Person]:
        """Every person with all rows, in the order of the identifiers."""
        rows = self._db.execute("SELECT person, row FROM activity ORDER BY person, seq")
        for person, group in groupby(rows, key=lambda row: row[0]):
            yield Person([orjson.loads(row) for _, row in group], self._skills(person))

    def _skills(self, person: str) -> list[Skill]:
        rows = self._db.execute("SELECT row FROM skill WHERE person = ? ORDER BY seq", (person,))
        return [orjson.loads(row) for (row,) in rows]

    def structures(self) -> Iterator[Structure]:
        """Every structure, in the order of FINESS."""
        for (row,) in self._db.execute("SELECT row FROM structure ORDER BY finess"):
            yield orjson.loads(row)

    def structure(self, finess: str) -> Structure | None:
        """The structure of a FINESS, None when unknown."""
        return self._only("SELECT row FROM structure WHERE finess = ?", finess)

    def structure_of_siret(self, siret: str) -> Structure | None:
        """The structure of a SIRET, None when unknown or when several share it."""
        return self._only("SELECT row FROM structure WHERE siret = ? LIMIT 2", siret)

    def structure_of_legal_entity(self, finess: str) -> Structure | None:
        """The only site of a legal entity, whose FINESS some rows bear; None when several."""
        return self._only("SELECT row FROM structure WHERE legal = ? LIMIT 2", finess)

    def _only(self, query: str, key: str) -> Structure | None:
        found = self._db.execute(query, (key,)).fetchall()
        return orjson.loads(found[0][0]) if len(found) == 1 else None
