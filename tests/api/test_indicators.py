"""``/v1/indicators``, and the events of searches: counted apart from every search."""

import csv
import io
from datetime import timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import select

from api import events
from api.events import EventRecorder
from api.records import RecordsGate
from api.schemas.indicators import Indicators
from records.database import Database, open_reading
from records.errors import RecordsUnavailable
from records.indicators.events import ServiceEvent
from records.indicators.tables import EventKind, EventRow
from records.schema import upgrade_schema
from tests.api.conftest import (
    ENTRIES,
    NOW,
    StartServer,
    answer,
    build_frozen_app,
    open_api_server,
    problem,
)
from tests.api.security.test_security import ApiWithAuth, bearer
from tests.api.security.test_security import api_with_auth as identified
from tests.suite.waiting import wait_for

api_with_auth = identified
MENDE = {"what": "médecin généraliste", "lat": 44.518, "lon": 3.5005, "size": 1}
ADDRESS = {"what": "Dr Séité", "insee": "48095"}


@pytest.fixture
def event_api(serve: StartServer) -> tuple[str, Database]:
    """The application with records of its own, and their database."""
    app = build_frozen_app()
    upgrade_schema(app.state.records.database)
    return serve(app), app.state.records.database


def read_events(database: Database) -> list[dict[str, Any]]:
    with open_reading(database) as session:
        rows = session.scalars(select(EventRow).order_by(EventRow.id)).all()
        return [{one.name: getattr(row, one.name) for one in row.__table__.columns} for row in rows]


def test_a_search_is_an_event_once_and_its_other_pages_are_none(
    event_api: tuple[str, Database],
) -> None:
    url, database = event_api
    page = answer(httpx.post(f"{url}/v1/search", json=MENDE))
    answer(httpx.post(f"{url}/v1/search", json={**MENDE, "page": 2}))
    answer(httpx.post(f"{url}/v1/search", json={**MENDE, "cursor": page["next"]["cursor"]}))
    answer(httpx.post(f"{url}/v1/search", json={"what": "sage-femme", "department": "75"}))
    wait_for(lambda: len(read_events(database)) >= 2)
    first, second = read_events(database)
    assert first.pop("duration_ms") is not None
    assert first == {
        "id": 1,
        "at": NOW,
        "kind": "search",
        "territory": "SAS-48",
        "department": "48",
        "editor": None,
        "mode": "available",
        "role": "OSNP",
        "outcome": "found",
        "amount": page["people"]["value"],
    }
    assert (second["department"], second["outcome"], second["amount"]) == ("75", "empty", 0)


def test_nothing_of_what_was_typed_is_in_an_event(event_api: tuple[str, Database]) -> None:
    """Every column is read."""
    url, database = event_api
    answer(httpx.post(f"{url}/v1/search", json=ADDRESS))
    wait_for(lambda: read_events(database))
    (event,) = read_events(database)
    known = {NOW, 1, "search", "SAS-48", "48", "all", "OSNP", "found", None}
    assert {
        value for name, value in event.items() if name not in ("amount", "duration_ms")
    } <= known


def test_a_dispatch_software_is_counted_apart(
    registry: Database, event_api: tuple[str, Database]
) -> None:
    url, database = event_api
    link = {"origin": ENTRIES[0].origin, "specialty": "MG", "inseecode": "48095", "city": "Mende"}
    found = httpx.get(f"{url}/v1/lrm/search", params=link)
    assert found.status_code == 200, found.text
    wait_for(lambda: read_events(database))
    assert read_events(database)[0]["kind"] == "lrm_search"


class StuckGate:
    """Records that do not answer."""

    def __init__(self) -> None:
        self.tries = 0

    async def run(self, use_case: Any) -> Any:
        self.tries += 1
        raise RecordsUnavailable("away")


def build_event() -> ServiceEvent:
    return ServiceEvent(at=NOW, kind=EventKind.SEARCH)


async def test_events_that_cannot_be_written_wait_then_are_dropped_and_counted(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    monkeypatch.setattr(events, "HELD", 5)
    monkeypatch.setattr(events, "BATCH", 2)
    dropped: list[int] = []
    stuck = StuckGate()
    recorder = EventRecorder(stuck, dropped.append)  # type: ignore[arg-type]
    for _ in range(7):
        recorder.record(build_event())
    assert sum(dropped) == 2
    await recorder.flush()
    assert stuck.tries == 1
    assert sum(dropped) == 2
    monkeypatch.setenv("SAS_DATABASE_URL", f"sqlite:///{tmp_path / 'records.sqlite'}")
    gate: RecordsGate = build_frozen_app().state.records
    recorder._gate = gate
    await recorder.finish()
    assert len(read_events(gate.database)) == 5
    gate.database.close()


def test_the_end_of_the_service_writes_what_is_held(
    environment: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(events, "FLUSH_S", 600)
    app = build_frozen_app()
    with open_api_server(app) as url:
        answer(httpx.post(f"{url}/v1/search", json=MENDE))
        assert app.state.events._held
    assert len(read_events(app.state.records.database)) == 1


def test_the_indicators_of_a_day(event_api: tuple[str, Database]) -> None:
    url, database = event_api
    answer(httpx.post(f"{url}/v1/search", json=MENDE))
    wait_for(lambda: read_events(database))
    asked = {"day": (NOW + timedelta(days=7)).date().isoformat()}
    found = answer(httpx.get(f"{url}/v1/indicators", params=asked))
    Indicators.model_validate(found)
    assert found["indicators"][0] == {
        "name": "searches_week",
        "sentence": "Recherches de la dernière semaine complète, par territoire du patient",
        "unit": "recherches",
        "since": "2026-11-22T23:00:00Z",
        "until": "2026-11-29T23:00:00Z",
        "values": [{"territory": "SAS-48", "value": 1}],
    }
    file = httpx.get(f"{url}/v1/indicators", params={**asked, "format": "csv"})
    assert file.headers["content-type"] == "text/csv; charset=utf-8"
    lines = list(csv.DictReader(io.StringIO(file.content.decode("utf-8-sig")), delimiter=";"))
    assert (lines[0]["territory"], lines[0]["value"]) == ("SAS-48", "1")
    assert answer(httpx.get(f"{url}/v1/indicators"))["day"] == "2026-11-23"
    problem(httpx.get(f"{url}/v1/indicators", params={"day": "hier"}), 422, "invalid_parameter")


def test_only_operators_read_them(api_with_auth: ApiWithAuth) -> None:
    for role in ("regulateur_osnp", "gestionnaire_de_comptes", "effecteur"):
        found = api_with_auth.client.get("/v1/indicators", headers=bearer(role))
        assert "réservés" in problem(found, 403, "access_denied")["detail"]
    answer(api_with_auth.client.get("/v1/indicators", headers=bearer("administrateur")))
