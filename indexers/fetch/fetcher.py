"""Sources fetched into a directory: nothing of before is touched until the new file has passed."""

import fcntl
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx

from downloads.download import (
    DownloadResult,
    build_client,
    discard_partial,
    download,
    fetch_headers,
)
from indexers.fetch import contents
from indexers.fetch.catalogue import SOURCES, ExpectedFile, PublishedSource
from indexers.fetch.errors import (
    FetchError,
    FetchRunningError,
    SourceRefusedError,
    UnknownFetchError,
)
from indexers.fetch.settings import FetchSettings
from indexers.sources.published import TwoEditionsError, find_edition

LOCK = ".sas-fetch.lock"
Progress = Callable[[str, int, int | None], None]
"""(source, bytes received, bytes in all when known)."""


@dataclass(frozen=True, slots=True)
class FetchRequest:
    """What to fetch and where; ``now`` is aware, no file may be of a later day."""

    directory: Path
    now: datetime
    settings: FetchSettings
    only: tuple[str, ...] = ()
    accept_drift: bool = False
    catalogue: tuple[PublishedSource, ...] = tuple(SOURCES.values())

    @property
    def sources(self) -> list[PublishedSource]:
        """The sources asked for, all without ``only``; raises ``UnknownFetchError``."""
        names = [source.name for source in self.catalogue]
        unknown = [name for name in self.only if name not in names]
        if unknown:
            raise UnknownFetchError(
                f"no source is called {', '.join(unknown)}: choose of {', '.join(names)}"
            )
        return [source for source in self.catalogue if not self.only or source.name in self.only]


@dataclass(frozen=True, slots=True)
class FetchResult:
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


def fetch_sources(order: FetchRequest, progress: Progress) -> Iterator[FetchResult]:
    """Each source in turn; one that fails does not stop the others.

    Raises ``FetchRunningError``, ``UnknownFetchError``, or ``OSError`` for the directory itself.
    """
    sources = order.sources
    order.directory.mkdir(parents=True, exist_ok=True)
    with _open_directory_lock(order.directory), build_client(order.settings) as web:
        for source in sources:
            try:
                yield _fetch_source(web, source, order, progress)
            except FetchError as error:
                yield FetchResult(source.name, error=error)


def preview_sources(order: FetchRequest) -> Iterator[FetchResult]:
    """What each source would give, asked by its headers only; nothing is written."""
    with build_client(order.settings) as web:
        for source in order.sources:
            try:
                found = fetch_headers(web, order.settings.source_address(source))
                yield FetchResult(source.name, {found.name: found.size or 0})
            except FetchError as error:
                yield FetchResult(source.name, error=error)


@contextmanager
def _open_directory_lock(directory: Path) -> Iterator[None]:
    """Hold the lock of a directory; the system lets it go when the process ends."""
    with (directory / LOCK).open("wb") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise FetchRunningError(
                f"another fetch works in {directory}: wait for its end, or give another directory"
            ) from error
        yield


def _fetch_source(
    web: httpx.Client, source: PublishedSource, order: FetchRequest, progress: Progress
) -> FetchResult:
    before = _find_previous_files(source, order.directory)
    part = order.directory / f".{source.name}.part"
    received = download(
        web,
        order.settings.source_address(source),
        part,
        order.settings,
        source.largest,
        lambda done, total: progress(source.name, done, total),
    )
    found: list[tuple[ExpectedFile, str, Path]] = []
    try:
        found = _list_new_files(source, received, part, order)
        for (wanted, _, path), old in zip(found, before, strict=True):
            contents.check_content(source, wanted, path)
            if not order.accept_drift:
                contents.check_drift(path, old)
        return _replace_files(source.name, found, before, order.directory)
    finally:
        discard_partial(part)
        for _, _, path in found:
            path.unlink(missing_ok=True)


def _find_previous_files(source: PublishedSource, directory: Path) -> list[Path | None]:
    """The files of before, one a wanted file; raises ``SourceRefusedError`` for two editions."""
    try:
        return [find_edition(directory, wanted.pattern) for wanted in source.files]
    except TwoEditionsError as error:
        raise SourceRefusedError(str(error)) from error


def _list_new_files(
    source: PublishedSource, received: DownloadResult, part: Path, order: FetchRequest
) -> list[tuple[ExpectedFile, str, Path]]:
    today = order.now.date()
    if source.archive:
        return contents.unpack_members(source, part, today)
    (wanted,) = source.files
    name = (
        received.name
        if contents.is_source_file_name(wanted.pattern, received.name)
        else source.mirror
    )
    contents.check_not_ahead(contents.parse_file_day(name), today)
    return [(wanted, name, part)]


def _replace_files(
    source: str,
    found: Sequence[tuple[ExpectedFile, str, Path]],
    before: Sequence[Path | None],
    directory: Path,
) -> FetchResult:
    """Put the new files in their place, then remove those they replace."""
    sizes = {name: path.stat().st_size for _, name, path in found}
    for _, name, path in found:
        path.replace(directory / name)
    old = [path for path in before if path is not None and path.name not in sizes]
    for path in old:
        path.unlink()
    return FetchResult(source, sizes, tuple(path.name for path in old))
