"""Resources of an answer by fullUrl and by Type/id, and the references between them.

Rules, in order (fhir-exchange 3; E36, E39, E40): ``#id`` inside the same resource; the exact
fullUrl; relative to the base of the resource that refers; then Type/id when it is unique in the
whole answer; by identifier when no reference leads there. ``/_history/n`` is ignored. What stays
ambiguous is not resolved: a slot shown under another professional is worse than a slot lost.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from mappings.identifiers import compact
from slots.fhir.elements import Json, child, objects, text
from slots.fhir.lifecycle import is_inactive

IDENTIFIED = ("Practitioner", "Organization")
"""Resources identified by their identifiers, whatever the rest."""

OUTCOME = "OperationOutcome"
SLOT = "Slot"

Name = tuple[str | int, str, str]
"""Scope (``url``, ``id``, ``identifier``, or the container of a local id), kind and value."""

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
    """The entries of one answer, all pages together.

    Every name leads to its resources by a table made once, so that the work is in proportion to
    the answer: no reference is looked for among all the resources.
    """

    def __init__(self, entries: Iterable[object], reports: Counter[str]) -> None:
        """Index every usable entry; the others are counted in ``reports`` (E05, E41)."""
        self._named: dict[Name, list[Node]] = {}
        self._single: dict[Name, Node | None] = {}
        self._by_kind: dict[str, list[Node]] = {}
        self._contained: dict[int, dict[str, list[Node]]] = {}
        for entry in entries:
            node = _node(entry)
            if node is None:
                reports["broken_entry"] += 1
            elif node.kind == OUTCOME:
                reports["operation_outcome"] += 1
            else:
                self._add(node)

    def _add(self, node: Node) -> None:
        if node.url:
            self._name("url", node.url, node)
        self._name("id", node.id, node)
        self._by_kind.setdefault(node.kind, []).append(node)
        if node.kind != SLOT:  # no reference leads to a Slot
            for value in _identifiers(node) - {""}:
                self._name("identifier", value, node)

    def _name(self, scope: str | int, value: str, node: Node) -> None:
        self._named.setdefault((scope, node.kind, value), []).append(node)

    def entries_by_kind(self, kind: str) -> list[Node]:
        """The entries of a resourceType in the order of the answer (C22)."""
        return self._by_kind.get(kind, [])

    def resolve(self, reference: Json, node: Node, kind: str) -> Node | None:
        """The resource of a kind that ``node`` refers to; None when there is no one."""
        target = _HISTORY.sub("", text(reference.get("reference")))
        found = self._resolve_target(target, node, kind) if target else None
        return found or self._resolve_identifier(child(reference, "identifier"), kind)

    def _resolve_target(self, target: str, node: Node, kind: str) -> Node | None:
        if target.startswith("#"):
            self.list_contained(node, kind)
            return self._find((id(node.holder), kind, target.lstrip("#")))
        return self._resolve_url(target, node, kind) or self._resolve_key(target, kind)

    def _resolve_url(self, target: str, node: Node, kind: str) -> Node | None:
        found = self._find(("url", kind, _url(target)))
        if found is None and node.base:
            found = self._find(("url", kind, _url(node.base + target)))
        return found

    def _resolve_key(self, target: str, kind: str) -> Node | None:
        parts = re.split("[/:]", target.rstrip("/"))
        is_named = len(parts) > 1 and parts[-2] == kind
        if not is_named and "/" in target:
            return None
        return self._find(("id", kind, parts[-1]))

    def _resolve_identifier(self, identifier: Json, kind: str) -> Node | None:
        value = compact(text(identifier.get("value")))
        return self._find(("identifier", kind, value)) if value else None

    def _find(self, name: Name) -> Node | None:
        """The one resource of a name, chosen once however often it is referred to."""
        if name not in self._named:
            return None
        if name not in self._single:
            self._single[name] = _single_node(self._named[name])
        return self._single[name]

    def list_contained(self, node: Node, kind: str) -> list[Node]:
        """The resources of a kind contained in the entry of ``node``."""
        holder = id(node.holder)
        if holder not in self._contained:
            by_kind: dict[str, list[Node]] = {}
            self._contained[holder] = by_kind
            for inside in _build_contained(node):
                by_kind.setdefault(inside.kind, []).append(inside)
                self._name(holder, inside.id.lstrip("#"), inside)
        return self._contained[holder].get(kind, [])

    def find_contained(self, node: Node, target: str, kind: str) -> list[Node]:
        """The resources contained beside ``node`` under a local id, ``#`` or not on either side.

        Local ids are unique in their container only: ``#1`` of two roles are two places (C26).
        """
        self.list_contained(node, kind)
        return self._named.get((id(node.holder), kind, target.lstrip("#")), [])


def _build_contained(node: Node) -> Iterator[Node]:
    return (Node(one, node.holder, "", node.base) for one in objects(node.holder.get("contained")))


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


def _single_node(nodes: Sequence[Node]) -> Node | None:
    """The one node, or of several equal ones the first; None when they differ.

    Of two states of one entity the one out of use counts: a page read later may say so.
    """
    if len(nodes) > 1 and not are_alike([node.resource for node in nodes]):
        return None
    return next((node for node in nodes if is_inactive(node.resource)), nodes[0])


def are_alike(resources: Sequence[Mapping[str, Any]]) -> bool:
    """True when all say the same, ``meta`` and ``text`` apart, or are states of one entity."""
    first = _content(resources[0])
    try:
        return all(
            _content(resource) == first or _is_same_entity(resource, resources[0])
            for resource in resources[1:]
        )
    except RecursionError:  # nested too deep to be compared
        return False


def _is_same_entity(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Two states of one person or organization, as pages read at two moments hold (E27)."""
    known = one.get("resourceType") in IDENTIFIED and bool(one.get("identifier"))
    return known and all(one.get(n) == other.get(n) for n in ("resourceType", "id", "identifier"))


def _content(resource: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in resource.items() if name not in ("meta", "text")}
