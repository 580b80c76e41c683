"""How a name answers what was typed, in the order of the design: the fewer, the better."""

from enum import IntEnum

from rapidfuzz.distance import OSA

from mappings.analysis import fold
from mappings.names.sounds import build_sound_key


class NameLikeness(IntEnum):
    """The best way in which a family name, or one of its words, answers a line."""

    WHOLE = 0
    """It was typed, joined or apart."""
    PART = 1
    """One of its words was."""
    SOUND = 2
    NEAR = 3
    """One letter apart."""
    OTHER = 4
    """In no such way: it only begins so."""


def measure_likeness(typed: str, name: str) -> NameLikeness:
    """How a name answers a folded line."""
    words, held = typed.split(), fold(name).split()
    if f" {fold(name)} " in f" {typed} " or "".join(held) in words:
        return NameLikeness.WHOLE
    if not set(words).isdisjoint(held):
        return NameLikeness.PART
    if not set(map(build_sound_key, words)).isdisjoint(map(build_sound_key, held)):
        return NameLikeness.SOUND
    near = any(OSA.distance(one, other) <= 1 for one in words for other in held)
    return NameLikeness.NEAR if near else NameLikeness.OTHER
