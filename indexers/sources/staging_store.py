"""Rows kept on disk while a load joins them: one SQLite file, deleted at the end.

A national RPPS is 2.3 million rows in no promised order, and a person's rows must be read
together. They are appended as they come, sorted once by SQLite in bounded memory, and
joined in that order (docs/explanation/pipeline.md).
"""

import errno
import os
import sqlite3
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any, NamedTuple, Self

import orjson

from indexers.runs.scratch import scratch_folder
from indexers.sources.finess.structure import Structure
from indexers.sources.rpps.record import Activity
from indexers.sources.rpps.skills import Skill

CACHE_KIB = 131_072
"""Memory SQLite may use for its pages: 128 MiB."""

MAPPED = 1 << 28
"""Bytes of the file that SQLite reads as memory, 256 MiB: a call to the system for each page is a
tenth of a national join. They count as ours while they are there (docs/performance.md)."""

CACHED_STRUCTURES = 1 << 15
"""Structures kept as records: the sites where many practise are read again and again."""

_FIRST, _HIDDEN = itemgetter(0), itemgetter(1)

_BY = {
    name: f"SELECT row FROM structure WHERE {name} = ? LIMIT 2"  # noqa: S608 - our own names
    for name in ("finess", "siret", "legal")
}

_SCHEMA = f"""
PRAGMA cache_size = -{CACHE_KIB};
PRAGMA mmap_size = {MAPPED};
PRAGMA journal_mode = OFF;
PRAGMA synchronous = OFF;
CREATE TABLE activity (person TEXT, hidden INTEGER, row BLOB);
CREATE TABLE skill (person TEXT, row BLOB);
CREATE TABLE structure (finess TEXT PRIMARY KEY, siret TEXT, legal TEXT, row BLOB) WITHOUT ROWID;
CREATE INDEX by_siret ON structure (siret) WHERE siret IS NOT NULL;
CREATE INDEX by_legal ON structure (legal) WHERE legal IS NOT NULL;
"""


_DISK_ERRORS = {sqlite3.SQLITE_FULL: errno.ENOSPC, sqlite3.SQLITE_IOERR: errno.EIO}
"""Primary code of SQLite: that of the system."""


class StagedPerson(NamedTuple):
    """One professional as the register knows it: every row, every skill."""

    rows: list[Activity]
    skills: list[Skill]


class StagingStore:
    """A temporary store of rows, deleted at the end; use it as a context manager."""

    def __init__(self, folder: Path | None = None) -> None:
        """``folder`` holds the temporary file, by default the system's temporary folder."""
        self._folder = scratch_folder(folder)
        self._db = sqlite3.connect(Path(self._folder.name) / "rows.sqlite", isolation_level=None)
        try:
            self._db.executescript(_SCHEMA)
        except sqlite3.OperationalError as error:
            self.__exit__(type(error), error, error.__traceback__)
            raise
        self._find_single_cached = lru_cache(maxsize=CACHED_STRUCTURES)(self._find_single)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        """Delete the rows; raises ``OSError`` for an error of the body that its disk explains."""
        self._db.close()
        self._folder.cleanup()
        if isinstance(error, sqlite3.OperationalError):
            _raise_disk_error(error, self._folder.name)

    def add_activities(self, rows: Iterable[Activity]) -> int:
        """Keep rows of activity, unlisted ones too; returns how many."""
        return self._fill(
            "INSERT INTO activity VALUES (?, ?, ?)",
            ((row["idnps"], "hidden" in row, orjson.dumps(row)) for row in rows),
        )

    def add_skills(self, rows: Iterable[Skill]) -> int:
        """Keep rows of skills; returns how many."""
        return self._fill(
            "INSERT INTO skill VALUES (?, ?)",
            ((row["idnps"], orjson.dumps(row)) for row in rows),
        )

    def add_structures(self, rows: Iterable[Structure]) -> int:
        """Keep structures, the first of each FINESS; returns how many were there already."""
        self._find_single_cached.cache_clear()
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

    def people(self) -> Iterator[StagedPerson]:
        """Who has a row that is shown, with all rows and skills, in the order of identifiers."""
        rows = self._db.execute("SELECT person, hidden, row FROM activity ORDER BY person, rowid")
        skills = _ForwardReader(
            self._db.execute("SELECT person, row FROM skill ORDER BY person, rowid")
        )
        for person, group in groupby(rows, key=_FIRST):
            known = list(group)
            if all(map(_HIDDEN, known)):
                continue
            yield StagedPerson(
                [orjson.loads(row) for _, _, row in known], skills.read_person_rows(person)
            )

    def structures(self) -> Iterator[Structure]:
        """Every structure, in the order of FINESS."""
        for (row,) in self._db.execute("SELECT row FROM structure ORDER BY finess"):
            yield orjson.loads(row)

    def structure(self, finess: str) -> Structure | None:
        """The structure of a FINESS, None when unknown."""
        return self._find_single_cached("finess", finess)

    def structure_of_siret(self, siret: str) -> Structure | None:
        """The structure of a SIRET, None when unknown or when several share it."""
        return self._find_single_cached("siret", siret)

    def structure_of_legal_entity(self, finess: str) -> Structure | None:
        """The only site of a legal entity, whose FINESS some rows have; None when several."""
        return self._find_single_cached("legal", finess)

    def _find_single(self, column: str, key: str) -> Structure | None:
        found = self._db.execute(_BY[column], (key,)).fetchall()
        return orjson.loads(found[0][0]) if len(found) == 1 else None


def _raise_disk_error(error: sqlite3.OperationalError, folder: str) -> None:
    """Raise ``OSError`` with the folder when the disk explains the error: SQLite names no file."""
    number = _DISK_ERRORS.get(error.sqlite_errorcode & 0xFF)
    if number is not None:
        raise OSError(number, os.strerror(number), folder) from error


class _ForwardReader:
    """Rows in the order of persons, read forward for persons in that order."""

    def __init__(self, rows: Iterator[tuple[str, bytes]]) -> None:
        self._rows = rows
        self._next = next(rows, None)

    def read_person_rows(self, person: str) -> list[Any]:
        """The rows of a person, in order; those of persons before are passed over."""
        found = []
        while self._next is not None and self._next[0] <= person:
            if self._next[0] == person:
                found.append(orjson.loads(self._next[1]))
            self._next = next(self._rows, None)
        return found
