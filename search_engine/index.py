"""The offers behind one alias, as every search asks for them."""

from dataclasses import dataclass
from typing import Any

from elasticsearch import AsyncElasticsearch

from elastic.errors import translated
from search_engine.problems import PartialAnswer

Body = dict[str, Any]
Answer = dict[str, Any]
"""Body of an answer of Elasticsearch."""


@dataclass(frozen=True, slots=True)
class Index:
    """The offers behind one alias, read through one client."""

    client: AsyncElasticsearch
    alias: str

    async def ask(self, body: Body) -> Answer:
        """The whole answer to one request.

        Raises the typed errors of ``elastic.errors``, and ``PartialAnswer`` when a shard is
        missing: an answer with holes would look like a true one (W19, F072).
        """
        with translated():
            response = await self.client.search(
                index=self.alias, body=body, allow_partial_search_results=False
            )
        return whole(response.body)

    async def ask_all(self, bodies: list[Body]) -> list[Answer]:
        """The whole answers to several requests sent as one, in their order."""
        if not bodies:
            return []
        searches = [part for body in bodies for part in ({}, body)]
        with translated():
            response = await self.client.msearch(index=self.alias, searches=searches)
        return [whole(answer) for answer in response.body["responses"]]


def whole(answer: Answer) -> Answer:
    """The answer itself; raises ``PartialAnswer`` when something is missing from it."""
    if "error" in answer or answer["timed_out"] or answer["_shards"]["failed"]:
        raise PartialAnswer
    return answer


def hits_of(answer: Answer) -> list[dict[str, Any]]:
    """The hits of an answer, in order."""
    hits: list[dict[str, Any]] = answer["hits"]["hits"]
    return hits


def total_of(answer: Answer) -> int:
    """How many documents match, on every page together."""
    return int(answer["hits"]["total"]["value"])
