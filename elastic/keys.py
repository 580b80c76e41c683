"""Keys of Elasticsearch with the least rights each needs: read, write, keep snapshots."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from elasticsearch import Elasticsearch

from elastic.client import with_admin_timeout
from elastic.errors import translate_errors
from elastic.names import (
    add_prefix,
    locks_index,
    offers_alias,
)

MONITOR_PRIVILEGES = [
    "cluster:monitor/main",
    "cluster:monitor/health",
    "cluster:monitor/nodes/stats",
]
"""Version, health and clock of the cluster: read by readiness, reindex and ``sas doctor``."""
READ_PRIVILEGES = ["read", "view_index_metadata"]
BUILD_PRIVILEGES = [
    *READ_PRIVILEGES,
    "write",
    "create_index",
    "delete_index",
    "maintenance",
    "indices:admin/aliases",
    "indices:admin/settings/update",
    "indices:admin/mapping/put",
    "indices:monitor/stats",
]
"""Build an index, fill it, refresh and merge it, move the alias, delete what is old."""
SERVICE_INDEX_PRIVILEGES = [*READ_PRIVILEGES, "write", "create_index", "indices:admin/refresh*"]
"""The index of locks: made once, written, never deleted."""


SNAPSHOT_PRIVILEGES = [
    "create_snapshot",
    "monitor_snapshot",
    "cluster:admin/repository/put",
    "cluster:admin/snapshot/delete",
    "cluster:admin/snapshot/restore",
]
"""Take, list, restore and delete snapshots. Elasticsearch grants a restore for every index or none:
keep this key for the hour of a restore."""


class KeyRole(StrEnum):
    """Use of a key."""

    READER = "reader"
    WRITER = "writer"
    KEEPER = "keeper"


CLUSTER_PRIVILEGES: Mapping[KeyRole, list[str]] = {
    KeyRole.READER: [],
    KeyRole.WRITER: [],
    KeyRole.KEEPER: SNAPSHOT_PRIVILEGES,
}


def role_descriptor(role: KeyRole, prefix: str = "") -> dict[str, Any]:
    """The role of a key: privileges by index, on the indices under ``prefix`` alone."""
    alias = offers_alias(prefix)
    offers = [alias, f"{alias}-v*"]
    writing = [(offers, BUILD_PRIVILEGES), ([locks_index(prefix)], SERVICE_INDEX_PRIVILEGES)]
    granted: Mapping[KeyRole, list[tuple[list[str], list[str]]]] = {
        KeyRole.READER: [(offers, READ_PRIVILEGES)],
        KeyRole.WRITER: writing,
        KeyRole.KEEPER: writing,
    }
    indices = [{"names": names, "privileges": may} for names, may in granted[role]]
    return {"cluster": [*MONITOR_PRIVILEGES, *CLUSTER_PRIVILEGES[role]], "indices": indices}


def issue_api_key(
    client: Elasticsearch, role: KeyRole, prefix: str = "", days: int | None = None
) -> str:
    """A new key, in the form of ``SAS_ELASTICSEARCH_API_KEY``; it expires after ``days`` if given.

    ``client`` needs the right to administer security. Raises the errors of ``elastic.errors``.
    """
    name = api_key_name(role, prefix)
    with translate_errors():
        made = with_admin_timeout(client).security.create_api_key(
            name=name,
            role_descriptors={name: role_descriptor(role, prefix)},
            expiration=None if days is None else f"{days}d",
        )
    return str(made["encoded"])


def revoke_api_keys(client: Elasticsearch, role: KeyRole, prefix: str = "") -> int:
    """Refuse from now on every key made for this duty; how many were."""
    with translate_errors():
        answer = with_admin_timeout(client).security.invalidate_api_key(
            name=api_key_name(role, prefix)
        )
    return len(answer["invalidated_api_keys"])


def api_key_name(role: KeyRole, prefix: str = "") -> str:
    """``[prefix-]sas-reader``, and so on."""
    return add_prefix(prefix, f"sas-{role}")
