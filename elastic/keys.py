"""Keys of Elasticsearch with the least rights each needs: read, write, keep snapshots."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from elasticsearch import Elasticsearch

from elastic.client import patient
from elastic.errors import translated
from elastic.names import (
    audit_index,
    corrections_index,
    loads_index,
    locks_index,
    lrm_index,
    offers_alias,
    prefixed,
)

LOOKING = ["cluster:monitor/main", "cluster:monitor/health", "cluster:monitor/nodes/stats"]
"""Version, health and clock of the cluster: what readiness, reindex and ``sas doctor`` ask."""
READING = ["read", "view_index_metadata"]
BUILDING = [
    *READING,
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
KEEPING = [*READING, "write", "create_index", "indices:admin/refresh*"]
"""A service index: made once, written, never deleted."""
TRAIL = [*READING, "create_doc", "create_index"]
"""The audit trail: lines are added, none is changed or deleted."""


SNAPSHOTS = [
    "create_snapshot",
    "monitor_snapshot",
    "cluster:admin/repository/put",
    "cluster:admin/snapshot/delete",
    "cluster:admin/snapshot/restore",
]
"""Take, list, restore and delete snapshots. Elasticsearch grants a restore for every index or none:
keep this key for the hour of a restore."""


class Duty(StrEnum):
    """What a key is for."""

    READER = "reader"
    WRITER = "writer"
    KEEPER = "keeper"


CLUSTER: Mapping[Duty, list[str]] = {Duty.READER: [], Duty.WRITER: [], Duty.KEEPER: SNAPSHOTS}


def rights(duty: Duty, prefix: str = "") -> dict[str, Any]:
    """The role of a key: privileges by index, on the indices under ``prefix`` alone."""
    alias = offers_alias(prefix)
    offers = [alias, f"{alias}-v*"]
    registry, loads, trail = lrm_index(prefix), loads_index(prefix), audit_index(prefix)
    writing = [
        (offers, BUILDING),
        ([locks_index(prefix), registry, loads, corrections_index(prefix)], KEEPING),
        ([trail], TRAIL),
    ]
    granted: Mapping[Duty, list[tuple[list[str], list[str]]]] = {
        Duty.READER: [([*offers, registry, loads, trail], READING)],
        Duty.WRITER: writing,
        Duty.KEEPER: writing,
    }
    indices = [{"names": names, "privileges": may} for names, may in granted[duty]]
    return {"cluster": [*LOOKING, *CLUSTER[duty]], "indices": indices}


def make_key(client: Elasticsearch, duty: Duty, prefix: str = "", days: int | None = None) -> str:
    """A new key, as ``SAS_ELASTICSEARCH_API_KEY`` takes it; it expires after ``days`` if told.

    ``client`` needs the right to administer security. Raises the errors of ``elastic.errors``.
    """
    name = key_name(duty, prefix)
    with translated():
        made = patient(client).security.create_api_key(
            name=name,
            role_descriptors={name: rights(duty, prefix)},
            expiration=None if days is None else f"{days}d",
        )
    return str(made["encoded"])


def revoke_keys(client: Elasticsearch, duty: Duty, prefix: str = "") -> int:
    """Refuse from now on every key made for this duty; how many were."""
    with translated():
        answer = patient(client).security.invalidate_api_key(name=key_name(duty, prefix))
    return len(answer["invalidated_api_keys"])


def key_name(duty: Duty, prefix: str = "") -> str:
    """``[prefix-]sas-reader``, and so on."""
    return prefixed(prefix, f"sas-{duty}")
