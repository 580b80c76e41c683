"""A sweep of an editor, from its server to the index."""

from collections.abc import Callable
from typing import Any

import pytest
from elasticsearch import Elasticsearch

from editors.call import CallOutcome, EditorClient
from editors.sweep import EditorCall, SweepReport, list_calls, sweep_editor
from mappings.instants import parse_instant
from slots.loading.importing import import_answer
from slots.loading.requests import SourceAnswer
from tests.editors.platform import ALPHA, SimulatedEditors
from tests.slots.bundles import MARCEL, PS, THOMAS
from tests.slots.offers import RPPS, offer

NOW = parse_instant(PS.now)
Create = Callable[..., str]


async def sweep(client: EditorClient, *ids: str) -> tuple[list[SourceAnswer], SweepReport]:
    """The answers about some professionals, at the instant of the example."""
    report = SweepReport()
    calls = list(list_calls({"R01": {"Europe/Paris": ids}}))
    answers = [answer async for answer in sweep_editor(client, calls, lambda: NOW, report)]
    return answers, report


def read_starts(es: Elasticsearch, alias: str) -> set[str]:
    """Starts of the slots that are stored on the offer of THOMAS."""
    found: dict[str, Any] = es.get(index=alias, id=offer()["id"])["_source"]
    return {slot["start"] for slot in found.get("slots", ())}


def test_everybody_is_asked_once_in_lots_of_one_zone() -> None:
    ids = [f"8{number}" for number in range(30)]
    flows = {"R01": {"Europe/Paris": ids, "Indian/Reunion": ["9"]}, "SOS1": {"Europe/Paris": ["3"]}}
    calls = list(list_calls(flows))
    assert [(one.flow, one.zone, len(one.ids)) for one in calls] == [
        ("R01", "Europe/Paris", 25),
        ("R01", "Europe/Paris", 5),
        ("R01", "Indian/Reunion", 1),
        ("SOS1", "Europe/Paris", 1),
    ]
    assert isinstance(calls[0], EditorCall)


@pytest.mark.proves("C16", "C20")
async def test_a_failed_call_empties_nobody_and_an_empty_answer_does(
    editors: SimulatedEditors, alpha: EditorClient
) -> None:
    answers, report = await sweep(alpha, "810009999999")
    assert [(list(one.requested_ids), list(one.slots)) for one in answers] == [
        (["810009999999"], [])
    ]
    assert report.calls == {CallOutcome.OK: 1}
    editors.app.faults.set(ALPHA, "server_error")
    answers, report = await sweep(alpha, THOMAS, MARCEL)
    assert answers == []
    assert report.calls == {CallOutcome.SERVER_ERROR: 1}


@pytest.mark.proves("F065", "W11")
async def test_what_is_booked_at_the_editor_is_gone_after_the_next_sweep(
    editors: SimulatedEditors, alpha: EditorClient, es: Elasticsearch, create_offers: Create
) -> None:
    alias = create_offers([offer()])

    async def follow() -> set[str]:
        answers, _ = await sweep(alpha, f"8{RPPS}")
        for answer in answers:
            import_answer(es, alias, answer, NOW)
        return read_starts(es, alias)

    before = await follow()
    book = editors.app.books[ALPHA]["R01"]
    taken = book.find(THOMAS)[0]
    book.book(THOMAS, taken.key)
    gone = taken.start.strftime("%Y-%m-%dT%H:%M:%SZ")
    assert gone in before
    try:
        assert await follow() == before - {gone}
    finally:
        book.free(taken.key)
    assert await follow() == before
