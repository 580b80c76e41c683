"""Rows of both sides kept by their keys while a load joins them: one text in memory for each side,
made records when they are asked for.

A national file and its register are 200 MB so, and three times as much as objects of their own. In
a file on disk a look-up is a search among pages that are seldom at hand.
"""

from array import array
from collections.abc import Iterable, Iterator
from typing import Any

import orjson

from indexers.ameli.record import Contract, Identity
from indexers.ameli.towns import Town

CHAINS = 1 << 20
"""A national file has 650,000 keys, its register a million."""
NONE = -1
"""Before the first of a chain."""


class Lines:
    """Lines of JSON under keys: a text, and a table of chains through what is kept.

    Whoever shares the hash of a key by chance has another name or town, which is compared.
    """

    def __init__(self) -> None:
        self._text = bytearray()
        self._last = array("i", [NONE]) * CHAINS
        self._before = array("i")
        self._hashes, self._starts = array("q"), array("q")

    def add(self, keys: Iterable[str], row: list[Any]) -> None:
        """Keep a row under each of the keys."""
        start = len(self._text)
        self._text += orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE)
        for key in map(hash, keys):
            chain = key % CHAINS
            self._before.append(self._last[chain])
            self._last[chain] = len(self._hashes)
            self._hashes.append(key)
            self._starts.append(start)

    def under(self, keys: Iterable[str]) -> Iterator[list[Any]]:
        """The rows under any of the keys; one under several of them comes as often."""
        text = self._text
        for at in self._found(keys):
            yield orjson.loads(text[at : text.index(b"\n", at)])

    def all_begin(self, keys: Iterable[str], first: str) -> bool:
        """True when every row under the keys has this first element."""
        beginning = orjson.dumps([first])[:-1] + b","
        return all(self._text.startswith(beginning, at) for at in self._found(keys))

    def _found(self, keys: Iterable[str]) -> list[int]:
        """Where the rows under the keys begin."""
        found = []
        for key in map(hash, keys):
            at = self._last[key % CHAINS]
            while at != NONE:
                if self._hashes[at] == key:
                    found.append(self._starts[at])
                at = self._before[at]
        return found


class ContractStore:
    """The contracts of the file, and the professionals of the register who may bear them."""

    def __init__(self) -> None:
        self._contracts, self._bearers = Lines(), Lines()

    def add_contracts(self, contracts: Iterable[Contract]) -> None:
        """Keep the rows of the file."""
        for seq, one in enumerate(contracts):
            row = [seq, _written(one.who), one.man, one.convention]
            self._contracts.add(one.who.lookup_keys(), row)

    def add_bearer(self, person: str, who: Identity) -> None:
        """Keep a professional of the register, with the identifier of the person."""
        self._bearers.add(who.lookup_keys(), [person, _written(who)])

    def contracts(self, keys: Iterable[str]) -> list[Contract]:
        """The rows under any of the keys, each once, in file order."""
        found = {row[0]: row for row in self._contracts.under(keys)}
        return [_contract(found[seq]) for seq in sorted(found)]

    def bearers(self, keys: Iterable[str]) -> list[tuple[str, Identity]]:
        """The professionals under any of the keys, with the identifier of the person."""
        return [(person, _identity(row)) for person, row in self._bearers.under(keys)]

    def nobody_but(self, person: str, keys: Iterable[str]) -> bool:
        """True when no other professional is under the keys."""
        return self._bearers.all_begin(keys, person)


def _written(who: Identity) -> list[Any]:
    family, specialties = sorted(who.family), sorted(who.specialties)
    return [family, who.given, who.profession, specialties, *who.town, who.line, who.postal_code]


def _identity(row: list[Any]) -> Identity:
    family, given, profession, specialties, city, district, line, postal_code = row
    where = Town(city, district)
    codes = frozenset(specialties)
    return Identity(frozenset(family), given, profession, codes, where, line, postal_code)


def _contract(row: list[Any]) -> Contract:
    _, who, man, convention = row
    return Contract(_identity(who), man, convention)
