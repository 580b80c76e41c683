"""One index of random offers for the whole session, and an asynchronous client to search it."""

import uuid
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest
from elasticsearch import AsyncElasticsearch, Elasticsearch
from elasticsearch.helpers import bulk

from elastic import lifecycle
from elastic.client import async_client
from elastic.names import IndexName, offers_index
from mappings.offers import offers_mapping, offers_settings
from tests.search_engine.named import add_name_fields
from tests.search_engine.random_offers import random_offers
from tests.search_engine.sample_offers import Offer, Searcher

IndexOffers = Callable[[Iterable[Offer]], Searcher]


@dataclass(frozen=True, slots=True)
class RandomOffersIndex:
    """Offers as indexed, the alias that reads them and the index behind it."""

    alias: str
    index: str
    offers: list[dict[str, Any]]


@pytest.fixture(scope="session")
def random_index(es: Elasticsearch) -> Iterator[RandomOffersIndex]:
    """The random offers, searchable."""
    offers = [dict(offer) for offer in random_offers()]
    name = new_index(es)
    fill(es, name.alias, offers)
    yield RandomOffersIndex(name.alias, str(name), offers)
    es.indices.delete(index=str(name))


@pytest.fixture(scope="session")
async def client(es_url: str) -> AsyncIterator[AsyncElasticsearch]:
    """The client that the API uses, without its time-out: tests share two processors."""
    opened = async_client(es_url, request_timeout=30)
    yield opened
    await opened.close()


@pytest.fixture(scope="session")
def scratch_alias(es: Elasticsearch) -> Iterator[str]:
    """The alias of one index that the tests of a session fill in turn: creating it is slow."""
    name = new_index(es)
    yield name.alias
    es.indices.delete(index=str(name))


@pytest.fixture
def index_offers(es: Elasticsearch, client: AsyncElasticsearch, scratch_alias: str) -> IndexOffers:
    """``searching(offers)``: the index holds these offers and no others; what searches them."""

    def over(offers: Iterable[Offer]) -> Searcher:
        es.delete_by_query(index=scratch_alias, query={"match_all": {}}, refresh=True)
        fill(es, scratch_alias, offers)
        return Searcher(client, scratch_alias)

    return over


def new_index(es: Elasticsearch) -> IndexName:
    """An empty index of offers behind an alias of its own."""
    name = offers_index(f"t{uuid.uuid4().hex[:12]}", datetime.now(UTC))
    lifecycle.create_index(es, name, offers_settings(), offers_mapping())
    lifecycle.swap_alias(es, name.alias, name)
    return name


def fill(es: Elasticsearch, alias: str, offers: Iterable[Offer]) -> None:
    """Index the offers, searchable at once."""
    made = map(add_name_fields, offers)
    actions = ({"_index": alias, "_id": offer["id"], "_source": offer} for offer in made)
    bulk(es, actions, refresh=True)
