"""The dozen offers under a prefix of their own, for a run of the bench."""

import json
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from elasticsearch import Elasticsearch
from elasticsearch.helpers import bulk

from bench.dataset import Site, delete_all
from elastic import lifecycle
from elastic.names import offers_index
from mappings.offers import offers_mapping, offers_settings

DOZEN = Path(__file__).parents[1] / "fixtures" / "search" / "dozen_offers.json"


@pytest.fixture(scope="module")
def site(
    es: Elasticsearch, es_url: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Site]:
    """A node, an index of a dozen offers, and a scratch folder."""
    prefix = f"bench-t{uuid.uuid4().hex[:10]}"
    name = offers_index(prefix, datetime.now(UTC))
    lifecycle.create_index(es, name, offers_settings(), offers_mapping())
    offers = json.loads(DOZEN.read_text("utf-8"))
    bulk(es, [{"_index": str(name), "_id": o["id"], "_source": o} for o in offers], refresh=True)
    lifecycle.swap_alias(es, name.alias, name)
    yield Site(es, es_url, prefix, tmp_path_factory.mktemp("bench"))
    delete_all(es, prefix)
