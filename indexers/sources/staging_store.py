"""Rows kept on disk while a load joins them: one SQLite file, deleted at the end.

A national RPPS is 2.3 million rows in no promised order, and a person's rows must be read
together. They are appended as they come, sorted once by SQLite in bounded memory, by person and
then by content, and joined in that order (docs/explanation/pipeline.md).
"""

import errno
import os
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import groupby, islice
from operator import itemgetter
from pathlib import Path
from typing import Any, NamedTuple, Self

import orjson

from indexers.runs.scratch import scratch_folder
from indexers.sources.finess.structure import Structure, precedence
from indexers.sources.rpps.record import Activity
from indexers.sources.rpps.skills import Skill
from mappings.bounds import ROWS_OF_A_PERSON

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
CREATE TABLE activity (person TEXT, hidden INTEGER, line INTEGER, row BLOB);
CREATE TABLE skill (person TEXT, row BLOB);
CREATE TABLE structure (finess TEXT PRIMARY KEY, siret TEXT, legal TEXT, row BLOB) WITHOUT ROWID;
CREATE INDEX by_siret ON structure (siret) WHERE siret IS NOT NULL;
CREATE INDEX by_legal ON structure (legal) WHERE legal IS NOT NULL;
"""


_DISK_ERRORS = {sqlite3.SQLITE_FULL: errno.ENOSPC, sqlite3.SQLITE_IOERR: errno.EIO}
"""Primary code of SQLite: that of the system."""


class StagedPerson(NamedTuple):
    """One professional as the register knows it: every row, every skill.

    Both are in the order of their content: what counts among them does not depend on the order of
    a file. ``surplus`` are the lines of rows beyond ``ROWS_OF_A_PERSON``, which are not kept.
    """

    rows: list[Activity]
    skills: list[Skill]
    surplus: Sequence[int] = ()


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
            "INSERT INTO activity VALUES (?, ?, ?, ?)",
            map(_activity_values, rows),
        )

    def add_skills(self, rows: Iterable[Skill]) -> int:
        """Keep rows of skills; returns how many."""
        return self._fill(
            "INSERT INTO skill VALUES (?, ?)",
            ((row["idnps"], orjson.dumps(row)) for row in rows),
        )

    def add_structures(self, rows: Iterable[Structure]) -> int:
        """Keep structures; returns how many were not, as their FINESS was there already.

        Of two records of one form the one of higher ``precedence`` counts, of two forms the first.
        """
        self._find_single_cached.cache_clear()
        self._db.execute("BEGIN")
        known = sum(not self._add_structure(row) for row in rows)
        self._db.execute("COMMIT")
        return known

    def _add_structure(self, row: Structure) -> bool:
        values = (row["finess"], row.get("siret"), row.get("legal_finess"), orjson.dumps(row))
        if self._db.execute("INSERT OR IGNORE INTO structure VALUES (?, ?, ?, ?)", values).rowcount:
            return True
        ((known,),) = self._db.execute("SELECT row FROM structure WHERE finess = ?", values[:1])
        other: Structure = orjson.loads(known)
        better = row["source"] == other["source"] and precedence(row) > precedence(other)
        if better:
            self._db.execute("REPLACE INTO structure VALUES (?, ?, ?, ?)", values)
        return better

    def _fill(self, statement: str, rows: Iterable[tuple[Any, ...]]) -> int:
        self._db.execute("BEGIN")
        done = self._db.executemany(statement, rows)
        self._db.execute("COMMIT")
        return done.rowcount

    def people(self) -> Iterator[StagedPerson]:
        """Who has a row that is shown, with all rows and skills, in the order of identifiers."""
        rows = self._db.execute(
            "SELECT person, hidden, line, row FROM activity ORDER BY person, row, line"
        )
        skills = _ForwardReader(
            self._db.execute("SELECT person, row FROM skill ORDER BY person, row")
        )
        for person, group in groupby(rows, key=_FIRST):
            waiting = iter(group)
            known = list(islice(waiting, ROWS_OF_A_PERSON))
            surplus = [line for _, _, line, _ in waiting]
            if surplus or not all(map(_HIDDEN, known)):
                records = [_record(line, row) for _, _, line, row in known]
                yield StagedPerson(records, skills.read_person_rows(person), surplus)

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
        """The first rows of a person, in order; those of persons before are passed over."""
        found = list[Any]()
        while self._next is not None and self._next[0] <= person:
            if self._next[0] == person and len(found) < ROWS_OF_A_PERSON:
                found.append(orjson.loads(self._next[1]))
            self._next = next(self._rows, None)
        return found


def _activity_values(row: Activity) -> tuple[str, bool, int, bytes]:
    """The line stands apart, so that the order of rows is that of their content."""
    content = {key: value for key, value in row.items() if key != "line"}
    return row["idnps"], "hidden" in row, row["line"], orjson.dumps(content)


def _record(line: int, row: bytes) -> Activity:
    record: Activity = orjson.loads(row)
    record["line"] = line
    return record
