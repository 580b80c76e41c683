"""Every hit of a query, in pages over one frozen view of the index (point in time)."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from elasticsearch import Elasticsearch

from elastic.client import patient
from elastic.errors import translated

PAGE = 1_000
KEEP_ALIVE = "5m"


def scan(
    client: Elasticsearch,
    index: str,
    query: Mapping[str, Any],
    source: Sequence[str] | bool = True,
    versions: bool = False,
) -> Iterator[dict[str, Any]]:
    """The hits of ``query``, each once; ``versions`` adds ``_seq_no`` and ``_primary_term``."""
    steady = patient(client)
    with translated():
        view = steady.open_point_in_time(index=index, keep_alive=KEEP_ALIVE)["id"]
    try:
        yield from _pages(steady, view, query, source, versions)
    finally:
        with translated():
            steady.close_point_in_time(id=view)


def _pages(
    client: Elasticsearch,
    view: str,
    query: Mapping[str, Any],
    source: Sequence[str] | bool,
    versions: bool,
) -> Iterator[dict[str, Any]]:
    after: list[Any] | None = None
    while True:
        with translated():
            answer = client.search(
                pit={"id": view, "keep_alive": KEEP_ALIVE},
                query=dict(query),
                source=source if isinstance(source, bool) else {"includes": list(source)},
                size=PAGE,
                sort=[{"_shard_doc": "asc"}],
                search_after=after,
                seq_no_primary_term=versions,
                track_total_hits=False,
            )
        hits = answer["hits"]["hits"]
        yield from hits
        if len(hits) < PAGE:
            return
        after = hits[-1]["sort"]
