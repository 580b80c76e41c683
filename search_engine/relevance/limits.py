"""When an index is good enough, and how much of it is probed.

| measure | limit |
|---|---|
| mean nDCG@10 of the known items and of the cases judged by ids | at least 0.95 |
| ids forbidden on a first page | none |
| cases run anywhere whose page breaks a rule | none |
| typed lines that must be read otherwise (``readings``) | none |
| known items that must be found and are not (``known_items``) | none; before a swap one in twenty |
"""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType


class TypedSet(StrEnum):
    """The sets of typed searches that run on any index."""

    READINGS = "readings"
    KNOWN_ITEMS = "known_items"


GATES: Mapping[TypedSet, bool] = MappingProxyType(
    {TypedSet.READINGS: True, TypedSet.KNOWN_ITEMS: True}
)
"""Whether a must of the set that is not met makes an index not good enough."""

LEAST_PEOPLE = 5_000
"""Offers of professionals from which an index is judged by known items before a swap: smaller ones
are samples and tests, which lack most subjects."""

SMOKE_TEMPLATES = 60
"""Templates typed before a swap, once each: some seconds of a night."""

SMOKE_LOST_SHARE = 0.05
"""Share of them that may be missing before a swap: a broken index loses whole groups of names, and
one odd name must not hold back the data of a night. ``sas relevance`` lets none pass."""

LEAST_NDCG = 0.95
"""A known item that is missing weighs 1; one in twenty may be."""

PLACES, SMOKE_PLACES = 10, 3
"""Communes drawn from the index for a search without a place: in full, and before a swap."""

PAGE_SIZE = 20
"""Cards of the first page that is judged."""
