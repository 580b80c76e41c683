"""Points in time: the index as it stood when one was opened, whatever is written meanwhile."""

import re
from typing import Any

from elasticsearch import AsyncElasticsearch

from elastic.client import LOCAL_PREFERENCE
from elastic.errors import ElasticUnreadable, IndexMissing, PointInTimeGone, translate_errors

NOT_FOUND = 404
PIT_ID = re.compile(r"[A-Za-z0-9+/_-]{16,}={0,2}")
"""An id as Elasticsearch makes it: base64, a hundred characters or more."""


async def open_pit(client: AsyncElasticsearch, alias: str, keep_alive_s: int) -> str:
    """The id of a point in time over the whole index, kept that many seconds after its last use.

    A missing shard refuses it. Raises the typed errors of ``elastic.errors``.
    """
    with translate_errors():
        opened = await client.open_point_in_time(
            index=alias,
            keep_alive=f"{keep_alive_s}s",
            preference=LOCAL_PREFERENCE,
            allow_partial_search_results=False,
        )
    pit = opened.body.get("id") if isinstance(opened.body, dict) else None
    if not isinstance(pit, str) or not PIT_ID.fullmatch(pit):
        raise ElasticUnreadable
    return pit


async def search_point_in_time(
    client: AsyncElasticsearch, pit: str, keep_alive_s: int, body: dict[str, Any]
) -> dict[str, Any]:
    """The answer of the point in time, kept that many seconds more; shards must all answer.

    No index is named, Elasticsearch refuses it. ``pit_id`` of the answer is the id to use next.
    The sort values of each hit end with one more, the tiebreaker ``_shard_doc``: ``search_after``
    takes them with or without it. Raises ``PointInTimeGone`` also when the index was deleted.
    """
    request = {**body, "pit": {"id": pit, "keep_alive": f"{keep_alive_s}s"}}
    try:
        with translate_errors():
            response = await client.search(body=request, allow_partial_search_results=False)
    except IndexMissing as error:
        raise PointInTimeGone from error
    answer: dict[str, Any] = response.body
    return answer


async def close_pit(client: AsyncElasticsearch, pit: str) -> None:
    """Give back what the point in time holds; one already gone is no error."""
    with translate_errors():
        await client.options(ignore_status=NOT_FOUND).close_point_in_time(id=pit)
