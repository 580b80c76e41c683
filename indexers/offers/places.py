"""The places of one person: rows of several exercises at one place are one place (F088).

Same structure identifier, or same address: one place. An identifier that is a company's and not
a place's does not join: a SIRET seen in several towns, the FINESS of a legal entity in the column
of the site (traps 23 and 24 of docs/reference/sources/rpps.md).
"""

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

from geography.address import address_key, address_parts, normalise_city
from indexers.sources.rpps.identity import parse_technical_id
from indexers.sources.rpps.record import Activity

ID_ORDER = "1340"
"""Prefixes of structure identifiers from best to worst: FINESS, SIRET, RPPS-rang, ADELI-rang."""


class PracticePlace(NamedTuple):
    """One place of a person: its key, every structure identifier it has, its rows in file order."""

    key: str
    idnsts: frozenset[str]
    rows: tuple[Activity, ...]

    @property
    def idnst(self) -> str | None:
        """The best structure identifier, the lowest one among equals; None without any."""
        return self.key if self.idnsts else None


def group_places(rows: Iterable[Activity]) -> list[PracticePlace]:
    """The distinct places of one person's rows, ordered by key."""
    known = [(identifiers(row), row) for row in rows]
    if len(known) == 1:
        ((ids, row),) = known
        return [_place(ids, [row])]
    shared = _find_company_identifiers(known)
    groups = _group_rows([(ids - shared, row) for ids, row in known])
    return sorted((_place(ids, group) for ids, group in groups), key=lambda place: place.key)


def identifiers(row: Activity) -> frozenset[str]:
    """Every identifier of a row's structure, with its prefix (1, 3, 4, 0)."""
    found: set[str] = {row.get("idnst", ""), parse_technical_id(row.get("structure_id", "")) or ""}
    finess, siret = row.get("finess"), row.get("siret")
    if finess:
        found.add(f"1{finess}")
    if siret:
        found.add(f"3{siret}")
    found.discard("")
    return frozenset(found)


def _find_company_identifiers(rows: Iterable[tuple[frozenset[str], Activity]]) -> frozenset[str]:
    """Identifiers of a company: SIRET in several towns, FINESS of the legal entity."""
    towns: dict[str, set[str]] = {}
    legal = set()
    for ids, row in rows:
        if row.get("finess") and row.get("finess") == row.get("legal_finess"):
            legal.add(f"1{row['finess']}")
        town = _town(row.get("address", {}).get("city", ""))
        for idnst in ids:
            towns.setdefault(idnst, set()).add(town)
    return frozenset(
        idnst
        for idnst, seen in towns.items()
        if len(seen - {""}) > 1 and (idnst[0] == "3" or idnst in legal)
    )


@lru_cache(maxsize=1 << 15)
def _town(city: str) -> str:
    """The town without its district or sorting office: PARIS 15 and PARIS CEDEX are one."""
    return re.sub(r"[ \d]+$", "", normalise_city(city))


PlaceGroup = tuple[frozenset[str], list[Activity]]
GroupingKey = str | tuple[str, str, str]
"""Common key of the rows of one place: an identifier, or the comparable address."""


def _group_rows(rows: Iterable[tuple[frozenset[str], Activity]]) -> list[PlaceGroup]:
    """Rows that share an identifier or an address, transitively, in file order."""
    groups: list[tuple[frozenset[GroupingKey], PlaceGroup]] = []
    for ids, row in rows:
        keys: frozenset[GroupingKey] = ids | _addresses(ids, row)
        same = [group for group in groups if not keys.isdisjoint(group[0])]
        if not same:
            groups.append((keys, (ids, [row])))
            continue
        apart = [group for group in groups if keys.isdisjoint(group[0])]
        members = [member for _, (_, rows_of) in same for member in rows_of]
        joined = (ids.union(*(i for _, (i, _) in same)), [*members, row])
        groups = [*apart, (keys.union(*(k for k, _ in same)), joined)]
    return [group for _, group in groups]


def _addresses(ids: frozenset[str], row: Activity) -> frozenset[GroupingKey]:
    """The address joins when it names a street, or when the row has nothing else."""
    parts = address_parts(*_row_address_parts(row))
    return frozenset({parts}) if parts[0] or not ids else frozenset()


def _row_address_parts(row: Activity) -> tuple[str, str, str]:
    """The address of a row: line, postcode, town."""
    address = row.get("address", {})
    return address.get("line", ""), address.get("postal_code", ""), address.get("city", "")


def _place(ids: frozenset[str], rows: list[Activity]) -> PracticePlace:
    return PracticePlace(
        _best(ids) or min(address_key(*_row_address_parts(row)) for row in rows), ids, tuple(rows)
    )


def _best(idnsts: frozenset[str]) -> str | None:
    if len(idnsts) == 1:
        (only,) = idnsts
        return only
    return min(idnsts, key=_rank, default=None)


def _rank(idnst: str) -> tuple[int, str]:
    return ID_ORDER.index(idnst[0]), idnst
