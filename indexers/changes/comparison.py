"""Two indices compared, or an index with offers that are not indexed yet, in bounded memory."""

from collections.abc import Generator, Iterable, Iterator
from contextlib import closing
from itertools import islice
from typing import Any

from elasticsearch import Elasticsearch

from elastic import lifecycle
from elastic.errors import AliasConflict, IndexMissing
from elastic.names import IndexName, offers_alias
from elastic.scan import PAGE, PointInTimeView, open_point_in_time_view
from indexers.changes.differences import SLOTS, Differences, pair_by_id
from indexers.runs.progress import ProgressListener
from mappings.records import Offer
from mappings.schema_history import REMOVED_OFFER_FIELDS, read_offer

ALL: dict[str, Any] = {"match_all": {}}
WITHOUT_SLOTS = {"excludes": [SLOTS, *REMOVED_OFFER_FIELDS]}
PROGRESS_EVERY = 1_000
"""Offers between two signs of life."""


class NothingToCompareError(RuntimeError):
    """There are not two indices to compare."""


def two_sides(
    client: Elasticsearch, prefix: str, left: str | None, right: str | None
) -> tuple[IndexName, IndexName]:
    """The indices of two names or aliases: without names, the previous and the live one.

    Raises ``NothingToCompareError``, ``NotAnIndexName`` for an index that is not ours.
    """
    old = _resolve_index(client, left) if left else _previous(client, offers_alias(prefix))
    new = _resolve_index(client, right) if right else _live(client, offers_alias(prefix))
    return old, new


def _resolve_index(client: Elasticsearch, name: str) -> IndexName:
    try:
        return lifecycle.resolve_index(client, name)
    except IndexMissing as error:
        raise NothingToCompareError(
            f"No index is called {name}: `sas index status` lists them."
        ) from error
    except AliasConflict as error:
        raise NothingToCompareError(str(error)) from error


def _previous(client: Elasticsearch, alias: str) -> IndexName:
    kept = lifecycle.previous_indices(client, alias)
    if not kept:
        raise NothingToCompareError(
            "No previous index is kept to compare with: name two, `sas index status` lists them."
        )
    return kept[0]


def _live(client: Elasticsearch, alias: str) -> IndexName:
    try:
        return lifecycle.require_live_index(client, alias)
    except IndexMissing as error:
        raise NothingToCompareError(str(error)) from error


def compare_indices(
    client: Elasticsearch,
    left: IndexName,
    right: IndexName,
    differences: Differences,
    listener: ProgressListener | None = None,
) -> None:
    """Count in ``differences`` the facts of ``right`` that differ from ``left``.

    Both are read once, sorted by ``id``, each as it stood when the comparison began.
    """
    seen = listener or ProgressListener()
    with closing(_stream_by_id(client, left)) as old, closing(_stream_by_id(client, right)) as new:
        read = 0
        for pair in pair_by_id(old, new):
            differences.add(*pair)
            read += 2 - pair.count(None)
            if read % PROGRESS_EVERY < 2:  # noqa: PLR2004
                seen.count(read)
        seen.count(read)


def _stream_by_id(client: Elasticsearch, index: IndexName) -> Generator[Offer]:
    lifecycle.refresh_index(client, index)
    with open_point_in_time_view(client, str(index)) as view:
        for hit in view.hits(ALL, order="id"):
            yield read_offer(hit["_source"])


def compare_with_live(
    view: PointInTimeView | None, offers: Iterable[Offer], differences: Differences
) -> Iterator[Offer]:
    """The offers of a build as they come, in any order, each compared with the live one.

    ``view`` is the live index, None when there is none. Slots are not compared. Its offers that
    the build lacks are counted as removed once the build has ended, so the ids met stay in
    memory: about 100 MB for 850,000.
    """
    met: set[str] = set()
    stream = iter(offers)
    while batch := list(islice(stream, PAGE)):
        live = {} if view is None else _facts(view, [offer["id"] for offer in batch])
        met.update(live)
        for offer in batch:
            differences.add(live.get(offer["id"]), offer)
            yield offer
    if view is not None:
        _count_removed(view, met, differences)


def _count_removed(view: PointInTimeView, met: set[str], differences: Differences) -> None:
    hits = view.hits(ALL, source=False)
    gone = (hit["_id"] for hit in hits if hit["_id"] not in met)
    while page := list(islice(gone, PAGE)):
        for offer in _facts(view, page).values():
            differences.add(offer, None)


def _facts(view: PointInTimeView, ids: list[str]) -> dict[str, Offer]:
    """The offers of these ids without their slots; those that are not there are left out."""
    hits = view.hits({"terms": {"id": ids}}, source=WITHOUT_SLOTS)
    return {hit["_id"]: read_offer(hit["_source"]) for hit in hits}
