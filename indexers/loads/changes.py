"""Changes of a load, counted: each offer once, by outcome, kind and field."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from indexers.changes.differences import find_changed_fields
from mappings.records import Offer


@dataclass(slots=True)
class Changes:
    """Counts of differences; memory grows with the offers that change, not with the index."""

    counted_ids: set[str] = field(default_factory=set)
    outcomes: Counter[str] = field(default_factory=Counter)
    kinds: Counter[str] = field(default_factory=Counter)
    fields: Counter[str] = field(default_factory=Counter)
    gained_places: Counter[str] = field(default_factory=Counter)
    lost_places: Counter[str] = field(default_factory=Counter)
    """Places that each CPTS would win and lose."""

    @property
    def total(self) -> int:
        """Offers, or entries, that would be written or deleted."""
        return self.outcomes.total()

    def count_offer_change(self, before: Offer | None, after: Offer | None) -> None:
        """One offer that differs: None before when it comes, None after when it goes."""
        known = after or before
        if known is None or known["id"] in self.counted_ids:
            return
        self.counted_ids.add(known["id"])
        self.kinds[known["kind"]] += 1
        self.outcomes[_outcome(before, after)] += 1
        if before is not None and after is not None:
            self.fields.update(find_changed_fields(before, after, ignored=frozenset()))
            if known["kind"] == "professional":
                self.lost_places.update(before.get("cpts", ()))
                self.gained_places.update(after.get("cpts", ()))

    def count_entry_changes(self, before: Mapping[str, Any], after: Mapping[str, Any]) -> int:
        """Entries by key that come, change or go; returns how many."""
        for key in {*before, *after}:
            if before.get(key) != after.get(key):
                self.outcomes[_outcome(before.get(key), after.get(key))] += 1
        return self.total

    def as_json(self) -> dict[str, Any]:
        """The counts for programs."""
        return {
            "changes": self.total,
            "outcomes": dict(self.outcomes),
            "kinds": dict(self.kinds),
            "fields": dict(self.fields),
        }


def _outcome(before: object, after: object) -> str:
    return "added" if before is None else "removed" if after is None else "changed"
