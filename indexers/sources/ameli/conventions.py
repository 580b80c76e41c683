"""The conventions of one load: which contract of the file is of which professional.

First ``add_practitioner`` for every row of the register, then ``find_convention`` for each place.
"""

from collections.abc import Collection, Iterable
from functools import lru_cache
from pathlib import Path

from indexers.quality.quarantine import Quarantine
from indexers.quality.reasons import Reason
from indexers.sources.ameli.matching import match_convention, match_unambiguous_contracts
from indexers.sources.ameli.names import family_words
from indexers.sources.ameli.reader import read_contracts, reform_groups
from indexers.sources.ameli.record import Convention, Identity
from indexers.sources.ameli.store import ContractStore
from indexers.sources.ameli.towns import town
from indexers.sources.rpps.listing import SALARIED
from indexers.sources.rpps.record import Activity
from mappings.analysis import fold
from mappings.codes import cnam_specialties

AMELI = "ameli"
"""Name of the source, in quarantines and on cards."""

FOLDED_NAME_CACHE_SIZE = 1 << 14
"""Given names kept in folded form: a country has fewer that are common."""


class Conventions:
    """Finds the convention of a professional at a place, when no other person can hold it."""

    def __init__(self, store: ContractStore, quarantine: Quarantine) -> None:
        self._store = store
        self._quarantine = quarantine
        self._covered = frozenset(one.profession for one in cnam_specialties().values())

    def add_practitioner(self, row: Activity) -> list[int]:
        """Keep a row of the register as a candidate; the numbers of the contracts it resembles."""
        if not self._concerns(row):
            return []
        identity = _identity(row, row.get("skill", "").split(), *_name(row))
        return self._store.add_candidate(row["idnps"], identity)

    def find_convention(
        self, rows: Iterable[Activity], names: Iterable[Activity], skills: list[str]
    ) -> Convention | None:
        """The convention at the place of ``rows``, under any name of the person's rows, ``names``.

        ``rows`` hold the numbers that ``add_practitioner`` gave, as ``contracts``. None when no
        contract may concern the place, or when its holder stays in doubt: the reason is then
        counted. ``skills`` are the specialities exercised there.
        """
        concerned = [row for row in rows if self._concerns(row)]
        if not concerned:
            return None
        match = self._match_names(concerned, {_name(row) for row in names}, skills)
        if isinstance(match, Reason):
            self._quarantine.skip(match)
            return None
        return match

    def _match_names(
        self, rows: list[Activity], names: Collection[tuple[str, str]], skills: list[str]
    ) -> Convention | Reason:
        if len(names) == 1:
            return self._match_single_name(rows, skills)
        spellings = [_identity(row, skills, *name) for row in rows for name in names]
        numbers = {
            number for who in spellings for number in self._store.find_similar_contracts(who)
        }
        return match_convention(rows[0]["idnps"], spellings, sorted(numbers), self._store)

    def _match_single_name(self, rows: list[Activity], skills: list[str]) -> Convention | Reason:
        """One name: the numbers kept with the rows are those of every contract it resembles."""
        person, store = rows[0]["idnps"], self._store
        numbers = sorted({number for row in rows for number in row.get("contracts", ())})
        if plain := match_unambiguous_contracts(
            person, reform_groups(tuple(skills)), numbers, store
        ):
            return plain
        spellings = [_identity(row, skills, *_name(row)) for row in rows]
        return match_convention(person, spellings, numbers, store)

    def _concerns(self, row: Activity) -> bool:
        return row.get("profession") in self._covered and row.get("mode") != SALARIED


def load_conventions(path: Path, quarantine: Quarantine) -> Conventions:
    """The conventions of a file; raises ``LayoutError``."""
    return Conventions(ContractStore(read_contracts(path, quarantine)), quarantine)


def _name(row: Activity) -> tuple[str, str]:
    """Family and given name."""
    return row.get("family", ""), row.get("given", "")


@lru_cache(maxsize=FOLDED_NAME_CACHE_SIZE)
def _fold_given_name(given: str) -> str:
    return fold(given)


def _identity(row: Activity, skills: list[str], family: str, given: str) -> Identity:
    address = row.get("address", {})
    postal_code = address.get("postal_code", "")
    return Identity(
        family_words(family),
        _fold_given_name(given),
        row.get("profession", ""),
        reform_groups(tuple(skills)),
        town(postal_code, address.get("city", ""), address.get("insee", "")),
        address.get("line", ""),
        postal_code,
    )
