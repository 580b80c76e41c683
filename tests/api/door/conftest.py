"""``sas serve`` over the dozen offers: with the limits it ships, and with short ones."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.api.door.served_process import OpenService, ServedProcess, open_served_process

SHORT = "head_s=0.5, idle_s=1, write_s=1.0, linger_s=0.5, connections=450"
SHORT_DEADLINE = {"SAS_SEARCH_DEADLINE_S": "1"}


@pytest.fixture(scope="session")
def server_environment(es_url: str, dozen_prefix: str) -> dict[str, str]:
    """The settings through which a process finds the dozen offers."""
    return {
        "SAS_ELASTICSEARCH_URL": es_url,
        "SAS_INDEX_PREFIX": dozen_prefix,
        "SAS_GEOCODER_URL": "off",
    }


@pytest.fixture(scope="session")
def server(
    tmp_path_factory: pytest.TempPathFactory, server_environment: dict[str, str]
) -> Iterator[ServedProcess]:
    """A server with the limits of the product."""
    with open_served_process(tmp_path_factory.mktemp("served"), server_environment) as server:
        yield server


@pytest.fixture(scope="session")
def impatient(
    tmp_path_factory: pytest.TempPathFactory, server_environment: dict[str, str]
) -> Iterator[ServedProcess]:
    """A server whose times are short, and whose searches last a second at most."""
    folder, environment = tmp_path_factory.mktemp("impatient"), server_environment | SHORT_DEADLINE
    with open_served_process(folder, environment, limits=SHORT) as server:
        yield server


@pytest.fixture
def open_service(tmp_path: Path, server_environment: dict[str, str]) -> OpenService:
    """``open_service(limits="", first="", **environment)``: a server of this test alone."""

    def build_process(limits: str = "", first: str = "", **environment: str) -> object:
        both = server_environment | environment
        return open_served_process(tmp_path, both, limits=limits, first=first)

    return build_process  # type: ignore[return-value]
