"""Settings of the seam to Elasticsearch, read from environment variables ``SAS_*``."""

import os
import re
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, Field, SecretStr, StringConstraints, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

Prefix = Annotated[str, StringConstraints(pattern=r"^([a-z0-9]([a-z0-9-]*[a-z0-9])?)?$")]
NODE = re.compile(r"https?://[^\s,/]+:\d+(/\S*)?")
"""Scheme and port are what the client cannot guess."""


def _check_urls(urls: str) -> str:
    if all(NODE.fullmatch(url.strip()) for url in urls.split(",") if url.strip()):
        return urls
    raise ValueError("each node needs scheme, host and port, such as http://127.0.0.1:9200")


Urls = Annotated[str, AfterValidator(_check_urls)]
HEAP = r"^[1-9][0-9]*[mg]$"
HEAP_SINGLE_NODE, HEAP_PER_NODE = "1g", "512m"
Heap = Annotated[str, StringConstraints(pattern=HEAP)]

FOLDER = "sas-search-engine"


class BadSetting(ValueError):
    """An environment variable holds what its setting cannot be."""


def default_state_dir() -> Path:
    """Where downloads, data and logs of the embedded node live: the XDG data folder.

    For root it is a system folder, because Elasticsearch refuses root and the unprivileged
    account it runs as cannot enter root's home.
    """
    if declared := os.environ.get("XDG_DATA_HOME"):
        return Path(declared) / FOLDER
    if os.geteuid() == 0:
        return Path("/var/lib") / FOLDER
    return Path.home() / ".local" / "share" / FOLDER


class ElasticSettings(BaseSettings):
    """How Elasticsearch is reached and, when none is given, how the embedded node runs."""

    model_config = SettingsConfigDict(env_prefix="SAS_", extra="ignore", env_ignore_empty=True)

    elasticsearch_url: Urls | None = None
    """Your cluster; several nodes separated by commas. Unset: the embedded node."""
    elasticsearch_api_key: SecretStr | None = None
    """API key of your cluster; wins over user and password."""
    elasticsearch_username: str | None = None
    """User of your cluster."""
    elasticsearch_password: SecretStr | None = None
    """Password of that user."""
    elasticsearch_ca: Path | None = None
    """Certificate authority of your cluster, PEM."""
    elasticsearch_home: Path | None = None
    """An unpacked Elasticsearch 9.4 distribution for the embedded node."""
    elasticsearch_heap: Heap | None = None
    """Heap of each embedded node; unset: ``1g`` for a single node, ``512m`` for one of several."""
    elasticsearch_download_url: str = "https://artifacts.elastic.co/downloads/elasticsearch"
    """Folder of the official archives; a mirror may be named."""
    index_prefix: Prefix = ""
    """Prefix of every index and alias: several installations share one cluster."""
    state_dir: Path = Field(default_factory=default_state_dir)
    """Folder of the embedded node, of reports of runs and of the LRM registry kept at hand."""
    snapshot_dir: Path | None = None
    """Folder of snapshots, in ``path.repo`` of every node; unset: that of the embedded nodes."""
    request_timeout_s: float = Field(default=3.0, gt=0)
    """Seconds a search may take before another node is tried."""
    connections_per_node: int = Field(default=64, ge=1)
    """Well above the expected concurrency: with 10, 16 searches at once had 5 times the p99."""

    def node_heap(self, nodes: int) -> str:
        """The heap of each of so many embedded nodes."""
        return self.elasticsearch_heap or (HEAP_SINGLE_NODE if nodes == 1 else HEAP_PER_NODE)

    @property
    def elasticsearch_urls(self) -> list[str]:
        """The nodes of your cluster, none when the embedded node is used."""
        return [url.strip() for url in (self.elasticsearch_url or "").split(",") if url.strip()]


def read_elastic_settings() -> ElasticSettings:
    """The settings as the environment has them now; raises ``BadSetting``."""
    try:
        return ElasticSettings()
    except ValidationError as error:
        raise BadSetting(_invalid_settings_message(error)) from error


def _invalid_settings_message(error: ValidationError) -> str:
    """Which variables are wrong and why; never their values, which may be keys."""
    faults = (f"SAS_{fault['loc'][0]}".upper() + f": {fault['msg']}" for fault in error.errors())
    return f"A setting cannot be read: {'; '.join(faults)}. Correct or unset it."
