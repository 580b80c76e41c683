"""Resources of an answer by fullUrl and by Type/id, and the references between them.

Rules, in order (fhir-exchange 3; E36, E39, E40): ``#id`` inside the same resource; the exact
fullUrl; relative to the base of the resource that refers; then Type/id when it is unique in the
whole answer; by identifier when no reference leads there. ``/_history/n`` is ignored. What stays
ambiguous is not resolved: a slot shown under another professional is worse than a slot lost.
"""

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from mappings.identifiers import compact
from slots.fhir.elements import Json, child, objects, text

IDENTIFIED = ("Practitioner", "Organization")
"""Resources identified by their identifiers, whatever the rest."""

_HISTORY = re.compile(r"/_history(/[^/]*)?/?$")


@dataclass(frozen=True, slots=True, eq=False)
class Node:
    """A resource and its position: its own ``holder`` when it is an entry, else what contains
    it; ``base`` is the server part of the entry's fullUrl, with its final slash, or ``""``."""

    resource: Json
    holder: Json
    url: str
    base: str

    @property
    def kind(self) -> str:
        """The resourceType."""
        return text(self.resource.get("resourceType"))

    @property
    def id(self) -> str:
        """Resource.id, else the end of the fullUrl."""
        return text(self.resource.get("id")) or _tail(self.url)


class ResourceIndex:
    """The entries of one answer, all pages together."""

    def __init__(self, entries: Iterable[object], reports: Counter[str]) -> None:
        """Index every usable entry; the others are counted in ``reports`` (E05, E41)."""
        self._by_url: dict[str, list[Node]] = {}
        self._by_key: dict[tuple[str, str], list[Node]] = {}
        self._by_kind: dict[str, list[Node]] = {}
        for entry in entries:
            node = _node(entry)
            if node is None:
                reports["broken_entry"] += 1
            elif node.kind == "OperationOutcome":
                reports["operation_outcome"] += 1
            else:
                self._add(node)

    def _add(self, node: Node) -> None:
        if node.url:
            self._by_url.setdefault(node.url, []).append(node)
        self._by_key.setdefault((node.kind, node.id), []).append(node)
        self._by_kind.setdefault(node.kind, []).append(node)

    def entries_by_kind(self, kind: str) -> list[Node]:
        """The entries of a resourceType in the order of the answer (C22)."""
        return self._by_kind.get(kind, [])

    def resolve(self, reference: Json, node: Node, kinds: Collection[str]) -> Node | None:
        """The resource of one of ``kinds`` that ``node`` refers to; None when there is no one."""
        target = _HISTORY.sub("", text(reference.get("reference")))
        found = self._resolve_target(target, node, kinds) if target else None
        return found or self._resolve_identifier(child(reference, "identifier"), kinds)

    def _resolve_target(self, target: str, node: Node, kinds: Collection[str]) -> Node | None:
        if target.startswith("#"):
            return _single_node(find_contained(node, target, kinds))
        return self._resolve_url(target, node, kinds) or self._resolve_key(target, kinds)

    def _resolve_url(self, target: str, node: Node, kinds: Collection[str]) -> Node | None:
        for url in (_url(target), _url(node.base + target) if node.base else ""):
            found = _single_node(n for n in self._by_url.get(url, []) if n.kind in kinds)
            if found is not None:
                return found
        return None

    def _resolve_key(self, target: str, kinds: Collection[str]) -> Node | None:
        parts = re.split("[/:]", target.rstrip("/"))
        named = parts[-2] if len(parts) > 1 and parts[-2] in kinds else None
        if named is None and "/" in target:
            return None
        keys = [(kind, parts[-1]) for kind in kinds if named in (None, kind)]
        return _single_node(node for key in keys for node in self._by_key.get(key, []))

    def _resolve_identifier(self, identifier: Json, kinds: Collection[str]) -> Node | None:
        value = compact(text(identifier.get("value")))
        if not value:
            return None
        return _single_node(
            node
            for kind in kinds
            for node in self.entries_by_kind(kind)
            if value in _identifiers(node)
        )


def find_contained(node: Node, target: str, kinds: Collection[str]) -> Iterator[Node]:
    """The resources contained beside ``node`` under a local id, ``#`` or not on either side.

    Local ids are unique in their container only: ``#1`` of two roles are two places (C26).
    """
    wanted = target.lstrip("#")
    return (n for n in all_contained(node, kinds) if n.id.lstrip("#") == wanted)


def all_contained(node: Node, kinds: Collection[str]) -> Iterator[Node]:
    """Every resource of some kinds contained in the entry of ``node``."""
    for resource in objects(node.holder.get("contained")):
        if text(resource.get("resourceType")) in kinds:
            yield Node(resource, node.holder, "", node.base)


def _node(entry: object) -> Node | None:
    if not isinstance(entry, dict) or not isinstance(entry.get("resource"), dict):
        return None
    resource: Json = entry["resource"]
    kind = text(resource.get("resourceType"))
    url = _url(_HISTORY.sub("", text(entry.get("fullUrl"))))
    return Node(resource, resource, url, _base(url, kind)) if kind else None


def _base(url: str, kind: str) -> str:
    head, slash, _ = url.rpartition(f"/{kind}/")
    return f"{head}/" if slash else ""


def _url(text_: str) -> str:
    """A URL as a key: ``urn:uuid`` in lower case, no final slash."""
    url = text_.rstrip("/")
    return url.lower() if url.lower().startswith("urn:uuid:") else url


def _tail(url: str) -> str:
    return re.split("[/:]", url)[-1]


def _identifiers(node: Node) -> set[str]:
    return {compact(text(one.get("value"))) for one in objects(node.resource.get("identifier"))}


def _single_node(nodes: Iterable[Node]) -> Node | None:
    """The one node, or the first of several equal ones; None when they differ."""
    found = list(nodes)
    return found[0] if found and _all_alike([node.resource for node in found]) else None


def _all_alike(resources: Sequence[Mapping[str, Any]]) -> bool:
    if len(resources) == 1:
        return True
    first = _content(resources[0])
    return all(
        _content(resource) == first or _is_same_entity(resource, resources[0])
        for resource in resources[1:]
    )


def _is_same_entity(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Two states of one person or organization, as pages read at two moments hold (E27)."""
    known = one.get("resourceType") in IDENTIFIED and bool(one.get("identifier"))
    return known and all(one.get(n) == other.get(n) for n in ("resourceType", "id", "identifier"))


def _content(resource: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in resource.items() if name not in ("meta", "text")}
