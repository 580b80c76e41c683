"""Lifecycle of an index: built beside the live one, swapped in by one call, kept, pruned.

Everything reads and writes through the alias; nothing here ever creates an index by accident.
"""

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from elasticsearch import Elasticsearch

from elastic.allocation import create_allocated_index
from elastic.client import with_admin_timeout
from elastic.errors import (
    AliasConflict,
    ElasticError,
    IndexMissing,
    index_missing_error,
    translate_errors,
)
from elastic.names import IndexName, NotAnIndexName

SCHEMA_KEY = "schema_version"


def create_index(
    client: Elasticsearch,
    name: IndexName,
    settings: Mapping[str, Any],
    mappings: Mapping[str, Any],
) -> None:
    """Create an empty index; ``_meta`` of its mapping holds the schema version of its name.

    Raises ``IndexAlreadyExists``, ``IndexUnassigned``.
    """
    meta = {**mappings.get("_meta", {}), SCHEMA_KEY: name.schema}
    create_allocated_index(client, str(name), settings, {**mappings, "_meta": meta})


def live_index(client: Elasticsearch, alias: str) -> IndexName | None:
    """The index the alias points at, None when there is no such alias.

    Raises ``AliasConflict`` when the alias is an index or points at several, ``NotAnIndexName``
    when it points at an index that is not ours.
    """
    members = _alias_members(client, alias)
    if len(members) > 1:
        raise AliasConflict(f"Alias {alias} points at {', '.join(members)}: keep one of them.")
    return IndexName.parse(members[0]) if members else None


def require_live_index(client: Elasticsearch, alias: str) -> IndexName:
    """The index the alias points at; raises ``IndexMissing`` and the errors of ``live_index``."""
    live = live_index(client, alias)
    if live is None:
        raise IndexMissing("No index is live: run `sas reindex --from DIR` first.")
    return live


def resolve_index(client: Elasticsearch, name: str) -> IndexName:
    """The one index of ours behind an index name or an alias.

    Raises ``IndexMissing``, ``AliasConflict`` for several, ``NotAnIndexName``.
    """
    with translate_errors():
        found = sorted(client.indices.get(index=name, features=["aliases"]))
    if len(found) != 1:
        raise AliasConflict(f"{name} stands for {len(found)} indices: name one of them.")
    return IndexName.parse(found[0])


def swap_alias(client: Elasticsearch, alias: str, new: IndexName) -> IndexName | None:
    """Point the alias at ``new`` in one atomic call; the index it left is kept and returned.

    A lost answer, or a refusal of a repeated call, is no failure when the alias has moved.
    """
    old = live_index(client, alias)
    if old == new:
        return old
    actions: list[dict[str, Any]] = [{"add": {"index": str(new), "alias": alias}}]
    if old is not None:
        actions.append({"remove": {"index": str(old), "alias": alias, "must_exist": True}})
    try:
        with translate_errors():
            with_admin_timeout(client).indices.update_aliases(actions=actions)
    except ElasticError:
        if live_index(client, alias) != new:
            raise
    return old


def all_indices(client: Elasticsearch, alias: str) -> list[IndexName]:
    """Every index built for the alias, newest first, live or not."""
    with translate_errors():
        found = client.indices.get(
            index=f"{alias}-v*", expand_wildcards="all", features=["aliases"]
        )
    names = (_parse_index_name(name) for name in found)
    ours = (name for name in names if name is not None and name.alias == alias)
    return sorted(ours, key=lambda name: name.stamp, reverse=True)


def previous_indices(client: Elasticsearch, alias: str) -> list[IndexName]:
    """Indices built for the alias before the live one, newest first: the targets of a rollback."""
    live = live_index(client, alias)
    if live is None:
        return []
    return [name for name in all_indices(client, alias) if name.stamp < live.stamp]


def delete_indices_between(
    client: Elasticsearch, alias: str, former: str | None
) -> list[IndexName]:
    """Delete the indices between the former live one and the live one; return them.

    A rollback left them: the next one must lead back to ``former``, never to it.
    """
    before = None if former is None else _parse_index_name(former)
    if before is None:
        return []
    left = [n for n in previous_indices(client, alias) if n.stamp > before.stamp]
    for name in left:
        delete_index(client, name)
    return left


def prunable_indices(client: Elasticsearch, alias: str, keep: int) -> list[IndexName]:
    """The previous indices but the ``keep`` newest."""
    if keep < 0:
        raise ValueError(f"keep is a number of indices, not {keep}.")
    return previous_indices(client, alias)[keep:]


def prune_indices(client: Elasticsearch, alias: str, keep: int) -> list[IndexName]:
    """Delete indices older than the ``keep`` newest previous ones; return the deleted ones.

    The live index and anything newer than it are never touched.
    """
    older = prunable_indices(client, alias, keep)
    for name in older:
        delete_index(client, name)
    return older


def delete_index(client: Elasticsearch, name: IndexName) -> None:
    """Delete an index that no alias points at; a missing one is no error.

    Raises ``AliasConflict`` for a live index: swap first.
    """
    if live_index(client, name.alias) == name:
        raise AliasConflict(f"Index {name} is live behind {name.alias}: swap the alias first.")
    with translate_errors():
        with_admin_timeout(client).indices.delete(index=str(name), ignore_unavailable=True)


def delete_leftover(client: Elasticsearch, name: IndexName) -> None:
    """Delete an index that was never live, in one call that leaves the alias where it is.

    The call of a killed run may still be executed: between a look at the alias and a deletion,
    the index could have gone live.
    """
    live = live_index(client, name.alias)
    if live == name:
        raise AliasConflict(f"Index {name} is live behind {name.alias}: swap the alias first.")
    actions: list[dict[str, Any]] = [{"remove_index": {"index": str(name)}}]
    if live is not None:
        actions.append({"add": {"index": str(live), "alias": name.alias}})
    with suppress(IndexMissing), translate_errors():
        with_admin_timeout(client).indices.update_aliases(actions=actions)


def refresh_index(client: Elasticsearch, name: IndexName | str) -> None:
    """Make written documents searchable."""
    with translate_errors():
        with_admin_timeout(client).indices.refresh(index=str(name))


def force_merge(client: Elasticsearch, name: IndexName | str, segments: int = 1) -> None:
    """Merge segments after a load: an unmerged index is 30 to 50 % slower."""
    with translate_errors():
        client.options(request_timeout=1800).indices.forcemerge(
            index=str(name), max_num_segments=segments
        )


def put_settings(client: Elasticsearch, name: IndexName | str, settings: Mapping[str, Any]) -> None:
    """Change dynamic settings, such as refresh and replicas around a load."""
    with translate_errors():
        with_admin_timeout(client).indices.put_settings(index=str(name), settings=dict(settings))


def count_documents(client: Elasticsearch, name: IndexName | str) -> int:
    """Documents of the index or alias, nested ones not counted."""
    with translate_errors():
        return int(client.count(index=str(name))["count"])


def count_useful_replicas(client: Elasticsearch) -> int:
    """Copies worth having beside the primary: one as soon as there is a second data node."""
    with translate_errors():
        nodes = int(client.cluster.health()["number_of_data_nodes"])
    return min(nodes - 1, 1)


def schema_version(client: Elasticsearch, alias: str) -> int:
    """The schema version in the live mapping; 0 without one; raises ``IndexMissing``."""
    return mapping_version(read_mapping(client, alias))


def read_mapping(client: Elasticsearch, name: str) -> Mapping[str, Any]:
    """The mapping of an index or alias; raises ``IndexMissing``."""
    with translate_errors():
        mappings = client.indices.get_mapping(index=name).body
    if not mappings:
        raise index_missing_error(name)
    mapping: Mapping[str, Any] = next(iter(mappings.values()))["mappings"]
    return mapping


def mapping_version(mapping: Mapping[str, Any]) -> int:
    """The schema version in the ``_meta`` of a mapping, 0 without one."""
    return int(mapping.get("_meta", {}).get(SCHEMA_KEY, 0))


def _alias_members(client: Elasticsearch, alias: str) -> list[str]:
    with translate_errors():
        if client.indices.exists_alias(name=alias):
            return sorted(client.indices.get_alias(name=alias))
        if client.indices.exists(index=alias):
            raise AliasConflict(
                f"{alias} is an index where an alias is expected: delete that index."
            )
    return []


def _parse_index_name(name: str) -> IndexName | None:
    try:
        return IndexName.parse(name)
    except NotAnIndexName:
        return None
