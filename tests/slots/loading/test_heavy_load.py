"""Imports into a node under load, and of owners with more offers than one page of hits."""

from typing import Any

import pytest
from elasticsearch import Elasticsearch

from elastic import bulk
from elastic.client import sync_client
from elastic.errors import ElasticOverloaded
from slots.loading.importing import fetch_owner_offers, import_answer
from slots.loading.requests import SourceAnswer
from tests.conftest import CreateOffers
from tests.slots.offers import NOW, RPPS, canonical, offer
from tests.suite.shedding_proxy import open_shedding_proxy

MANY = 10_050
"""More offers than one search may return."""


def read_starts(es: Elasticsearch, alias: str) -> list[str]:
    """When the slots of the only offer begin."""
    found: dict[str, Any] = es.get(index=alias, id=offer()["id"])["_source"]
    return [slot["start"] for slot in found.get("slots", [])]


def test_an_import_whose_bulk_is_shed_is_sent_again(
    es: Elasticsearch, es_url: str, create_offers: CreateOffers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk, "PAUSES_S", (0.01,) * 4)
    alias = create_offers([offer()])
    with open_shedding_proxy(es_url) as proxy, sync_client(proxy.url) as client:
        proxy.to_shed = ["request", "documents", "request"]
        import_answer(client, alias, SourceAnswer("alpha", [RPPS], [canonical()]), NOW)
    assert proxy.shed == 3
    assert read_starts(es, alias) == [canonical()["start"]]


def test_an_import_shed_to_the_end_is_told_as_load_and_changes_nothing(
    es: Elasticsearch, es_url: str, create_offers: CreateOffers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk, "PAUSES_S", (0.01,) * 4)
    alias = create_offers([offer()])
    with open_shedding_proxy(es_url) as proxy, sync_client(proxy.url) as client:
        proxy.to_shed = ["documents", "request"] * 3
        with pytest.raises(ElasticOverloaded, match="sheds load") as failure:
            import_answer(client, alias, SourceAnswer("alpha", [RPPS], [canonical()]), NOW)
    assert "mapping" not in str(failure.value)
    assert read_starts(es, alias) == []


def test_more_offers_than_a_page_of_hits_are_read_whole(
    es: Elasticsearch, create_offers: CreateOffers
) -> None:
    alias = create_offers(offer(f"p{number}") for number in range(MANY))
    found = [stored.offer["id"] for stored in fetch_owner_offers(es, alias, [RPPS])]
    assert len(set(found)) == len(found) == MANY
