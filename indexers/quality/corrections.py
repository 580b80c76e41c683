"""Corrected rows of damaged ones, kept in Elasticsearch beside the audit trail.

A correction is of a row, whatever file it comes in: the daily register brings the same damage
every morning, and the same correction answers it until the source changes the row.
"""

import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from elasticsearch import Elasticsearch

from elastic.errors import translate_errors
from elastic.names import corrections_index
from elastic.scan import scan
from elastic.service.service_index import ensure_service_index

_KEPT: dict[str, Any] = {"type": "keyword", "index": False, "doc_values": False}
_PROPERTIES: dict[str, Any] = {
    "source": {"type": "keyword"},
    "raw": _KEPT,
    "corrected": _KEPT,
    "at": {"type": "date"},
}

Corrections = Mapping[str, Mapping[str, str]]
"""By source, the corrected row of each damaged row."""


def read_corrections(client: Elasticsearch, prefix: str) -> dict[str, dict[str, str]]:
    """Every correction kept; none when nothing was ever corrected."""
    name = corrections_index(prefix)
    with translate_errors():
        if not client.indices.exists(index=name):
            return {}
    found: dict[str, dict[str, str]] = {}
    for hit in scan(client, name, {"match_all": {}}):
        kept = hit["_source"]
        found.setdefault(kept["source"], {})[kept["raw"]] = kept["corrected"]
    return found


def record_corrections(
    client: Elasticsearch, prefix: str, source: str, rows: Mapping[str, str], now: datetime
) -> int:
    """Keep corrected rows by their damaged row; returns how many were not known yet.

    A correction of a correction replaces it, so that one step leads from damage to remedy.
    """
    known = read_corrections(client, prefix).get(source, {})
    earlier = {raw: rows[kept] for raw, kept in known.items() if kept in rows}
    new = {raw: text for raw, text in {**earlier, **rows}.items() if known.get(raw) != text}
    if new:
        _write(client, corrections_index(prefix), source, new, now)
    return len(new)


def _write(
    client: Elasticsearch, name: str, source: str, rows: Mapping[str, str], now: datetime
) -> None:
    ensure_service_index(client, name, _PROPERTIES)
    at = now.astimezone(UTC).isoformat()
    with translate_errors():
        for raw, corrected in rows.items():
            document = {"source": source, "raw": raw, "corrected": corrected, "at": at}
            client.index(index=name, id=_key(source, raw), document=document)
        client.indices.refresh(index=name)


def _key(source: str, raw: str) -> str:
    return hashlib.sha256(f"{source}\n{raw}".encode()).hexdigest()
