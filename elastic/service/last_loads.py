"""Last load of each source, by which a shortened or frozen file is recognised (traps 9, 11).

Kept in Elasticsearch beside the audit trail, so that a new machine knows it too. Counts and
checksums only, no personal name.
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from elasticsearch import Elasticsearch

from elastic.errors import translate_errors
from elastic.names import loads_index
from elastic.service.service_index import ensure_service_index

_PROPERTIES: dict[str, Any] = {
    "source": {"type": "keyword"},
    "file": {"type": "keyword"},
    "edition": {"type": "date"},
    "rows": {"type": "long"},
    "bytes": {"type": "long"},
    "sha256": {"type": "keyword"},
    "loaded_at": {"type": "date"},
}
MANY = 1_000
"""More sources than there are."""


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


def record_loads(client: Elasticsearch, prefix: str, loads: Iterable[SourceLoad]) -> None:
    """Keep these loads, each in place of the one before it of its source, readable at once."""
    name = loads_index(prefix)
    ensure_service_index(client, name, _PROPERTIES)
    with translate_errors():
        for load in loads:
            client.index(index=name, id=load.source, document=_document(load), refresh=True)


def last_loads(client: Elasticsearch, prefix: str) -> dict[str, SourceLoad]:
    """The last load of each source by its name, none when nothing was ever recorded.

    A source stays here when a later reindex has no file for it; its ``loaded_at`` is older.
    """
    with translate_errors():
        found = client.search(
            index=loads_index(prefix), ignore_unavailable=True, size=MANY, sort=[{"source": "asc"}]
        )
    return loads_in(found.body)


def loads_in(answer: Mapping[str, Any]) -> dict[str, SourceLoad]:
    """The loads of an answer of the index, by source."""
    loads = (_load(hit["_source"]) for hit in answer["hits"]["hits"])
    return {load.source: load for load in loads}


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


def _document(load: SourceLoad) -> Mapping[str, Any]:
    return {
        "source": load.source,
        "file": load.file,
        "edition": load.edition and load.edition.isoformat(),
        "rows": load.rows,
        "bytes": load.bytes,
        "sha256": load.sha256,
        "loaded_at": load.loaded_at.astimezone(UTC).isoformat(),
    }


def _load(kept: Mapping[str, Any]) -> SourceLoad:
    return SourceLoad(
        source=kept["source"],
        file=kept["file"],
        edition=date.fromisoformat(kept["edition"]) if kept["edition"] else None,
        rows=kept["rows"],
        bytes=kept["bytes"],
        sha256=kept["sha256"],
        loaded_at=datetime.fromisoformat(kept["loaded_at"]),
    )
