"""Last load of each source, by which a shortened or frozen file is recognised (traps 9, 11).

Counts and checksums only, no personal name.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import date, datetime
from pathlib import Path

from sqlalchemy import select

from records.database import open_reading, open_transaction
from records.trail.tables import LastSourceLoad
from records.trail.trail import Trail


@dataclass(frozen=True, slots=True)
class SourceLoad:
    """The last completed load of one source.

    ``source`` is the name in quarantines and cards (``rpps``, ``finess``,
    ``participation``); ``file`` the name without folder, several joined by `` + ``; ``edition``
    the day in the file's name, None without one; ``rows`` the rows read, header
    excluded; ``bytes`` and ``sha256`` are those of the file as it lies on disk.
    """

    source: str
    file: str
    edition: date | None
    rows: int
    bytes: int
    sha256: str
    loaded_at: datetime


def record_loads(trail: Trail, loads: Iterable[SourceLoad]) -> None:
    """Keep these loads, each in place of the one before it of its source."""
    with open_transaction(trail.database) as session:
        for load in loads:
            session.merge(LastSourceLoad(prefix=trail.prefix, **asdict(load)))


def last_loads(trail: Trail) -> dict[str, SourceLoad]:
    """The last load of each source by its name, none when nothing was ever recorded.

    A source stays here when a later reindex has no file for it; its ``loaded_at`` is older.
    """
    own = (
        select(LastSourceLoad)
        .where(LastSourceLoad.prefix == trail.prefix)
        .order_by(LastSourceLoad.source)
    )
    with open_reading(trail.database) as session:
        return {row.source: _build_load(row) for row in session.scalars(own)}


def build_source_load(
    source: str, paths: Iterable[Path], rows: int, edition: date | None, loaded_at: datetime
) -> SourceLoad:
    """The load of a source from the files it was read from, in order."""
    digest, size, names = hashlib.sha256(), 0, []
    for path in paths:
        names.append(path.name)
        size += path.stat().st_size
        with path.open("rb") as handle:
            while block := handle.read(1 << 20):
                digest.update(block)
    return SourceLoad(source, " + ".join(names), edition, rows, size, digest.hexdigest(), loaded_at)


def _build_load(row: LastSourceLoad) -> SourceLoad:
    return SourceLoad(
        row.source, row.file, row.edition, row.rows, row.bytes, row.sha256, row.loaded_at
    )
