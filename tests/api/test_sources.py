"""The state of the sources: for those who run the service, and on a page when it matters."""

import asyncio
from datetime import UTC, date, datetime, timedelta
from typing import Any

import httpx
import pytest
from elasticsearch import AsyncElasticsearch
from sqlalchemy import delete

from api.background.freshness import FreshnessMonitor, FreshnessSnapshot, source_notices
from api.background.renewal import Renewal, renew_forever
from api.records import RecordsGate
from api.schemas.sources import Sources
from elastic.client import async_client
from mappings.freshness import DEFAULT_BOUND, find_source_freshness, freshness_table
from records.database import open_transaction
from records.trail import audit
from records.trail.audit import Event
from records.trail.last_loads import SourceLoad, record_loads
from records.trail.source_state import build_source_state
from records.trail.tables import AuditLine
from records.trail.trail import Trail
from slots.loading.last_imports import record_imports
from tests.api.conftest import NOW, StartServer, answer, build_frozen_app, problem
from tests.api.security.callers import ApiWithAuth, bearer
from tests.api.security.test_security import api_with_auth as identified
from tests.suite.waiting import wait_for, wait_for_async

api_with_auth = identified
MENDE = {"what": "médecin généraliste", "lat": 44.518, "lon": 3.5005}


@pytest.fixture
def loads(trail: Trail) -> Trail:
    """An old register, a participation of which much was set aside, an editor read today."""
    record_loads(
        trail,
        [
            SourceLoad("rpps", "rpps.txt", date(2026, 11, 1), 100, 1, "", NOW),
            SourceLoad("participation", "p.jsonl", None, 100, 1, "", NOW - timedelta(hours=1)),
            SourceLoad("finess", "finess.csv", date(2026, 11, 20), 100, 1, "", NOW),
        ],
    )
    record_imports(trail, {"editor-a": 3}, NOW - timedelta(hours=2))
    for hour, aside in ((5, {"participation": 0}), (6, {"participation": 3, "finess": 1})):
        audit.record_event(
            trail,
            Event.REINDEX_COMPLETED,
            "offers",
            now=NOW.replace(hour=hour),
            details={"aside": aside, "seconds": 61.5, "total": 13},
        )
    return trail


def by_name(found: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    return {one["source"]: one for one in found}


def test_each_source_says_its_age_and_what_is_wrong(loads: Trail, serve: StartServer) -> None:
    result = answer(httpx.get(f"{serve(build_frozen_app())}/v1/sources"))
    Sources.model_validate(result)
    sources = by_name(result["sources"])
    assert {name: (one["stale"], one["partial"]) for name, one in sources.items()} == {
        "rpps": (True, False),
        "participation": (False, True),
        "finess": (False, False),
    }
    assert sources["participation"]["rejected"] == 3
    assert sources["rpps"]["age_s"] == 22 * 86_400 + 9 * 3_600
    assert sources["rpps"]["bound_s"] == 8 * 86_400
    (editor,) = result["slot_sources"]
    assert (editor["source"], editor["stale"]) == ("editor-a", False)
    assert editor["live_slots"] > 0


def test_a_page_names_the_stale_and_the_partial_and_no_other(
    loads: Trail, serve: StartServer
) -> None:
    url = serve(build_frozen_app())
    answer(httpx.get(f"{url}/v1/sources"))
    page = answer(httpx.post(f"{url}/v1/search", json=MENDE))
    result = {one["source"]: (one["state"], one["message"]) for one in page["sources"]}
    assert result == {
        "participation": (
            "partial",
            "Participations au SAS : des données manquent, 3 lignes n'ont pas pu être lues.",
        ),
        "rpps": (
            "stale",
            "Annuaire Santé (RPPS) : données du 01/11/2026, plus anciennes que prévu.",
        ),
    }


def test_a_page_of_fresh_sources_says_nothing(serve: StartServer) -> None:
    url = serve(build_frozen_app())
    assert answer(httpx.get(f"{url}/v1/sources"))["sources"] == []
    assert "sources" not in answer(httpx.post(f"{url}/v1/search", json=MENDE))


def test_a_search_asks_nothing_more(
    loads: Trail, serve: StartServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = build_frozen_app()
    url = serve(app)
    answer(httpx.get(f"{url}/v1/sources"))
    answer(httpx.post(f"{url}/v1/search", json=MENDE))
    wait_for(lambda: app.state.freshness.snapshot)
    """The reading of the background is over; the next one is half a minute away."""
    transport, asked = app.state.engine.client.transport, []
    usual = transport.perform_request

    async def count_request(*arguments: Any, **options: Any) -> Any:
        asked.append(arguments)
        return await usual(*arguments, **options)

    monkeypatch.setattr(transport, "perform_request", count_request)
    assert "sources" in answer(httpx.post(f"{url}/v1/search", json=MENDE))
    with_sources = len(asked)
    app.state.freshness.notices = []
    assert "sources" not in answer(httpx.post(f"{url}/v1/search", json=MENDE))
    assert with_sources == len(asked) - with_sources > 0


async def test_what_cannot_be_read_leaves_what_was_held(
    loads: Trail, environment: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with async_client() as client:
        freshness = build_monitor(client, loads)
        await freshness.renew()
    held = freshness.snapshot
    async with async_client("http://127.0.0.1:9") as gone:
        freshness._client = gone
        with pytest.raises(Exception, match="cannot be reached"):
            await freshness.renew()
    assert freshness.snapshot is held


async def test_a_trail_that_cannot_be_understood_does_not_end_the_readings(
    loads: Trail, environment: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    later = NOW + timedelta(days=1)
    audit.record_event(loads, Event.REINDEX_COMPLETED, "odd", now=later, details={"seconds": "?"})
    async with async_client() as client:
        freshness = build_monitor(client, loads)
        readings = count_readings(freshness, monkeypatch)
        running = asyncio.create_task(renew_forever(Renewal("sources", freshness.renew, 0.05)))
        await wait_for_async(lambda: len(readings) > 1)
        assert freshness.snapshot is None
        with open_transaction(loads.database) as session:
            session.execute(delete(AuditLine).where(AuditLine.index_name == "odd"))
        await wait_for_async(lambda: freshness.snapshot is not None)
        assert not running.done()
        running.cancel()


def build_monitor(client: AsyncElasticsearch, trail: Trail) -> FreshnessMonitor:
    return FreshnessMonitor(client, RecordsGate(trail.database), trail.prefix, lambda: NOW)


def count_readings(freshness: FreshnessMonitor, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """One more element at each reading that begins, from now on."""
    readings: list[int] = []
    renew = freshness.renew

    async def renew_and_count() -> FreshnessSnapshot:
        readings.append(len(readings))
        return await renew()

    monkeypatch.setattr(freshness, "renew", renew_and_count)
    return readings


def test_the_figures_of_the_loads(loads: Trail, serve: StartServer) -> None:
    url = serve(build_frozen_app())
    answer(httpx.get(f"{url}/v1/sources"))
    lines = dict(
        line.rsplit(" ", 1)
        for line in httpx.get(f"{url}/metrics").text.splitlines()
        if not line.startswith("#")
    )
    assert lines['sas_source_stale{source="rpps"}'] == "1.0"
    assert lines['sas_source_stale{source="finess"}'] == "0.0"
    assert lines['sas_source_rejected_rows{source="participation"}'] == "3.0"
    assert float(lines['sas_source_age_seconds{source="participation"}']) == 3_600
    assert float(lines['sas_live_slots{source="slots:editor-a"}']) > 0
    assert float(lines["sas_index_documents"]) == 13
    assert float(lines["sas_load_duration_seconds"]) == 61.5
    assert (
        float(lines["sas_load_last_success_timestamp_seconds"]) == NOW.replace(hour=6).timestamp()
    )


def test_the_state_of_the_sources_is_for_those_who_run_the_service(
    api_with_auth: ApiWithAuth,
) -> None:
    refused = api_with_auth.client.get("/v1/sources", headers=bearer("regulateur_osnp"))
    problem(refused, 403, "right_missing")
    answer(api_with_auth.client.get("/v1/sources", headers=bearer("administrateur")))


@pytest.mark.parametrize(
    ("days", "stale"), [(7, False), (8, False), (9, True)], ids=["younger", "at its bound", "older"]
)
def test_a_source_is_stale_past_its_bound(days: int, stale: bool) -> None:
    now = datetime(2026, 11, 23, tzinfo=UTC)
    load = SourceLoad("rpps", "f", (now - timedelta(days=days)).date(), 1, 1, "", now)
    assert build_source_state(load, 0, now).stale is stale
    assert bool(source_notices([build_source_state(load, 0, now)])) is stale


def test_one_row_is_told_in_the_singular() -> None:
    load = SourceLoad("participation", "p.jsonl", None, 20, 1, "", NOW)
    (result,) = source_notices([build_source_state(load, 1, NOW)])
    assert result["message"].endswith("des données manquent, 1 ligne n'a pas pu être lue.")


def test_every_source_has_a_bound() -> None:
    assert find_source_freshness("slots:acme").bound == freshness_table()["slots"].bound
    assert "acme" in find_source_freshness("slots:acme").label
    assert find_source_freshness("unheard of").bound == DEFAULT_BOUND
