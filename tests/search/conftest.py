"""One index of random offers for the whole session, and an asynchronous client to search it."""

import uuid
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest
from elasticsearch import AsyncElasticsearch, Elasticsearch
from elasticsearch.helpers import bulk

from elastic import lifecycle
from elastic.client import async_client
from elastic.names import offers_index
from mappings.offers import offers_mapping, offers_settings
from tests.search.random_offers import random_offers


@dataclass(frozen=True, slots=True)
class Indexed:
    """Offers as indexed, the alias that reads them and the index behind it."""

    alias: str
    index: str
    offers: list[dict[str, Any]]


@pytest.fixture(scope="session")
def indexed(es: Elasticsearch) -> Iterator[Indexed]:
    """The random offers, searchable."""
    offers = [dict(offer) for offer in random_offers()]
    name = offers_index(f"t{uuid.uuid4().hex[:12]}", datetime.now(UTC))
    lifecycle.create_index(es, name, offers_settings(), offers_mapping())
    actions = ({"_index": str(name), "_id": offer["id"], "_source": offer} for offer in offers)
    bulk(es, actions, refresh=True)
    lifecycle.swap(es, name.alias, name)
    yield Indexed(name.alias, str(name), offers)
    es.indices.delete(index=str(name))


@pytest.fixture(scope="session")
async def client(es_url: str) -> AsyncIterator[AsyncElasticsearch]:
    """The client that the API uses, without its time-out: tests share two processors."""
    opened = async_client(es_url, request_timeout=30)
    yield opened
    await opened.close()
