"""Every field that a request names exists in the mapping: a misspelt one would match nothing."""

from collections.abc import Iterator
from random import Random
from typing import Any

from elasticsearch import AsyncElasticsearch

from mappings.offers import offers_mapping
from search_engine.execution.planner import Prediction, plan_requests
from search_engine.query.alternatives import build_alternatives, cards_body, fuzzy_body
from search_engine.query.cpts_groups import covering_body, cpts_body
from search_engine.query.order.script import SOURCE
from search_engine.query.page_requests import PAGE, page_requests, sort_keys
from search_engine.query.plan import CptsGroups, CursorPosition, build_request
from search_engine.query.radius import candidate_areas, count_body, start_plan
from search_engine.query.treating_doctor import people_body, places_body
from search_engine.request.profiles import load_profiles
from search_engine.request.window import build_window
from tests.search_engine.conftest import RandomOffersIndex
from tests.search_engine.random_searches import draw_search

BY_FIELD = {"term", "terms", "range", "match", "linear", "span_term"}
"""Clauses whose keys are fields."""

CLAUSES_INSIDE = {"field", "span_near", "span_term"}
"""Keys of what has the name of such a clause and holds clauses: ``match`` of ``span_first``."""

PLACES = {"geo_distance": "point", "_geo_distance": "point"}
"""Clauses with a field beside their options."""

NOT_FIELDS = {"_score", "_geo_distance", "order", "size"}


def collect_request_fields(value: Any) -> Iterator[str]:
    """Every field named in a request."""
    if isinstance(value, list):
        for inner in value:
            yield from collect_request_fields(inner)
    if not isinstance(value, dict):
        return
    for key, inner in value.items():
        if key in PLACES:
            yield from set(inner) - {"distance", "order", "unit"}
        elif key in BY_FIELD and isinstance(inner, dict) and not inner.keys() & CLAUSES_INSIDE:
            yield from inner
        elif key in {"field", "path"}:
            yield inner
        elif key == "sort":
            yield from (name for one in inner for name in one if name not in NOT_FIELDS)
            yield from collect_request_fields(inner)
        elif key == "_source":
            yield from inner
        else:
            yield from collect_request_fields(inner)


def collect_mapping_fields(properties: dict[str, Any], prefix: str = "") -> Iterator[str]:
    """Every field of the mapping, sub-fields included."""
    for name, field in properties.items():
        yield prefix + name
        yield from (f"{prefix}{name}.{sub}" for sub in field.get("fields", {}))
        yield from collect_mapping_fields(field.get("properties", {}), f"{prefix}{name}.")


def random_bodies(count: int = 200) -> Iterator[dict[str, Any]]:
    """Every request of random searches."""
    random = Random(5)
    for _ in range(count):
        drawn = draw_search(random, open_now=random.random() < 0.5)
        profile = load_profiles()[drawn.criteria.profile]
        window = build_window(drawn.now, drawn.area.zone)
        request = build_request(
            drawn.criteria, drawn.meaning, drawn.area, window, profile=profile, seed=1
        )
        plan = start_plan(request)
        yield from page_requests(plan, solutions=True, remote=True).values()
        yield from plan_requests(request, (), Prediction(())).values()
        grouped = start_plan(request, ("480000001",))
        start = window.start.strftime("%Y-%m-%dT%H:%M:%SZ")
        after = tuple(start if "slots.start" in key else "1" for key in sort_keys(grouped))
        position = CursorPosition(after, CptsGroups({"480000001": "a"}))
        yield from page_requests(grouped, alternatives=build_alternatives(grouped)).values()
        yield page_requests(grouped._replace(position=position))[PAGE]
        yield cards_body(grouped)
        yield fuzzy_body(grouped)
        yield covering_body("48095")
        yield cpts_body(["480000001"])
        areas = candidate_areas(plan)
        yield count_body(plan, areas)
        yield from page_requests(plan._replace(area=areas[-1])).values()
        yield people_body("martin", plan.area)
        yield places_body("10003456789", plan.area)


def test_every_named_field_exists() -> None:
    mapped = set(collect_mapping_fields(offers_mapping()["properties"]))
    named = {field for body in random_bodies() for field in collect_request_fields(body)}
    assert len(named) > 40
    assert named <= mapped


def test_the_walker_sees_a_misspelt_field() -> None:
    body = {"query": {"bool": {"filter": [{"term": {"profesion": "10"}}]}}, "sort": [{"idd": {}}]}
    assert set(collect_request_fields(body)) == {"profesion", "idd"}


def collect_scripts(value: Any) -> Iterator[dict[str, Any]]:
    """Every script of a request."""
    if isinstance(value, list):
        for inner in value:
            yield from collect_scripts(inner)
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from [inner] if key == "script" else collect_scripts(inner)


def test_one_text_of_script_compiled_once_and_no_inner_hits() -> None:
    bodies = list(random_bodies(60))
    scripts = [script for body in bodies for script in collect_scripts(body)]
    assert {script["source"] for script in scripts} == {SOURCE}
    assert repr(bodies).count("'source'") == len(scripts)
    assert "inner_hits" not in repr(bodies)


async def test_every_request_is_accepted(
    client: AsyncElasticsearch, random_index: RandomOffersIndex
) -> None:
    for body in random_bodies(60):
        answer = await client.search(index=random_index.alias, body=body)
        assert answer["_shards"]["failed"] == 0
