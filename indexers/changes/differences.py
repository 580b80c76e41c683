"""The one rule of difference between two sets of offers; pure, no Elasticsearch here.

The facts of a card are compared field by field. Slots change all day: offers whose slots changed
are counted apart, never as changed. Provenance (which file a fact comes from and of which day,
when a source answered) is no fact: the file of a new day changes it everywhere. Nor are the
orientations of a day, which the worker brings to whatever index is live.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson

PROVENANCE = frozenset({"sources", "answered_at"})
SLOTS = "slots"
SLOT_PROVENANCE = frozenset({"received_at", "overlap_instants"})
"""Fields of a slot that are derived or provenance: not compared."""
NOT_FACTS = PROVENANCE | {SLOTS, "orientations_today"}

EXAMPLES = 5
"""Offers named for each sort of change, by default."""
SHORT = 80
"""Characters of JSON up to which an example shows a value; of a longer one, only the field."""

AnyOffer = Mapping[str, Any]


def find_changed_fields(
    old: AnyOffer, new: AnyOffer, ignored: frozenset[str] = NOT_FACTS
) -> list[str]:
    """Fields whose value differs, sorted; slots and provenance are no facts and are left out."""
    names = {*old, *new} - ignored
    return sorted(name for name in names if old.get(name) != new.get(name))


def same_slots(old: AnyOffer, new: AnyOffer) -> bool:
    """True when both have the same slots, whatever their order and when they were seen."""
    return _slots(old) == _slots(new)


def _slots(offer: AnyOffer) -> dict[str, dict[str, Any]]:
    return {
        slot["id"]: {name: slot[name] for name in slot if name not in SLOT_PROVENANCE}
        for slot in offer.get(SLOTS, ())
    }


def pair_by_id(
    left: Iterator[AnyOffer], right: Iterator[AnyOffer]
) -> Iterator[tuple[AnyOffer | None, AnyOffer | None]]:
    """Two streams sorted by ``id``, made one: each id once, None on the side that lacks it."""
    old, new = next(left, None), next(right, None)
    while old is not None or new is not None:
        if new is None or (old is not None and old["id"] < new["id"]):
            yield old, None
            old = next(left, None)
        elif old is None or new["id"] < old["id"]:
            yield None, new
            new = next(right, None)
        else:
            yield old, new
            old, new = next(left, None), next(right, None)


@dataclass(slots=True)
class ChangeTally:
    """Offers of one sort of change: by kind, by department, and the first of them by name."""

    kinds: Counter[str] = field(default_factory=Counter)
    departments: Counter[str] = field(default_factory=Counter)
    examples: list[dict[str, Any]] = field(default_factory=list)

    @property
    def total(self) -> int:
        """How many offers."""
        return self.kinds.total()

    def count(self, offer: AnyOffer) -> None:
        """Count an offer under its kind and department."""
        self.kinds[offer["kind"]] += 1
        self.departments[offer["department"]] += 1

    def as_json(self) -> dict[str, Any]:
        """The tally as plain values."""
        return {
            "total": self.total,
            "kinds": dict(sorted(self.kinds.items())),
            "departments": dict(sorted(self.departments.items())),
            "examples": self.examples,
        }


@dataclass(slots=True)
class Differences:
    """Differences counted pair by pair; memory grows with ``max_examples`` only."""

    max_examples: int = EXAMPLES
    added: ChangeTally = field(default_factory=ChangeTally)
    changed: ChangeTally = field(default_factory=ChangeTally)
    removed: ChangeTally = field(default_factory=ChangeTally)
    fields: Counter[str] = field(default_factory=Counter)
    """Of the changed offers: in how many each field changed."""
    same: int = 0
    """Offers of both sides with the same facts."""
    slots: int = 0
    """Offers of both sides whose slots changed; they may be the same otherwise."""

    def add(self, old: AnyOffer | None, new: AnyOffer | None) -> None:
        """Count one id; ``slots`` are compared when both sides bring the key or one does."""
        if old is None and new is not None:
            self._count(self.added, new, {})
        elif new is None and old is not None:
            self._count(self.removed, old, {})
        elif old is not None and new is not None:
            self._compare(old, new)

    @property
    def has_differences(self) -> bool:
        """True when a fact of an offer differs; slots alone do not count."""
        return bool(self.added.total or self.changed.total or self.removed.total)

    def as_json(self) -> dict[str, Any]:
        """The differences as plain values."""
        return {
            "added": self.added.as_json(),
            "changed": {**self.changed.as_json(), "fields": dict(self.fields.most_common())},
            "removed": self.removed.as_json(),
            "same": self.same,
            "slots_changed": self.slots,
        }

    def _compare(self, old: AnyOffer, new: AnyOffer) -> None:
        self.slots += not same_slots(old, new)
        names = find_changed_fields(old, new)
        if not names:
            self.same += 1
            return
        self.fields.update(names)
        self._count(self.changed, new, {name: _values(old, new, name) for name in names})

    def _count(self, tally: ChangeTally, offer: AnyOffer, fields: Mapping[str, Any]) -> None:
        tally.count(offer)
        if len(tally.examples) < self.max_examples:
            tally.examples.append(_example(offer, fields))


def _example(offer: AnyOffer, fields: Mapping[str, Any]) -> dict[str, Any]:
    named = {key: offer[key] for key in ("id", "title", "kind", "department")}
    return {**named, "fields": dict(fields)} if fields else named


def _values(old: AnyOffer, new: AnyOffer, name: str) -> dict[str, Any]:
    """Both values when they are short; nothing for long ones. None is a value unknown."""
    values = {"old": old.get(name), "new": new.get(name)}
    return values if all(len(orjson.dumps(value)) <= SHORT for value in values.values()) else {}
