"""Damage to sound inputs: to JSON values by shape and type, to bytes as a line or a disk would.

Every damage is drawn from a seeded ``Random``: a failing example is repeated by its number.
"""

import json
from collections.abc import Callable, Iterator
from random import Random
from typing import Any

import orjson

ODD_VALUES: tuple[Any, ...] = (
    *(None, True, False, 0, -1, 2**63, -(2**63), 10**30, 0.5, 1e308, -0.0),
    *("", " ", "x" * 5_000, "\u0000", "\ud800", "\N{RIGHT-TO-LEFT OVERRIDE}", "é", "=1+1", "2²"),
    *("9999-12-31T23:59:59.999Z", "0000-00-00", "NaN", "1e999", "__proto__"),
    *([], {}, [None], [[[[]]]], {"": {}}, {"a": [1, {"b": None}]}),
)
"""Values that code takes for another: of each type of JSON, at the edges of its range."""

ODD_BYTES: tuple[bytes, ...] = (
    *(b"", b"\x00", b"\xff\xfe", b"\xed\xa0\x80", b"\xc0\xaf", b"\xef\xbb\xbf", b"\x1b[2J"),
    *(b"NaN", b"1e999", b"9" * 5_000, b"[" * 3_000, b'{"a":' * 3_000, b'"\\ud800"', b"\r\n\r\n"),
)


def list_examples(parser: str, count: int) -> Iterator[Random]:
    """One source of chance an example, the same in every run."""
    return (Random(f"{parser} {number}") for number in range(count))


def damage_json(random: Random, value: Any) -> Any:
    """The value with one to three of its members replaced, lost, renamed or repeated."""
    damaged = value
    for _ in range(random.randint(1, 3)):
        damaged = _damage_member(random, damaged)
    return damaged


def damage_bytes(random: Random, sound: bytes) -> bytes:
    """The bytes cut, changed, lengthened or shuffled at one to three places."""
    damaged = sound
    for _ in range(random.randint(1, 3)):
        damaged = random.choice(BYTE_DAMAGES)(random, damaged)
    return damaged


def write_json(value: Any) -> bytes:
    """JSON as a careless partner writes it: surrogates and large numbers pass."""
    return json.dumps(value).encode()


def damage_document(random: Random, sound: bytes) -> bytes:
    """A JSON document damaged in its values, or in its bytes one time in four."""
    if random.random() < 0.25:
        return damage_bytes(random, sound)
    return write_json(damage_json(random, orjson.loads(sound)))


def _damage_member(random: Random, value: Any) -> Any:
    """Go down at random; replace what is met at the end."""
    if isinstance(value, dict) and value and random.random() < 0.85:
        return _damage_object(random, value)
    if isinstance(value, list) and value and random.random() < 0.85:
        return _damage_list(random, value)
    return random.choice(ODD_VALUES)


def _damage_object(random: Random, value: dict[str, Any]) -> dict[str, Any]:
    name = random.choice(list(value))
    kind = random.random()
    if kind < 0.15:
        return {kept: member for kept, member in value.items() if kept != name}
    if kind < 0.2:
        return {**value, random.choice(["", "x" * 300, "\ud800", name.upper()]): value[name]}
    return {**value, name: _damage_member(random, value[name])}


def _damage_list(random: Random, value: list[Any]) -> list[Any]:
    place = random.randrange(len(value))
    kind = random.random()
    if kind < 0.1:
        return value[:place]
    if kind < 0.2:
        return [*value, value[place]]
    return [*value[:place], _damage_member(random, value[place]), *value[place + 1 :]]


def _cut(random: Random, sound: bytes) -> bytes:
    return sound[: random.randint(0, len(sound))]


def _insert(random: Random, sound: bytes) -> bytes:
    place = random.randint(0, len(sound))
    return sound[:place] + random.choice(ODD_BYTES) + sound[place:]


def _flip(random: Random, sound: bytes) -> bytes:
    changed = bytearray(sound)
    for _ in range(min(len(changed), 4)):
        changed[random.randrange(len(changed))] = random.randrange(256)
    return bytes(changed)


def _repeat(random: Random, sound: bytes) -> bytes:
    start = random.randint(0, len(sound))
    return sound[:start] + sound[start : start + 40] * random.randint(2, 50) + sound[start:]


BYTE_DAMAGES: tuple[Callable[[Random, bytes], bytes], ...] = (_cut, _insert, _flip, _repeat)
