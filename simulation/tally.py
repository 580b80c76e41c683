"""Counts of a set as it is written: expected offers, slots, notable cases."""

from collections import Counter, defaultdict
from dataclasses import dataclass, field

MAX_EXAMPLES = 20
"""Identifiers kept for each notable case."""


@dataclass(slots=True)
class DatasetTally:
    """Counts by name, and examples by case."""

    offers: Counter[str] = field(default_factory=Counter)
    slots: Counter[str] = field(default_factory=Counter)
    people: Counter[str] = field(default_factory=Counter)
    cases: Counter[str] = field(default_factory=Counter)
    examples: defaultdict[str, list[str]] = field(default_factory=lambda: defaultdict(list))

    def count_case(self, name: str, identifier: str) -> None:
        """One more of a notable case; the first ones are named in the manifest."""
        self.cases[name] += 1
        if len(self.examples[name]) < MAX_EXAMPLES:
            self.examples[name].append(identifier)
