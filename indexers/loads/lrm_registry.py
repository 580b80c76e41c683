"""The registry of dispatch software (LRM): from its file to its one document (F056)."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path

from elasticsearch import Elasticsearch

from elastic.errors import translate_errors
from elastic.names import lrm_index
from elastic.service.service_index import ensure_service_index
from indexers.runs.folder import Quarantines
from indexers.sources.own_formats import find_own_file, read_keyed
from mappings.formats import LrmEntry
from mappings.lrm import (
    REGISTRY_ID,
    REGISTRY_PROPERTIES,
    registry_document,
    registry_entries,
)


def read_registry(path: Path | None, quarantines: Quarantines) -> Mapping[str, LrmEntry]:
    """The valid entries of a file by origin; none without a file."""
    if path is None:
        return {}
    return read_keyed(path, LrmEntry, quarantines.get_quarantine("lrm"), lambda entry: entry.origin)


def read_directory_registry(directory: Path, quarantines: Quarantines) -> Mapping[str, LrmEntry]:
    """The valid entries of a directory of files."""
    return read_registry(find_own_file(directory, "lrm"), quarantines)


def fetch_registry(client: Elasticsearch, prefix: str) -> Mapping[str, LrmEntry]:
    """The entries of the live registry by origin; none when it was never published."""
    with translate_errors():
        answer = client.options(ignore_status=404).get(index=lrm_index(prefix), id=REGISTRY_ID)
    return registry_entries(answer["_source"]) if answer.get("found") else {}


def publish_registry(
    client: Elasticsearch, prefix: str, entries: Iterable[LrmEntry], as_of: datetime
) -> None:
    """Make the registry these entries, in one write: a reader sees the old list or the new one."""
    name = lrm_index(prefix)
    ensure_service_index(client, name, REGISTRY_PROPERTIES)
    with translate_errors():
        client.index(
            index=name, id=REGISTRY_ID, document=registry_document(entries, as_of), refresh=True
        )
