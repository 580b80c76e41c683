"""The reading of a line: its parts, each with what was typed and what it means, and the rest."""

from enum import StrEnum
from typing import NamedTuple


class PartKind(StrEnum):
    """What a part of the line is. The values are those of the answer and of ``readings.csv``."""

    DANGER = "danger"
    NEED = "need"
    COMPLAINT = "complaint"
    ELSEWHERE = "elsewhere"
    CONSULTATION = "consultation"
    WHEN = "when"
    OPEN_NOW = "open_now"
    ON_DUTY = "on_duty"
    NO_APPOINTMENT = "no_appointment"
    AGE = "age"
    SECTOR = "sector"
    MATERNITY_LEVEL = "maternity_level"
    GENDER = "gender"
    NO_CAR = "no_car"
    NAME = "name"
    STRUCTURE = "structure"
    RPPS = "rpps"
    FINESS = "finess"
    PHONE = "phone"
    WHERE = "where"


NEEDS_WORDS = frozenset({PartKind.NEED, PartKind.COMPLAINT})
"""Kinds whose words name who is looked for; several are alternatives of one need."""


class TextPart(NamedTuple):
    """One part of the line.

    ``typed`` is what was written; ``value`` what it is read as: a code, an instant's name, a folded
    name, a place as written. ``words`` are the needs it means, in the words of the code tables;
    for a structure those of its kind, and ``own_name`` is its name without the word for the kind.
    ``correction`` is the word it was read as, None where it was spelt so.
    """

    kind: PartKind
    typed: str
    value: str = ""
    words: tuple[str, ...] = ()
    correction: tuple[str, str] | None = None
    own_name: str = ""


class Reading(NamedTuple):
    """The parts of a line; numbers, then what the tables know, then names and places.

    ``unused`` are the words that no search can use: they are told, never dropped in silence.
    ``ignored`` are politeness, civilities and labels, which say nothing about who is looked for.
    """

    parts: tuple[TextPart, ...]
    unused: tuple[str, ...] = ()
    ignored: tuple[str, ...] = ()

    def find_parts(self, *kinds: PartKind) -> tuple[TextPart, ...]:
        """The parts of some kinds."""
        return tuple(part for part in self.parts if part.kind in kinds)

    @property
    def words(self) -> tuple[str, ...]:
        """The needs of the line, each once, in the words of the code tables."""
        named = (word for part in self.parts if part.kind in NEEDS_WORDS for word in part.words)
        return tuple(dict.fromkeys(named))

    @property
    def corrections(self) -> tuple[tuple[str, str], ...]:
        """What was typed and the word it was read as."""
        return tuple(part.correction for part in self.parts if part.correction is not None)
