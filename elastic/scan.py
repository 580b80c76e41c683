"""Every hit of a query, in pages over one frozen view of the index (point in time)."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from elasticsearch import Elasticsearch

from elastic.client import with_admin_timeout
from elastic.errors import translate_errors

PAGE = 1_000
KEEP_ALIVE = "5m"

Source = Sequence[str] | Mapping[str, Any] | bool
"""Fields of the record: the names wanted, a source filter, all of them or none."""


@dataclass(frozen=True, slots=True)
class PointInTimeView:
    """An index as it stood at one instant, whatever is written meanwhile."""

    client: Elasticsearch
    pit: str
    keep_alive: str

    def hits(
        self,
        query: Mapping[str, Any],
        source: Source = True,
        versions: bool = False,
        order: str = "_shard_doc",
    ) -> Iterator[dict[str, Any]]:
        """Each hit of ``query`` once, in the order of a field; memory holds one page."""
        after: list[Any] | None = None
        while True:
            with translate_errors():
                answer = self.client.search(
                    pit={"id": self.pit, "keep_alive": self.keep_alive},
                    query=dict(query),
                    source=_filter(source),
                    size=PAGE,
                    sort=[{order: "asc"}],
                    search_after=after,
                    seq_no_primary_term=versions,
                    track_total_hits=False,
                )
            hits = answer["hits"]["hits"]
            yield from hits
            if len(hits) < PAGE:
                return
            after = hits[-1]["sort"]


@contextmanager
def open_point_in_time_view(
    client: Elasticsearch, index: str, keep_alive: str = KEEP_ALIVE
) -> Iterator[PointInTimeView]:
    """A view of the index for the body, kept ``keep_alive`` after each of its uses."""
    steady = with_admin_timeout(client)
    with translate_errors():
        pit = steady.open_point_in_time(index=index, keep_alive=keep_alive)["id"]
    try:
        yield PointInTimeView(steady, pit, keep_alive)
    finally:
        with translate_errors():
            steady.options(ignore_status=404).close_point_in_time(id=pit)


def scan(
    client: Elasticsearch,
    index: str,
    query: Mapping[str, Any],
    source: Source = True,
    versions: bool = False,
) -> Iterator[dict[str, Any]]:
    """The hits of ``query``, each once; ``versions`` adds ``_seq_no`` and ``_primary_term``."""
    with open_point_in_time_view(client, index) as view:
        yield from view.hits(query, source, versions)


def _filter(source: Source) -> Any:
    if isinstance(source, bool | Mapping):
        return source
    return {"includes": list(source)}
