"""Places by the name that everybody uses and no commune bears: islands, archipelagos, cirques.

A reviewed table, ``tables/usual_places.csv``: each row has its wordings, the commune that stands
for it, the others it spreads over, and a point of its own where that commune is mostly elsewhere.
"""

import csv
from functools import cache
from pathlib import Path

from geography.gazetteer import Commune, Gazetteer, load_gazetteer
from geography.place_names import name_key, without_article

USUAL_PLACES = Path(__file__).parents[1] / "tables" / "usual_places.csv"


def find_usual_communes(name: str) -> list[Commune]:
    """The communes of a usual name, the one that stands for it first; none for another name.

    ``part`` is the usual name where it is not the commune's.
    """
    known = _load_usual_places()
    key = name_key(name)
    return list(known.get(key) or known.get(without_article(key), ()))


@cache
def _load_usual_places() -> dict[str, tuple[Commune, ...]]:
    with USUAL_PLACES.open(encoding="utf-8", newline="") as lines:
        rows = [(_read_communes(load_gazetteer(), row), row) for row in csv.DictReader(lines)]
    return {name_key(name): found for found, row in rows for name in row["names"].split("|")}


def _read_communes(gazetteer: Gazetteer, row: dict[str, str]) -> tuple[Commune, ...]:
    """The communes of a row; raises ValueError for a code of none."""
    found = [gazetteer.by_insee(code) for code in row["codes"].split()]
    communes = [commune for commune in found if commune is not None]
    if not communes or len(communes) < len(found):
        raise ValueError(f"{USUAL_PLACES.name}: a code of {row['names']!r} is no commune of today")
    first, *others = communes
    if row["label"]:
        first = first._replace(part=row["label"])
    if row["lat"]:
        first = first._replace(lat=float(row["lat"]), lon=float(row["lon"]))
    return (first, *others)
