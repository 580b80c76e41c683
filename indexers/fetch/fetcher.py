"""Sources fetched into a directory; present files stay until the new ones pass their checks."""

import functools
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
from downloads.errors import DownloadRefusedError, DownloadUnreachableError
from indexers.fetch import contents
from indexers.fetch.catalogue import SOURCES, ExpectedFile, PublishedSource
from indexers.fetch.errors import (
    FetchError,
    FetchRunningError,
    SourceRefusedError,
    SourceUnreachableError,
    UnknownFetchError,
)
from indexers.fetch.settings import FetchSettings
from indexers.sources.published import TwoEditionsError, find_edition
from mappings.state_file import FileLockedError, open_file_lock

LOCK = ".sas-fetch.lock"
Progress = Callable[[str, int, int | None], None]
"""(source, bytes received, size in bytes or None while unknown)."""


@dataclass(frozen=True, slots=True)
class FetchRequest:
    """Sources to fetch and their directory; ``now`` is aware, no file may be of a later day."""

    directory: Path
    now: datetime
    settings: FetchSettings
    only: tuple[str, ...] = ()
    accept_drift: bool = False
    catalogue: tuple[PublishedSource, ...] = tuple(SOURCES.values())

    @property
    def sources(self) -> list[PublishedSource]:
        """The requested sources, all without ``only``; raises ``UnknownFetchError``."""
        names = [source.name for source in self.catalogue]
        unknown = [name for name in self.only if name not in names]
        if unknown:
            raise UnknownFetchError(
                f"no source is called {', '.join(unknown)}: choose of {', '.join(names)}"
            )
        return [source for source in self.catalogue if not self.only or source.name in self.only]


@dataclass(frozen=True, slots=True)
class FetchResult:
    """Outcome of one source: its new files, or the error that left the present ones."""

    source: str
    files: dict[str, int] = field(default_factory=dict)
    """Sizes in bytes by file name; expected sizes in a preview."""
    replaced: tuple[str, ...] = ()
    error: FetchError | None = None

    def as_json(self) -> dict[str, Any]:
        """The outcome for programs."""
        outcome: dict[str, Any] = {"source": self.source, "files": self.files}
        if self.error is not None:
            return {**outcome, "error": str(self.error), "kind": type(self.error).__name__}
        return {**outcome, "replaced": list(self.replaced)}


def fetch_sources(request: FetchRequest, progress: Progress) -> Iterator[FetchResult]:
    """Each source in turn; one that fails does not stop the others.

    Raises ``FetchRunningError``, ``UnknownFetchError``, or ``OSError`` for the directory itself.
    """
    sources = request.sources
    request.directory.mkdir(parents=True, exist_ok=True)
    with (
        _open_directory_lock(request.directory),
        build_client(request.settings.download_policy()) as web,
    ):
        for source in sources:
            try:
                yield _fetch_source(web, source, request, progress)
            except FetchError as error:
                yield FetchResult(source.name, error=error)


def preview_sources(request: FetchRequest) -> Iterator[FetchResult]:
    """The announced file of each source, from its headers; nothing is written."""
    with build_client(request.settings.download_policy()) as web:
        for source in request.sources:
            try:
                with _translate_errors():
                    remote = fetch_headers(web, request.settings.source_address(source))
                yield FetchResult(source.name, {remote.name: remote.size or 0})
            except FetchError as error:
                yield FetchResult(source.name, error=error)


@contextmanager
def _translate_errors() -> Iterator[None]:
    """Raise the errors of a download as ``FetchError``."""
    try:
        yield
    except DownloadRefusedError as error:
        raise SourceRefusedError(str(error)) from error
    except DownloadUnreachableError as error:
        raise SourceUnreachableError(str(error)) from error


@contextmanager
def _open_directory_lock(directory: Path) -> Iterator[None]:
    """Hold the lock of a directory; the system releases it when the process ends."""
    try:
        with open_file_lock(directory / LOCK, wait_s=0):
            yield
    except FileLockedError as error:
        raise FetchRunningError(
            f"another fetch works in {directory}: wait for its end, or give another directory"
        ) from error


def _fetch_source(
    web: httpx.Client, source: PublishedSource, request: FetchRequest, progress: Progress
) -> FetchResult:
    before = _find_previous_files(source, request.directory)
    part = request.directory / f".{source.name}.part"
    with _translate_errors():
        received = download(
            web,
            request.settings.source_address(source),
            part,
            request.settings.download_policy(source.largest),
            functools.partial(progress, source.name),
        )
    files: list[tuple[ExpectedFile, str, Path]] = []
    try:
        files = _list_new_files(source, received, part, request)
        for (wanted, _, path), old in zip(files, before, strict=True):
            contents.check_content(source, wanted, path)
            if not request.accept_drift:
                contents.check_drift(path, old)
        return _replace_files(source.name, files, before, request.directory)
    finally:
        discard_partial(part)
        for _, _, path in files:
            path.unlink(missing_ok=True)


def _find_previous_files(source: PublishedSource, directory: Path) -> list[Path | None]:
    """The present file for each expected one; raises ``SourceRefusedError`` for two editions."""
    try:
        return [find_edition(directory, wanted.pattern) for wanted in source.files]
    except TwoEditionsError as error:
        raise SourceRefusedError(str(error)) from error


def _list_new_files(
    source: PublishedSource, received: DownloadResult, part: Path, request: FetchRequest
) -> list[tuple[ExpectedFile, str, Path]]:
    today = request.now.date()
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
    files: Sequence[tuple[ExpectedFile, str, Path]],
    before: Sequence[Path | None],
    directory: Path,
) -> FetchResult:
    """Move the new files into the directory, then delete those they replace."""
    sizes = {name: path.stat().st_size for _, name, path in files}
    for _, name, path in files:
        path.replace(directory / name)
    previous = [path for path in before if path is not None and path.name not in sizes]
    for path in previous:
        path.unlink()
    return FetchResult(source, sizes, tuple(path.name for path in previous))
