"""The registry of dispatch software (LRM) as it is stored: one document, replaced as a whole."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from mappings.formats import LrmEntry
from mappings.instants import utc_text

REGISTRY_ID = "registry"

REGISTRY_PROPERTIES: dict[str, Any] = {
    "as_of": {"type": "date"},
    "entries": {"type": "object", "enabled": False},
}
"""Nothing of it is searched: the whole list is read at once, by its identifier."""

Entries = Mapping[str, LrmEntry]
"""Entries by origin, inactive ones included."""


def registry_document(entries: Iterable[LrmEntry], as_of: datetime) -> dict[str, Any]:
    """The document of the registry."""
    return {
        "as_of": utc_text(as_of),
        "entries": [entry.model_dump() for entry in entries],
    }


def registry_entries(document: Mapping[str, Any]) -> Entries:
    """The entries of a document; raises ``ValueError`` when it is no registry."""
    rows = document.get("entries")
    if not isinstance(rows, list):
        raise ValueError("the document holds no list of entries")  # noqa: TRY004 - one failure
    found = [LrmEntry.model_validate(row) for row in rows]
    return {entry.origin: entry for entry in found}
