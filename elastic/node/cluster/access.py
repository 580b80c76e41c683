"""Access to an embedded node: open, or with its authority and its first user."""

import ssl
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from elastic.node.cluster.cluster_config import read_cluster_config

FOLDER = "security"
AUTHORITY = "ca.pem"
PASSWORD = "elastic.password"  # noqa: S105 - the name of a file
USER = "elastic"


@dataclass(frozen=True)
class Access:
    """``ca`` is the authority to trust, ``password`` that of the user ``elastic``."""

    ca: Path | None = None
    password: str | None = None

    @property
    def scheme(self) -> str:
        """Of the node's address."""
        return "https" if self.ca else "http"


OPEN_ACCESS = Access()


def read_access(root: Path) -> Access:
    """To the cluster whose first node has this folder; without password when it is not ours to
    read: the file is its owner's alone.
    """
    if not read_cluster_config(root).secure:
        return OPEN_ACCESS
    folder = root / FOLDER
    try:
        password = (folder / PASSWORD).read_text(encoding="ascii")
    except OSError:
        password = None
    return Access(folder / AUTHORITY, password)


def fetch_node_json(url: str, access: Access) -> Any:
    """The JSON of an address of the node; raises ``httpx.HTTPError`` and ``ValueError``."""
    trusted = ssl.create_default_context(cafile=access.ca) if access.ca else True
    login = (USER, access.password) if access.password else None
    answer = httpx.get(url, timeout=2, trust_env=False, verify=trusted, auth=login)
    return answer.raise_for_status().json()
