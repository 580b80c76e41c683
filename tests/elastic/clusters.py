"""Embedded clusters of a test: a state folder of their own on the distribution of this machine."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from elastic.node.embedded import stop_nodes
from elastic.node.provision import obtain_distribution
from elastic.node.report import SilentReporter
from elastic.node.state import runtime_dir
from elastic.settings import ElasticSettings

HEAP = "400m"
WAIT_S = 300.0
"""Seconds: the machine of a test run may be busy."""


@contextmanager
def open_own_machine() -> Iterator[ElasticSettings]:
    """Settings of a machine with the distribution and nothing that runs; all is stopped after."""
    obtain_distribution(ElasticSettings(), SilentReporter())
    folder = Path(tempfile.mkdtemp(prefix="sas-cluster-"))
    folder.chmod(0o755)
    (folder / "distributions").symlink_to(ElasticSettings().state_dir / "distributions")
    chosen = ElasticSettings(state_dir=folder, elasticsearch_url=None, elasticsearch_api_key=None)
    try:
        yield chosen
    finally:
        stop_nodes(runtime_dir(chosen))
        shutil.rmtree(folder)
