"""The official archive: downloaded once, resumed, checked against its published SHA-512."""

import functools
import hashlib
import platform
import sys
import tarfile
from dataclasses import replace
from pathlib import Path

from downloads.download import build_client, discard_partial, download, fetch_text
from downloads.errors import DownloadError
from downloads.policy import DownloadPolicy
from elastic.node.configuration import VERSION
from elastic.node.distribution import Distribution, install_distribution, open_staging_folder
from elastic.node.errors import InstallFailed
from elastic.node.report import ProgressReporter

ORIGIN = f"the official archive of Elasticsearch {VERSION}"
POLICY = DownloadPolicy(connect_s=3.0, attempts=3)
"""Short to connect, so that a closed network costs nothing."""

SYSTEMS = {"linux": "linux", "darwin": "darwin"}
MACHINES = {"x86_64": "x86_64", "amd64": "x86_64", "aarch64": "aarch64", "arm64": "aarch64"}


def archive_name(system: str = sys.platform, machine: str | None = None) -> str:
    """Name of the archive for a platform; raises ``InstallFailed`` where there is none."""
    machine = platform.machine() if machine is None else machine
    if system not in SYSTEMS or machine.lower() not in MACHINES:
        raise InstallFailed(f"there is no archive for {system} on {machine}")
    suffix = f"{SYSTEMS[system]}-{MACHINES[machine.lower()]}"
    return f"elasticsearch-{VERSION}-{suffix}.tar.gz"


def install_from_archive(base_url: str, home: Path, report: ProgressReporter) -> Distribution:
    """Download, check and unpack the archive into ``home``; raises ``InstallFailed``."""
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
        distribution = install_distribution(unpacked, home, ORIGIN)
    archive.unlink()
    return distribution


def _unpack(tar: tarfile.TarFile, folder: Path) -> None:
    """Unpack; Python 3.11.4 or later refuses members outside the folder."""
    if hasattr(tarfile, "data_filter"):
        tar.extractall(folder, filter="data")
    else:
        tar.extractall(folder)  # noqa: S202


def fetch_archive(base_url: str, name: str, folder: Path, report: ProgressReporter) -> Path:
    """The whole, checked archive in ``folder``, downloaded unless it is there.

    Raises ``InstallFailed``.
    """
    folder.mkdir(parents=True, exist_ok=True)
    archive, partial = folder / name, folder / f"{name}.part"
    try:
        with build_client(POLICY) as web:
            digest = _parse_digest(fetch_text(web, f"{base_url}/{name}.sha512"))
            policy = replace(POLICY, sha512=digest)
            if policy.has_digest(archive):
                return archive
            show = functools.partial(report.advance, "Elasticsearch archive")
            download(web, f"{base_url}/{name}", partial, policy, show)
    except DownloadError as error:
        raise InstallFailed(str(error)) from error
    partial.replace(archive)
    discard_partial(partial)
    return archive


def _parse_digest(text: str) -> str:
    """The SHA-512 of a published checksum file; raises ``InstallFailed``."""
    words = text.split()
    if not words or len(words[0]) != hashlib.sha512().digest_size * 2:
        raise InstallFailed("the published SHA-512 cannot be read")
    return words[0].lower()
