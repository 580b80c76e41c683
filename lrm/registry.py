"""Which dispatch software may open a search, kept through an outage and a restart (F056, F057).

The registry is one small document beside the offers. It is read again every ``TTL_S``; when it
cannot be read, the last list known serves, from memory or from a file of the state folder.
"""

import asyncio
import re
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import orjson
import structlog
from elasticsearch import AsyncElasticsearch

from elastic.errors import ElasticError, translate_errors
from elastic.names import lrm_index
from lrm.problems import OriginInactive, OriginUnknown, RegistryUnavailable
from mappings.formats import LrmEntry
from mappings.lrm import REGISTRY_ID, Entries, registry_document, registry_entries
from mappings.state_file import EVERYBODY_READS, replace_file
from search_engine.backend.answers import UNREADABLE, translate_unreadable

TTL_S = 60.0
"""Seconds after which the registry is read again."""
RETRY_S = 5.0
"""Seconds between two tries while it cannot be read."""
TIMEOUT_S = 1.0

LOGGABLE_ORIGIN = re.compile(r"[A-Za-z0-9._:-]{1,64}")
"""Origins fit for a log; anything else may be a misplaced piece of an address."""

_log = structlog.get_logger(__name__)


def registry_file(state_dir: Path, prefix: str) -> Path:
    """Where the last list known is kept; it names software, no person.

    No prefix is mistaken for the absence of one.
    """
    name = f"registry-{prefix}" if prefix else "registry"
    return state_dir / "lrm" / f"{name}.json"


class LrmRegistry:
    """The registry of one process; safe for concurrent requests."""

    def __init__(
        self,
        client: AsyncElasticsearch,
        prefix: str,
        file: Path,
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._client = client.options(request_timeout=TIMEOUT_S, max_retries=0)
        self._index = lrm_index(prefix)
        self._file = file
        self._clock = clock
        self._lock = asyncio.Lock()
        self._entries: Entries | None = None
        self._reachable = False
        self._read_at: float | None = None

    async def resolve_origin(self, origin: str) -> LrmEntry:
        """The active entry of an origin.

        Raises ``OriginUnknown`` or ``OriginInactive``, logged with the origin and nothing else of
        the link; ``RegistryUnavailable`` without any list at hand (F057).
        """
        entries = await self._current_entries()
        entry = entries.get(origin)
        if entry is not None and entry.active:
            return entry
        if entry is None and not self._reachable:
            raise RegistryUnavailable
        _log_refusal(origin, "unknown" if entry is None else "inactive")
        raise OriginUnknown if entry is None else OriginInactive

    async def _current_entries(self) -> Entries:
        async with self._lock:
            if self._due():
                await self._renew()
        if self._entries is None:
            raise RegistryUnavailable
        return self._entries

    def _due(self) -> bool:
        wait = TTL_S if self._reachable else RETRY_S
        return self._read_at is None or self._clock() - self._read_at >= wait

    async def _renew(self) -> None:
        try:
            found = await self._read()
        except ElasticError as error:
            self._reachable = False
            _log.warning("lrm_registry_unreadable", error=type(error).__name__)
            if self._entries is None:
                self._entries = await asyncio.to_thread(read_saved_entries, self._file)
        else:
            self._reachable = True
            if found != self._entries:
                await asyncio.to_thread(save_entries, self._file, found)
            self._entries = found
        self._read_at = self._clock()

    async def _read(self) -> Entries:
        with translate_unreadable():
            with translate_errors():
                answer = await self._client.get(index=self._index, id=REGISTRY_ID)
            return registry_entries(answer["_source"])


def read_saved_entries(file: Path) -> Entries | None:
    """The last list kept, None when there is none to be read."""
    try:
        return registry_entries(orjson.loads(file.read_bytes()))
    except (OSError, *UNREADABLE):
        return None


def save_entries(file: Path, entries: Entries) -> None:
    """Keep the list for the next start; a folder that cannot be written is no failure."""
    document = registry_document(entries.values(), datetime.now(UTC))
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        replace_file(file, orjson.dumps(document), mode=EVERYBODY_READS)
    except OSError as error:
        _log.warning("lrm_registry_not_kept", error=type(error).__name__)


def _log_refusal(origin: str, reason: str) -> None:
    shown = origin if LOGGABLE_ORIGIN.fullmatch(origin) else "(unreadable)"
    _log.warning("lrm_origin_refused", origin=shown, reason=reason)
