"""The judged collection in a real index, for the whole session."""

from collections.abc import AsyncIterator, Iterator

import pytest
from elasticsearch import AsyncElasticsearch, Elasticsearch

from tests.relevance.offers import collection_offers
from tests.search_engine.conftest import fill, new_index


@pytest.fixture(scope="session")
def relevance_index(es: Elasticsearch) -> Iterator[str]:
    """The alias of the judged collection."""
    name = new_index(es)
    fill(es, name.alias, collection_offers())
    yield name.alias
    es.indices.delete(index=str(name))


@pytest.fixture(scope="session")
async def relevance_client(es_url: str) -> AsyncIterator[AsyncElasticsearch]:
    """A client without the time-out of searches: tests share two processors."""
    opened = AsyncElasticsearch(es_url, request_timeout=30)
    yield opened
    await opened.close()
