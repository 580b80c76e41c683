"""Streets and lieux-dits of France: those of everywhere, and those of a department."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from geography.gazetteer import Commune
from simulation.draws import WeightedChoice, build_weighted
from simulation.table_files import read_table, split_texts

LIEU_DIT = "LD"
"""Code of an address that has a name and no street, most often no number either (TRE_R35)."""

LIEU_DIT_SHARES: Sequence[tuple[int, float]] = ((2_000, 0.30), (10_000, 0.08))
"""Share of addresses in a lieu-dit in communes of fewer inhabitants than the first number."""
LARGE_TOWN_LIEU_DIT_SHARE = 0.004
"""The same in all larger communes."""
UNNUMBERED_SHARE = 0.85
"""Share of addresses in a lieu-dit that have no number."""


@dataclass(frozen=True, slots=True)
class Street:
    """A street as the RPPS writes it: code of its type, label of its type, name."""

    code: str
    label: str
    name: str


def draw_street(rng: random.Random, commune: Commune) -> Street:
    """A street of a commune, or a lieu-dit."""
    is_lieu_dit = rng.random() < find_lieu_dit_share(commune.population)
    return streets(commune.department, is_lieu_dit).draw(rng)


def find_lieu_dit_share(population: int) -> float:
    """Share of the addresses of a commune that are lieux-dits."""
    shares = (share for below, share in LIEU_DIT_SHARES if population < below)
    return next(shares, LARGE_TOWN_LIEU_DIT_SHARE)


@cache
def streets(department: str, is_lieu_dit: bool) -> WeightedChoice[Street]:
    """The streets of a department, or its lieux-dits, with the weight of each."""
    return build_weighted(
        [
            (Street(row["code"], row["label"], name), float(row["weight"]))
            for row in read_table("streets")
            if (row["code"] == LIEU_DIT) == is_lieu_dit
            and department in (row["departments"].split() or [department])
            for name in split_texts(row["names"])
        ]
    )
