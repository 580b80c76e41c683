"""Access to an embedded node: open, or with its authority and its first user."""

import ssl
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Any

import httpx

from downloads.bounded_answers import NODE_BYTES, AnswerUnusable, fetch_answer
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


def fetch_node_json(url: str, access: Access) -> dict[str, Any]:
    """The JSON object of an address of the node; raises ``httpx.HTTPError`` and ``ValueError``."""
    trusted = ssl.create_default_context(cafile=access.ca) if access.ca else True
    login = (USER, access.password) if access.password else None
    with httpx.Client(timeout=2, trust_env=False, verify=trusted, auth=login) as web:
        answer = fetch_answer(web, "GET", url, NODE_BYTES)
    if answer.status != HTTPStatus.OK:
        raise AnswerUnusable(f"status {answer.status}")
    content = answer.parse_json()
    if not isinstance(content, dict):
        raise AnswerUnusable("no object")
    return content
