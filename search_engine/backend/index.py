"""The offers behind one alias, as every search queries them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from elasticsearch import AsyncElasticsearch

from elastic.client import LOCAL_PREFERENCE
from elastic.errors import IndexMissing, PointInTimeGone, translate_errors
from elastic.multi_search import run_multi_search
from elastic.point_in_time import search_point_in_time
from search_engine.backend.bodies import Answer, Body
from search_engine.backend.hints import QueryHintCache
from search_engine.request.problems import PartialAnswer

KEEP_S = 600
"""Seconds a point in time is kept after its last use: the life of a cursor."""


@dataclass(frozen=True, slots=True)
class Index:
    """The offers behind one alias, read through one client; at a point in time with ``pit``."""

    client: AsyncElasticsearch
    alias: str
    pit: str | None = None
    hints: QueryHintCache = field(default_factory=QueryHintCache)
    """Hints from earlier searches, shared by those of a process."""

    async def fetch_answer(self, body: Body) -> Answer:
        """The whole answer to one request.

        Raises the typed errors of ``elastic.errors``, and ``PartialAnswer`` when a shard is
        missing: an answer with holes would look like a true one (W19, F072).
        """
        if self.pit is not None:
            return check_complete(await search_point_in_time(self.client, self.pit, KEEP_S, body))
        with translate_errors():
            response = await self.client.search(
                index=self.alias,
                body=body,
                preference=LOCAL_PREFERENCE,
                allow_partial_search_results=False,
            )
        return check_complete(response.body)

    async def fetch_answers(self, bodies: list[Body]) -> list[Answer]:
        """The whole answers to several requests sent as one, in their order."""
        if len(bodies) <= 1:
            return [await self.fetch_answer(body) for body in bodies]
        pinned = {} if self.pit is None else {"pit": {"id": self.pit, "keep_alive": f"{KEEP_S}s"}}
        target = self.alias if self.pit is None else None
        try:
            answers = await run_multi_search(
                self.client, target, [{**body, **pinned} for body in bodies]
            )
        except IndexMissing as error:
            if self.pit is None:
                raise
            raise PointInTimeGone from error
        return [check_complete(answer) for answer in answers]

    async def fetch_named(self, bodies: Mapping[str, Body]) -> dict[str, Answer]:
        """The answers to named requests sent as one, by name."""
        answers = await self.fetch_answers(list(bodies.values()))
        return dict(zip(bodies, answers, strict=True))


def check_complete(answer: Answer) -> Answer:
    """The answer itself; raises ``PartialAnswer`` when something is missing from it.

    The errors of reading another shape are those of ``search_engine.backend.answers``.
    """
    if answer["timed_out"] or answer["_shards"]["failed"]:
        raise PartialAnswer
    return answer


def read_hits(answer: Answer) -> list[dict[str, Any]]:
    """The hits of an answer, in order."""
    hits: list[dict[str, Any]] = answer["hits"]["hits"]
    return hits


def split_page(answer: Answer, size: int) -> tuple[list[dict[str, Any]], bool]:
    """The hits of a page of that size, and whether more were read."""
    hits = read_hits(answer)
    return hits[:size], len(hits) > size


def drop_hits(answer: Answer) -> Answer:
    """The answer with its total and no hit."""
    return {**answer, "hits": {**answer["hits"], "hits": []}}


def read_total(answer: Answer) -> int:
    """How many documents match, on every page together."""
    return int(answer["hits"]["total"]["value"])
