"""A client that leaves a slow search: on a real node, the search itself is cancelled."""

import json

import httpx
import pytest
from elasticsearch import Elasticsearch

from api.middleware.client_messages import CLIENT_GONE
from elastic import lifecycle
from elastic.names import offers_index
from mappings.offers import offers_mapping, offers_settings
from tests.api.conftest import DOZEN, NOW, StartServer, build_frozen_app, problem
from tests.api.leaving_client import open_search_request, wait_for_status
from tests.suite.waiting import wait_for

OFFERS = 40
"""Each takes a good part of a second: the whole search, far longer than the test."""

SLOW_TERRITORY = """
double turn(double from) {
  double turns = from;
  for (int i = 0; i < 900000; i++) { turns += Math.sin(i + turns); }
  return turns;
}
double turns = 0;
for (int i = 0; i < 10; i++) { turns = turn(turns); }
emit(turns == 0 ? 'none' : 'SAS-48');
"""
"""Computed at each search in place of what is stored: the query of the service is unchanged."""

SEARCH_BODY = {"what": "MG", "insee": "48095", "territory": ["SAS-48"]}


@pytest.fixture
def slow_index(
    es: Elasticsearch, index_prefix: str, environment: None, monkeypatch: pytest.MonkeyPatch
) -> str:
    """An index whose territories take their time, one segment an offer; the service searches it."""
    monkeypatch.setenv("SAS_INDEX_PREFIX", index_prefix)
    monkeypatch.setenv("SAS_REQUEST_TIMEOUT_S", "60")
    name = offers_index(index_prefix, NOW)
    slow = {"territory": {"type": "keyword", "script": {"source": SLOW_TERRITORY}}}
    apart = {"index.merge.policy.segments_per_tier": OFFERS * 2}
    settings = {**offers_settings(), **apart}
    lifecycle.create_index(es, name, settings, {**offers_mapping(), "runtime": slow})
    offer = json.loads(DOZEN.read_text("utf-8"))[0]
    for number in range(OFFERS):
        copy = {**offer, "id": f"rpps:{number}@1480000101"}
        es.index(index=str(name), id=copy["id"], document=copy, refresh=True)
    lifecycle.swap_alias(es, name.alias, name)
    return str(name)


@pytest.mark.filterwarnings("ignore::elasticsearch.exceptions.GeneralAvailabilityWarning")
def test_elasticsearch_stops_the_search_of_a_client_that_left(
    es: Elasticsearch, slow_index: str, serve: StartServer
) -> None:
    url = serve(build_frozen_app(search_deadline_s=60))
    with open_search_request(url, "POST", SEARCH_BODY):
        wait_for(lambda: count_running_queries(es, slow_index))
    wait_for(lambda: not running_searches(es, slow_index))
    wait_for(lambda: count_failed_queries(es, slow_index))
    wait_for_status(url, CLIENT_GONE)


@pytest.mark.filterwarnings("ignore::elasticsearch.exceptions.GeneralAvailabilityWarning")
def test_elasticsearch_stops_the_search_of_a_request_given_up(
    es: Elasticsearch, slow_index: str, serve: StartServer
) -> None:
    """Past the deadline the client gets an error, and nothing goes on behind."""
    url = serve(build_frozen_app(search_deadline_s=1))
    problem(httpx.post(f"{url}/v1/search", json=SEARCH_BODY, timeout=20), 504, "search_timeout")
    wait_for(lambda: not running_searches(es, slow_index))
    wait_for(lambda: count_failed_queries(es, slow_index))


def running_searches(es: Elasticsearch, index: str) -> list[str]:
    """The searches of that index at work in Elasticsearch."""
    nodes = es.tasks.list(actions="indices:data/read/search*", detailed=True)["nodes"].values()
    tasks = [task for node in nodes for task in node["tasks"].values()]
    return [task["action"] for task in tasks if index in task["description"]]


def count_running_queries(es: Elasticsearch, index: str) -> int:
    """Queries of that index at work on its documents; a search is a task well before."""
    return count_queries(es, index, "query_current")


def count_failed_queries(es: Elasticsearch, index: str) -> int:
    """Queries of that index that did not come to their end: here, those that were cancelled."""
    return count_queries(es, index, "query_failure")


def count_queries(es: Elasticsearch, index: str, figure: str) -> int:
    """One of the figures that Elasticsearch keeps of the queries of an index."""
    stats = es.indices.stats(index=index, metric="search")
    return int(stats["_all"]["total"]["search"][figure])
