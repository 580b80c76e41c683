"""The Elasticsearch in use: your cluster if one is configured, else the embedded node."""

from dataclasses import dataclass
from typing import Unpack

from elastic.client import client_for, superuser_options
from elastic.errors import (
    ElasticError,
    ElasticTimeout,
    ElasticUnavailable,
    ElasticUntrusted,
    translate_errors,
)
from elastic.node.configuration import VERSION, VERSION_LINE
from elastic.node.embedded import StartOptions, start_nodes
from elastic.node.provision import obtain_distribution
from elastic.node.report import ProgressReporter, SilentReporter
from elastic.settings import ElasticSettings

URL_VARIABLE = "SAS_ELASTICSEARCH_URL"
"""The variable that names a cluster of yours: nothing is started beside it."""


class UnsupportedVersion(ElasticError):
    """The cluster runs a version that was not tested against."""


@dataclass(frozen=True)
class RunningCluster:
    """The Elasticsearch in use; ``pids`` is empty for a cluster that is not ours.

    ``url`` holds the address of every node, separated by commas; ``pid`` is the first node's.
    """

    url: str
    version: str
    origin: str
    already_running: bool
    pid: int | None = None
    pids: tuple[int, ...] = ()


def ensure_elasticsearch(
    settings: ElasticSettings, **options: Unpack[StartOptions]
) -> RunningCluster:
    """Make sure an Elasticsearch answers; raises ``ElasticError``, with the way out.

    With ``SAS_ELASTICSEARCH_URL`` nothing is started: that cluster is checked.
    """
    if settings.elasticsearch_urls:
        url = ",".join(settings.elasticsearch_urls)
        return RunningCluster(
            url, _require_external_version(settings), URL_VARIABLE, already_running=True
        )
    started = start_nodes(settings, **options)
    states = [node.state for node in started]
    return RunningCluster(
        url=",".join(state.url for state in states),
        version=require_version(settings, states[0].url),
        origin=states[0].origin,
        already_running=all(node.already_running for node in started),
        pid=states[0].pid,
        pids=tuple(state.pid for state in states),
    )


def ensure_installed_server(chosen: ElasticSettings, report: ProgressReporter | None = None) -> str:
    """Have the server installed without starting it; where it comes from.

    With ``SAS_ELASTICSEARCH_URL`` nothing is installed: that cluster is only looked at.
    """
    if chosen.elasticsearch_urls:
        _require_external_version(chosen)
        return URL_VARIABLE
    return obtain_distribution(chosen, report or SilentReporter()).origin


def _require_external_version(chosen: ElasticSettings) -> str:
    try:
        return require_version(chosen)
    except (ElasticTimeout, ElasticUntrusted):
        raise
    except ElasticUnavailable as error:
        raise ElasticUnavailable(
            f"{URL_VARIABLE} names a cluster that cannot be reached: start it, correct the "
            f"address, or "
            "unset the variable and `sas up` starts a node of its own."
        ) from error


def require_version(chosen: ElasticSettings, url: str | None = None) -> str:
    """The version of the cluster; raises ``UnsupportedVersion``, ``ElasticUnavailable``."""
    access = superuser_options(chosen)
    with client_for(chosen, url, **access, max_retries=0) as client, translate_errors():
        version = str(client.info()["version"]["number"])
    if not version.startswith(f"{VERSION_LINE}."):
        raise UnsupportedVersion(
            f"Elasticsearch {version} answers, but {VERSION_LINE} is needed: install {VERSION}, or "
            f"unset "
            "SAS_ELASTICSEARCH_URL to use the embedded node."
        )
    return version
