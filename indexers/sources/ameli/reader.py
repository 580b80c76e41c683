"""The file read row by row: quoted, `;`, UTF-8 with a byte order mark.

Source: docs/reference/sources/ameli.md.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import date
from functools import lru_cache
from pathlib import Path

from indexers.quality.quarantine import Quarantine
from indexers.quality.reasons import Reason
from indexers.sources.ameli import values
from indexers.sources.ameli.columns import locate_ameli_columns, unknown_ameli_columns
from indexers.sources.ameli.names import family_words, is_man
from indexers.sources.ameli.record import Contract, Convention, Identity
from indexers.sources.ameli.towns import town
from indexers.sources.columns import AMELI
from indexers.sources.reading import repairs
from indexers.sources.reading.errors import LayoutError
from indexers.sources.reading.lines import read_lines
from indexers.sources.reading.row_bounds import RowBounds
from indexers.sources.reading.semicolons import read_header, read_semicolon_rows
from mappings.analysis import fold
from mappings.bounds import LARGEST_JOIN
from mappings.codes import find_specialty_group

_DAY = re.compile(r"(20\d{2})-?(\d{2})-?(\d{2})")


def read_contracts(path: Path, quarantine: Quarantine) -> Iterator[Contract]:
    """The rows that name a person of a trade we know and a sector; the others are counted.

    Rows beyond ``LARGEST_JOIN`` bytes are set aside: contracts are kept in memory.

    Raises ``LayoutError`` when the file is empty or its columns are not those of this source.
    """
    lines = read_lines(path, quarantine)
    header = read_header(lines)
    if not header:
        raise LayoutError(f"{path.name} is empty; download it again")
    found = locate_ameli_columns(path, header)
    quarantine.count_unknown(unknown_ameli_columns(header, found))
    bounds = RowBounds(header, AMELI, found)
    room = LARGEST_JOIN
    for line, fields in read_semicolon_rows(lines, bounds, quarantine):
        room -= len(line.text)
        if room < 0:
            quarantine.reject(line.number, Reason.TOO_MANY_ROWS, line.text)
            continue
        cells = {name: fields[at] for name, at in found.items()}
        contract = _contract(cells)
        if isinstance(contract, Reason):
            quarantine.skip(contract)
        else:
            yield contract


def source_date(path: Path) -> date | None:
    """The day of the file, from a name such as ``liste-ps-20261120.csv``; None without any."""
    day = _DAY.search(path.name)
    try:
        return None if day is None else date(*map(int, day.groups()))
    except ValueError:
        return None


def _contract(cells: Mapping[str, str]) -> Contract | Reason:
    family, given = family_words(cells["family"]), fold(cells["given"])
    if not family or not given:
        return Reason.NOT_A_PERSON
    trade = values.trade(cells["specialty"], cells.get("kind", ""))
    if trade is None:
        return Reason.PROFESSION_UNKNOWN
    convention = _convention(cells)
    if convention is None:
        return Reason.SECTOR_UNKNOWN
    postal_code = repairs.postal_code(cells["postal_code"])
    who = Identity(
        family,
        given,
        trade.profession,
        reform_groups(trade.specialties),
        town(postal_code, cells["city"]),
        cells.get("line", ""),
        postal_code,
    )
    return Contract(who, is_man(cells.get("civility", "")), convention)


@lru_cache(maxsize=1 << 12)
def reform_groups(codes: tuple[str, ...]) -> frozenset[str]:
    """Each code under the name of its group, so that SM26 and SM54 are one."""
    return frozenset(find_specialty_group(code) or code for code in codes)


def _convention(cells: Mapping[str, str]) -> Convention | None:
    sector = values.sector(cells["sector"])
    if not sector:
        return None
    convention: Convention = {"sector": sector}
    if values.optam(cells.get("option", "")):
        convention["optam"] = True
    if (taken := values.vitale(cells.get("vitale", ""))) is not None:
        convention["vitale"] = taken
    return convention
