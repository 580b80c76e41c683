"""The official archive: fetched once, resumed where it broke off, checked against its SHA-512."""

import hashlib
import platform
import sys
import tarfile
from pathlib import Path

import httpx

from elastic.node.configuration import VERSION
from elastic.node.distribution import Distribution, install_distribution, open_staging_folder
from elastic.node.errors import InstallFailed
from elastic.node.report import ProgressReporter

ORIGIN = f"the official archive of Elasticsearch {VERSION}"
TIMEOUT = httpx.Timeout(30.0, connect=3.0)
"""Seconds: short to connect, so that a closed network costs nothing."""
ATTEMPTS = 3
RANGE_NOT_SATISFIABLE = 416

SYSTEMS = {"linux": "linux", "darwin": "darwin"}
MACHINES = {"x86_64": "x86_64", "amd64": "x86_64", "aarch64": "aarch64", "arm64": "aarch64"}


def archive_name(system: str = sys.platform, machine: str | None = None) -> str:
    """The archive for a platform; raises ``InstallFailed`` where there is none."""
    machine = platform.machine() if machine is None else machine
    if system not in SYSTEMS or machine.lower() not in MACHINES:
        raise InstallFailed(f"there is no archive for {system} on {machine}")
    suffix = f"{SYSTEMS[system]}-{MACHINES[machine.lower()]}"
    return f"elasticsearch-{VERSION}-{suffix}.tar.gz"


def install_from_archive(base_url: str, home: Path, report: ProgressReporter) -> Distribution:
    """Fetch, check and unpack the archive below ``home``; raises ``InstallFailed``."""
    archive = fetch_archive(base_url, archive_name(), home.parent, report)
    report.say("Unpacking.")
    with open_staging_folder(home) as folder:
        try:
            with tarfile.open(archive) as tar:
                _unpack(tar, folder)
        except tarfile.TarError as error:
            raise InstallFailed("the archive cannot be unpacked") from error
        unpacked = folder / f"elasticsearch-{VERSION}"
        if not unpacked.is_dir():
            raise InstallFailed(f"the archive holds no elasticsearch-{VERSION}")
        found = install_distribution(unpacked, home, ORIGIN)
    archive.unlink()
    return found


def _unpack(tar: tarfile.TarFile, folder: Path) -> None:
    """Nothing outside the folder, where Python can see to it (3.11.4); before, the checked digest
    is what there is to trust.
    """
    if hasattr(tarfile, "data_filter"):
        tar.extractall(folder, filter="data")
    else:
        tar.extractall(folder)  # noqa: S202


def fetch_archive(base_url: str, name: str, folder: Path, report: ProgressReporter) -> Path:
    """The archive on disk, whole and checked; what is there already is not fetched again."""
    folder.mkdir(parents=True, exist_ok=True)
    archive = folder / name
    with httpx.Client(timeout=TIMEOUT, follow_redirects=True) as client:
        expected = _fetch_published_digest(client, f"{base_url}/{name}.sha512")
        if archive.exists() and _digest(archive) == expected:
            return archive
        partial = archive.with_name(f"{name}.part")
        _download(client, f"{base_url}/{name}", partial, report)
    if _digest(partial) != expected:
        partial.unlink()
        raise InstallFailed("the archive's SHA-512 is not the published one; it was thrown away")
    return partial.rename(archive)


def _fetch_published_digest(client: httpx.Client, url: str) -> str:
    try:
        answer = client.get(url).raise_for_status()
    except httpx.HTTPError as error:
        raise InstallFailed(_failure(error)) from error
    words = answer.text.split()
    if not words or len(words[0]) != hashlib.sha512().digest_size * 2:
        raise InstallFailed("the published SHA-512 cannot be read")
    return words[0].lower()


def _download(client: httpx.Client, url: str, partial: Path, report: ProgressReporter) -> None:
    """Fetch the rest of the file, trying again from where a connection broke."""
    for attempt in range(1, ATTEMPTS + 1):
        try:
            _download_rest(client, url, partial, report)
        except httpx.TransportError as error:
            if attempt == ATTEMPTS:
                raise InstallFailed(_failure(error)) from error
        except httpx.HTTPStatusError as error:
            raise InstallFailed(_failure(error)) from error
        else:
            return


def _download_rest(client: httpx.Client, url: str, partial: Path, report: ProgressReporter) -> None:
    have = partial.stat().st_size if partial.exists() else 0
    headers = {"Range": f"bytes={have}-"} if have else {}
    with client.stream("GET", url, headers=headers) as answer:
        if have and answer.status_code == RANGE_NOT_SATISFIABLE:
            return
        answer.raise_for_status()
        resumed = answer.status_code == httpx.codes.PARTIAL_CONTENT
        done = have if resumed else 0
        length = answer.headers.get("Content-Length")
        total = done + int(length) if length else None
        with partial.open("ab" if resumed else "wb") as file:
            for chunk in answer.iter_raw():
                file.write(chunk)
                done += len(chunk)
                report.advance("Elasticsearch archive", done, total)


def _digest(file: Path) -> str:
    with file.open("rb") as handle:
        return hashlib.file_digest(handle, "sha512").hexdigest()


def _failure(error: httpx.HTTPError) -> str:
    if isinstance(error, httpx.HTTPStatusError):
        return f"the server answered {error.response.status_code}"
    if isinstance(error, httpx.TimeoutException):
        return "the server did not answer in time"
    return f"the server cannot be reached ({type(error).__name__})"
