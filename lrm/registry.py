"""Which dispatch software may open a search, kept through an outage and a restart (F056, F057).

The registry of the records is read again beside the requests. While it cannot be read, the last
list known serves, from memory or from a file of the state folder.
"""

import asyncio
import re
from collections.abc import Awaitable, Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson
import structlog

from lrm.problems import OriginInactive, OriginUnknown, RegistryUnavailable
from mappings.formats import LrmEntry
from mappings.instants import utc_text
from mappings.state_file import EVERYBODY_READS, replace_file
from records.registry.store import Entries
from search_engine.backend.answers import UNREADABLE

RENEW_S = 2.0
"""Seconds between two readings of the registry."""

LOGGABLE_ORIGIN = re.compile(r"[A-Za-z0-9._:-]{1,64}")
"""Origins fit for a log; anything else may be a misplaced piece of an address."""

ReadEntries = Callable[[], Awaitable[Entries]]
"""Reads the registry; raises ``RecordsError``."""

_log = structlog.get_logger(__name__)


def registry_file(state_dir: Path, prefix: str) -> Path:
    """Where the last list known is kept; it names software, no person.

    No prefix is mistaken for the absence of one.
    """
    name = f"registry-{prefix}" if prefix else "registry"
    return state_dir / "lrm" / f"{name}.json"


class LrmRegistry:
    """The registry of one process, in memory; ``renew`` is called beside the requests."""

    def __init__(self, read: ReadEntries, file: Path) -> None:
        self._read = read
        self._file = file
        self._entries: Entries | None = None
        self._reachable = False

    async def renew(self) -> None:
        """Read again; raises ``RecordsError``, and the last list known serves.

        It serves as well where the registry is empty: it was never loaded, or the records are
        those of another service.
        """
        found: Entries = {}
        try:
            found = await self._read()
        finally:
            self._reachable = bool(found)
            if not found and self._entries is None:
                self._entries = await asyncio.to_thread(read_saved_entries, self._file)
        if found and found != self._entries:
            await asyncio.to_thread(save_entries, self._file, found)
            self._entries = found

    def resolve_origin(self, origin: str) -> LrmEntry:
        """The active entry of an origin.

        Raises ``OriginUnknown`` or ``OriginInactive``, logged with the origin and nothing else of
        the link; ``RegistryUnavailable`` without any list at hand (F057).
        """
        entry = (self._entries or {}).get(origin)
        if entry is not None and entry.active:
            return entry
        if entry is None and not self._reachable:
            raise RegistryUnavailable
        _log_refusal(origin, "unknown" if entry is None else "inactive")
        raise OriginUnknown if entry is None else OriginInactive


def read_saved_entries(file: Path) -> Entries | None:
    """The last list kept, None when there is none to be read."""
    try:
        return parse_entries(orjson.loads(file.read_bytes()))
    except (OSError, *UNREADABLE):
        return None


def save_entries(file: Path, entries: Entries) -> None:
    """Keep the list for the next start; a folder that cannot be written is no failure."""
    document = build_document(entries.values(), datetime.now(UTC))
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        replace_file(file, orjson.dumps(document), mode=EVERYBODY_READS)
    except OSError as error:
        _log.warning("lrm_registry_not_kept", error=type(error).__name__)


def build_document(entries: Iterable[LrmEntry], as_of: datetime) -> dict[str, Any]:
    """The list as it is kept."""
    return {
        "as_of": utc_text(as_of),
        "entries": [entry.model_dump() for entry in entries],
    }


def parse_entries(document: Any) -> Entries:
    """The entries of a kept list; raises ``ValueError`` or ``TypeError`` when it is none."""
    found = [LrmEntry.model_validate(row) for row in document["entries"]]
    return {entry.origin: entry for entry in found}


def _log_refusal(origin: str, reason: str) -> None:
    shown = origin if LOGGABLE_ORIGIN.fullmatch(origin) else "(unreadable)"
    _log.warning("lrm_origin_refused", origin=shown, reason=reason)
