"""The offers behind one alias, as every search asks for them."""

from dataclasses import dataclass, field
from typing import Any

from elasticsearch import AsyncElasticsearch

from elastic.client import LOCAL
from elastic.errors import IndexMissing, PointInTimeGone, translated
from elastic.multi_search import search_all
from elastic.point_in_time import search_in
from search_engine.backend.hints import Foresight
from search_engine.request.problems import PartialAnswer

KEEP_S = 600
"""Seconds a point in time is kept after its last use: the life of a cursor."""

Body = dict[str, Any]
Answer = dict[str, Any]
"""Body of an answer of Elasticsearch."""


@dataclass(frozen=True, slots=True)
class Index:
    """The offers behind one alias, read through one client; at a point in time when it is told."""

    client: AsyncElasticsearch
    alias: str
    pit: str | None = None
    foresight: Foresight = field(default_factory=Foresight)
    """What earlier searches were told, shared by those of a process."""

    async def ask(self, body: Body) -> Answer:
        """The whole answer to one request.

        Raises the typed errors of ``elastic.errors``, and ``PartialAnswer`` when a shard is
        missing: an answer with holes would look like a true one (W19, F072).
        """
        if self.pit is not None:
            return whole(await search_in(self.client, self.pit, KEEP_S, body))
        with translated():
            response = await self.client.search(
                index=self.alias,
                body=body,
                preference=LOCAL,
                allow_partial_search_results=False,
            )
        return whole(response.body)

    async def ask_all(self, bodies: list[Body]) -> list[Answer]:
        """The whole answers to several requests sent as one, in their order."""
        if len(bodies) <= 1:
            return [await self.ask(body) for body in bodies]
        told = {} if self.pit is None else {"pit": {"id": self.pit, "keep_alive": f"{KEEP_S}s"}}
        target = self.alias if self.pit is None else None
        try:
            answers = await search_all(self.client, target, [{**body, **told} for body in bodies])
        except IndexMissing as error:
            if self.pit is None:
                raise
            raise PointInTimeGone from error
        return [whole(answer) for answer in answers]


def whole(answer: Answer) -> Answer:
    """The answer itself; raises ``PartialAnswer`` when something is missing from it."""
    if answer["timed_out"] or answer["_shards"]["failed"]:
        raise PartialAnswer
    return answer


def hits_of(answer: Answer) -> list[dict[str, Any]]:
    """The hits of an answer, in order."""
    hits: list[dict[str, Any]] = answer["hits"]["hits"]
    return hits


def total_of(answer: Answer) -> int:
    """How many documents match, on every page together."""
    return int(answer["hits"]["total"]["value"])
