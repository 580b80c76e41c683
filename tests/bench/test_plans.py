"""Raw is what our search sends, to the byte, and nothing else."""

from datetime import UTC, datetime

import orjson

from bench import load, plans, scenario
from bench.dataset import Site
from bench.exchange import Call
from bench.recording import record_calls, recording_client
from geography.geocoding.geocoder import Geocoder
from mappings.instants import utc_text
from search_engine.execution.search import search
from search_engine.query.page_requests import page_requests
from search_engine.query.plan import Plan, build_request
from search_engine.request.area import resolve_area
from search_engine.request.criteria import Criteria
from search_engine.request.profiles import load_profiles
from search_engine.request.typed_line import build_attempts, read_line
from search_engine.request.window import build_window

LOZERE = {
    "what": "MG",
    "lat": 44.52,
    "lon": 3.5,
    "mode": "all",
    "size": 20,
    "seed": 7,
    "radius_km": 50,
}


async def test_the_first_call_is_the_page_of_the_plan(site: Site) -> None:
    [exchange] = await plans.raw_searches(site.url, site.alias, [LOZERE])
    sent = exchange[0]
    assert sent.method == "POST"
    assert sent.url == f"{site.url}/{site.alias}/_msearch"
    criteria, chain = Criteria(**LOZERE), Geocoder()
    area = await resolve_area(criteria, chain)
    await chain.aclose()
    request = build_request(
        criteria,
        build_attempts(read_line(criteria), ())[0].meaning,
        area,
        build_window(datetime.fromisoformat(sent.now), area.zone, None),
        profile=load_profiles()["regulation"],
        seed=7,
    )
    plan = Plan(request, area)
    _, *bodies = [orjson.loads(line) for line in sent.body.splitlines()][1::2]
    assert bodies == orjson.loads(orjson.dumps(list(page_requests(plan).values())))
    assert sent.now in sent.body


async def test_replayed_calls_find_what_the_search_found(site: Site) -> None:
    now, criteria, chain, pages = datetime.now(UTC), Criteria(**LOZERE), Geocoder(), []

    async def work() -> None:
        pages.append(await search(client, site.alias, criteria, now, geocoder=chain))

    async with recording_client(site.url) as client, load.open_session() as through:
        exchange = await record_calls(utc_text(now), work)
        bodies = await load.perform(through, exchange) or []
    await chain.aclose()
    page = next(answer for answer in map(orjson.loads, bodies) if "responses" in answer)
    hits = page["responses"][0]["hits"]["hits"]
    shown = [card["id"] for card in pages[0]["results"]]
    assert shown
    assert [hit["_id"] for hit in hits] == shown


async def test_calls_at_the_same_time_wait_for_no_other(site: Site) -> None:
    """The treating doctor's places are requested beside the page, after nothing; before it where
    the order credits the colleagues of his practice."""
    body = {**LOZERE, "treating_doctor": "10000000101", "radius_km": 5}
    bodies = [{**body, "profile": "published"}, body]
    published, regulation = await plans.raw_searches(site.url, site.alias, bodies)
    assert [call.after for call in published[:2]] == [(), ()]
    assert [call.after for call in regulation[:2]] == [(), (0,)]


async def test_a_suggestion_is_one_call(site: Site) -> None:
    recorded = await plans.raw_suggestions(site.url, site.alias, [{"text": "mar"}, {"text": "MG"}])
    assert [len(exchange) for exchange in recorded] == [1, 0]
    assert recorded[0][0].url.endswith("/_msearch")


def test_a_call_survives_its_way_to_the_generator() -> None:
    call = Call("POST", "http://127.0.0.1:1/x", {"accept": "a"}, '{"é":1}', (0, 2), "now")
    assert Call.from_dict(orjson.loads(orjson.dumps(call.as_dict()))) == call


def test_searches_are_those_of_their_seed_and_all_valid() -> None:
    person = {
        "rpps": "10000000001",
        "family": "Martin",
        "given": "Ana",
        "title": "Dr Ana Martin",
        "point": {"lat": 44.52, "lon": 3.5},
    }
    structure = {"title": "Pharmacie du Causse", "point": {"lat": 44.52, "lon": 3.5}}
    drawn = scenario.SampledOffers(("75", "48", "974"), (person,), (structure,))
    bodies = scenario.searches(drawn, 300, seed=1)
    assert bodies == scenario.searches(drawn, 300, seed=1)
    assert bodies != scenario.searches(drawn, 300, seed=2)
    assert len({Criteria(**body).what for body in bodies}) > 10
    assert {body["size"] for body in bodies} == {5, 20}
    assert any("lat" in body for body in bodies)
    assert any("insee" in body for body in bodies)
    assert any("department" in body for body in bodies)
    assert any(body.get("treating_doctor") for body in bodies)
