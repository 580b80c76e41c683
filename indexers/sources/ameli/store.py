"""Contracts by number, and the professionals each may be of, kept while a load joins them.

Both are lines of JSON, a text each, made records when they are read: 150 MB for the
country, and three times as much as objects of their own. In a file on disk a look-up is a search
among pages that are seldom at hand.
"""

from array import array
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import orjson

from indexers.sources.ameli.record import Contract, Convention, Identity
from indexers.sources.ameli.towns import Town

CHAINS = 1 << 20
"""A national file has 650,000 keys."""
ALIKE = 2_000
"""Contracts, or professionals, of one key: more than that cannot be told apart."""
NONE = -1
"""Before the first of a chain."""


class Terms(NamedTuple):
    """Common terms of many contracts: their specialities and their convention."""

    specialties: frozenset[str]
    convention: Convention


class JsonLineStore:
    """Lines of JSON by number, from 0: one text, and where each begins."""

    def __init__(self) -> None:
        self._text, self._starts = bytearray(), array("q")

    def __len__(self) -> int:
        return len(self._starts)

    def add(self, row: Sequence[Any]) -> int:
        """Keep a row; returns its number."""
        self._starts.append(len(self._text))
        self._text += orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE)
        return len(self) - 1

    def row(self, number: int) -> Any:
        """The row of a number."""
        start = self._starts[number]
        return orjson.loads(self._text[start : self._text.index(b"\n", start)])

    def has_first_element(self, numbers: Iterable[int], first: str) -> bool:
        """True when each of the rows has this first element."""
        beginning = orjson.dumps([first])[:-1] + b","
        return all(self._text.startswith(beginning, self._starts[one]) for one in numbers)


class Chains:
    """Numbers under whole keys: a table of chains, each from its newest to the one before."""

    def __init__(self, size: int) -> None:
        self._size, self._newest = size, array("i", [NONE]) * size
        self._before, self._numbers, self._keys = array("i"), array("i"), array("q")

    def add(self, key: int, number: int) -> None:
        """Keep a number under a key."""
        chain = key % self._size
        self._before.append(self._newest[chain])
        self._newest[chain] = len(self._numbers)
        self._numbers.append(number)
        self._keys.append(key)

    def find_numbers(self, key: int) -> list[int]:
        """The numbers under a key, newest first, at most ``ALIKE`` and one."""
        found, at = list[int](), self._newest[key % self._size]
        while at != NONE and len(found) <= ALIKE:
            if self._keys[at] == key:
                found.append(self._numbers[at])
            at = self._before[at]
        return found


class TermsTable:
    """Terms by number, equal ones kept once."""

    def __init__(self) -> None:
        self._terms = list[Terms]()
        self._numbers = dict[bytes, int]()

    def add(self, terms: Terms) -> int:
        """Keep terms; returns their number."""
        key = orjson.dumps([sorted(terms.specialties), terms.convention])
        number = self._numbers.setdefault(key, len(self._terms))
        if number == len(self._terms):
            self._terms.append(terms)
        return number

    def __getitem__(self, number: int) -> Terms:
        return self._terms[number]


class ContractStore:
    """The contracts of the file, by number in its order, and the professionals each may be of."""

    def __init__(self, contracts: Iterable[Contract]) -> None:
        self._contracts, self._by_key = JsonLineStore(), Chains(CHAINS)
        self._all_terms, self._terms_of = TermsTable(), array("i")
        for one in contracts:
            self._add(one)
        self._candidates, self._by_contract = JsonLineStore(), Chains(max(len(self._contracts), 1))

    def _add(self, contract: Contract) -> None:
        who = contract.who
        number = self._contracts.add([*_serialize_identity(who), contract.man])
        self._terms_of.append(self._all_terms.add(Terms(who.specialties, contract.convention)))
        for key in who.lookup_keys():
            self._by_key.add(hash(key), number)

    def add_candidate(self, person: str, who: Identity) -> list[int]:
        """Keep a professional of the register under the contracts that resemble; their numbers."""
        numbers = self.find_similar_contracts(who)
        if numbers:
            candidate = self._candidates.add([person, *_serialize_identity(who)])
            for number in numbers:
                self._by_contract.add(number, candidate)
        return numbers

    def find_similar_contracts(self, who: Identity) -> list[int]:
        """Contracts of the name, given name, profession and town, each once, in file order.

        A contract that shares the hash of a key by chance is removed by the comparison. None
        when a key has more than ``ALIKE``.
        """
        every = [self._by_key.find_numbers(hash(key)) for key in who.lookup_keys()]
        if any(len(numbers) > ALIKE for numbers in every):
            return []
        found = {number for numbers in every for number in numbers}
        return sorted(number for number in found if self.contract(number).likeness_to(who))

    def contract(self, number: int) -> Contract:
        """The contract of a number."""
        *who, man = self._contracts.row(number)
        return Contract(_parse_identity(who), man, self.terms(number).convention, number)

    def terms(self, number: int) -> Terms:
        """The terms of the contract of a number, without its record."""
        return self._all_terms[self._terms_of[number]]

    def candidates(self, number: int) -> list[tuple[str, Identity]]:
        """The professionals a contract may be of, with the identifier of the person."""
        rows = map(self._candidates.row, self._by_contract.find_numbers(number))
        return [(person, _parse_identity(who)) for person, *who in rows]

    def is_only_candidate(self, numbers: Iterable[int], person: str) -> bool:
        """True when contracts may be of no other professional."""
        candidates = [one for number in numbers for one in self._by_contract.find_numbers(number)]
        return self._candidates.has_first_element(candidates, person)


def _serialize_identity(who: Identity) -> list[Any]:
    family, specialties = sorted(who.family), sorted(who.specialties)
    return [family, who.given, who.profession, specialties, *who.town, who.line, who.postal_code]


def _parse_identity(row: list[Any]) -> Identity:
    family, given, profession, specialties, city, district, line, postal_code = row
    where = Town(city, district)
    codes = frozenset(specialties)
    return Identity(frozenset(family), given, profession, codes, where, line, postal_code)
