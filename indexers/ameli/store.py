"""Rows of both sides kept by their keys while a load joins them: texts in memory, made records when
they are asked for.

A national file and its register are 300 MB so. In a file on disk a look-up is a search among pages
that are seldom at hand, and two of them for each place were a fifth of a national join.
"""

from collections.abc import Iterable, Iterator
from typing import Any

import orjson

from indexers.ameli.record import Contract, Identity
from indexers.ameli.towns import Town

Rows = dict[int, list[str]]
"""Lines of JSON by the hash of their key: whoever shares one by chance has another name or town,
which is compared."""


class ContractStore:
    """The contracts of the file, and the professionals of the register who may bear them."""

    def __init__(self) -> None:
        self._contracts: Rows = {}
        self._bearers: Rows = {}

    def add_contracts(self, contracts: Iterable[Contract]) -> None:
        """Keep the rows of the file."""
        for seq, one in enumerate(contracts):
            _add(self._contracts, one.who, [seq, _written(one.who), one.man, one.convention])

    def add_bearer(self, person: str, who: Identity) -> None:
        """Keep a professional of the register, with the identifier of the person."""
        _add(self._bearers, who, [person, _written(who)])

    def contracts(self, keys: Iterable[str]) -> list[Contract]:
        """The rows under any of the keys, each once, in file order."""
        found = {seq: told for seq, *told in _under(self._contracts, keys)}
        return [_contract(found[seq]) for seq in sorted(found)]

    def bearers(self, keys: Iterable[str]) -> list[tuple[str, Identity]]:
        """The professionals under any of the keys, with the identifier of the person."""
        return [(person, _identity(row)) for person, row in _under(self._bearers, keys)]


def _add(rows: Rows, who: Identity, row: list[Any]) -> None:
    """A text is as long as it is; bytes of orjson hold on to the 4 kB that they were written in."""
    line = orjson.dumps(row).decode()
    for key in map(hash, who.lookup_keys()):
        known = rows.setdefault(key, [])
        if line not in known:
            known.append(line)


def _under(rows: Rows, keys: Iterable[str]) -> Iterator[list[Any]]:
    return (orjson.loads(line) for key in keys for line in rows.get(hash(key), ()))


def _written(who: Identity) -> list[Any]:
    family, specialties = sorted(who.family), sorted(who.specialties)
    return [family, who.given, who.profession, specialties, *who.town, who.line, who.postal_code]


def _identity(row: list[Any]) -> Identity:
    family, given, profession, specialties, city, district, line, postal_code = row
    where = Town(city, district)
    codes = frozenset(specialties)
    return Identity(frozenset(family), given, profession, codes, where, line, postal_code)


def _contract(row: list[Any]) -> Contract:
    who, man, convention = row
    return Contract(_identity(who), man, convention)
