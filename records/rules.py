"""Rules of declarations, each with the field it is about and the sentence a person reads."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Generic, TypeVar

SubjectT = TypeVar("SubjectT")


@dataclass(frozen=True, slots=True)
class Rule(Generic[SubjectT]):
    """The field of a rule, when it is broken, what to do then."""

    field: str
    is_broken: Callable[[SubjectT], bool]
    sentence: str


def list_broken_rules(rules: Iterable[Rule[SubjectT]], subject: SubjectT) -> list[tuple[str, str]]:
    """Field and sentence of each rule that a subject breaks."""
    return [(rule.field, rule.sentence) for rule in rules if rule.is_broken(subject)]
