"""Sources fetched into a directory: nothing of before is touched until the new file has passed."""

import fcntl
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx

from downloads.download import Received, client, download, forget, offered
from indexers.fetch import contents
from indexers.fetch.catalogue import SOURCES, Published, Wanted
from indexers.fetch.errors import (
    FetchError,
    FetchRunningError,
    SourceRefusedError,
    UnknownFetchError,
)
from indexers.fetch.settings import FetchSettings
from indexers.sources.published import TwoEditionsError, edition

LOCK = ".sas-fetch.lock"
Progress = Callable[[str, int, int | None], None]
"""(source, bytes received, bytes in all when known)."""


@dataclass(frozen=True, slots=True)
class FetchOrder:
    """What to fetch and where; ``now`` is aware, no file may be of a later day."""

    directory: Path
    now: datetime
    settings: FetchSettings
    only: tuple[str, ...] = ()
    accept_drift: bool = False
    catalogue: tuple[Published, ...] = tuple(SOURCES.values())

    @property
    def sources(self) -> list[Published]:
        """The sources asked for, all without ``only``; raises ``UnknownFetchError``."""
        names = [source.name for source in self.catalogue]
        unknown = [name for name in self.only if name not in names]
        if unknown:
            raise UnknownFetchError(
                f"no source is called {', '.join(unknown)}: choose of {', '.join(names)}"
            )
        return [source for source in self.catalogue if not self.only or source.name in self.only]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one source: its files, or the error that left those of before."""

    source: str
    files: dict[str, int] = field(default_factory=dict)
    """Bytes by name of file, or of what would be fetched."""
    replaced: tuple[str, ...] = ()
    error: FetchError | None = None

    def as_json(self) -> dict[str, Any]:
        """The outcome for programs."""
        found: dict[str, Any] = {"source": self.source, "files": self.files}
        if self.error is not None:
            return {**found, "error": str(self.error), "kind": type(self.error).__name__}
        return {**found, "replaced": list(self.replaced)}


def fetch(order: FetchOrder, progress: Progress) -> Iterator[Outcome]:
    """Each source in turn; one that fails does not stop the others.

    Raises ``FetchRunningError``, ``UnknownFetchError``, or ``OSError`` for the directory itself.
    """
    sources = order.sources
    order.directory.mkdir(parents=True, exist_ok=True)
    with _alone(order.directory), client(order.settings) as web:
        for source in sources:
            try:
                yield _fetched(web, source, order, progress)
            except FetchError as error:
                yield Outcome(source.name, error=error)


def announced(order: FetchOrder) -> Iterator[Outcome]:
    """What each source would give, asked by its headers only; nothing is written."""
    with client(order.settings) as web:
        for source in order.sources:
            try:
                found = offered(web, order.settings.address_of(source))
                yield Outcome(source.name, {found.name: found.size or 0})
            except FetchError as error:
                yield Outcome(source.name, error=error)


@contextmanager
def _alone(directory: Path) -> Iterator[None]:
    """Hold the lock of a directory; the system lets it go when the process ends."""
    with (directory / LOCK).open("wb") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise FetchRunningError(
                f"another fetch works in {directory}: wait for its end, or give another directory"
            ) from error
        yield


def _fetched(
    web: httpx.Client, source: Published, order: FetchOrder, progress: Progress
) -> Outcome:
    before = _before(source, order.directory)
    part = order.directory / f".{source.name}.part"
    received = download(
        web,
        order.settings.address_of(source),
        part,
        order.settings,
        source.largest,
        lambda done, total: progress(source.name, done, total),
    )
    found: list[tuple[Wanted, str, Path]] = []
    try:
        found = _files(source, received, part, order)
        for (wanted, _, path), old in zip(found, before, strict=True):
            contents.check_content(source, wanted, path)
            if not order.accept_drift:
                contents.check_drift(path, old)
        return _settled(source.name, found, before, order.directory)
    finally:
        forget(part)
        for _, _, path in found:
            path.unlink(missing_ok=True)


def _before(source: Published, directory: Path) -> list[Path | None]:
    """The files of before, one a wanted file; raises ``SourceRefusedError`` for two editions."""
    try:
        return [edition(directory, wanted.pattern) for wanted in source.files]
    except TwoEditionsError as error:
        raise SourceRefusedError(str(error)) from error


def _files(
    source: Published, received: Received, part: Path, order: FetchOrder
) -> list[tuple[Wanted, str, Path]]:
    today = order.now.date()
    if source.archive:
        return contents.unpacked(source, part, today)
    (wanted,) = source.files
    name = received.name if contents.is_file_of(wanted.pattern, received.name) else source.mirror
    contents.check_not_ahead(contents.day_of(name), today)
    return [(wanted, name, part)]


def _settled(
    source: str,
    found: Sequence[tuple[Wanted, str, Path]],
    before: Sequence[Path | None],
    directory: Path,
) -> Outcome:
    """Put the new files in their place, then remove those they replace."""
    sizes = {name: path.stat().st_size for _, name, path in found}
    for _, name, path in found:
        path.replace(directory / name)
    old = [path for path in before if path is not None and path.name not in sizes]
    for path in old:
        path.unlink()
    return Outcome(source, sizes, tuple(path.name for path in old))
