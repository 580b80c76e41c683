"""Orientations of the day, as patches of live offers: who was asked already comes later."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from indexers.changes.patching import Patch
from indexers.loads.settings import build_terms_queries
from mappings.records import Offer, OrientationsToday

OWNED = ("orientations_today",)


def build_count_patches(
    people: Iterable[str], counts: Mapping[str, OrientationsToday]
) -> Iterator[Patch]:
    """Every offer of these people; without a count, none is left."""

    def count_values(offer: Offer) -> Mapping[str, Any]:
        found = counts.get(offer.get("person_key", ""))
        return {} if found is None else {"orientations_today": found}

    for query in build_terms_queries("person_key", people):
        yield Patch(query, OWNED, count_values)
