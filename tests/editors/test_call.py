"""Whatever an editor does, a call ends in time, in bounded memory, under a name of its own."""

from typing import Any

import pytest

from editors.call import CallFailed, CallOutcome, EditorClient, fetch_pages, open_client
from editors.requests import build_target
from mappings.instants import parse_instant
from slots.fhir.parser import parse_pages
from tests.editors.platform import ALPHA, BETA, SimulatedEditors
from tests.slots.bundles import CPTS, PS, SOS, GuideExample

TARGET = build_target("R01", PS.requested_ids, parse_instant(PS.now), "Europe/Paris")

FAULTS = {
    "late": CallOutcome.TIME_OUT,
    "dripping": CallOutcome.TIME_OUT,
    "server_error": CallOutcome.SERVER_ERROR,
    "outcome": CallOutcome.UNUSABLE,
    "cut": CallOutcome.UNUSABLE,
    "huge": CallOutcome.TOO_LARGE,
    "redirect": CallOutcome.REDIRECT,
    "loop": CallOutcome.PAGES,
    "foreign_page": CallOutcome.PAGES,
}


@pytest.mark.proves("C20", "C23", "C45")
@pytest.mark.parametrize(("name", "example"), [(ALPHA, PS), (BETA, CPTS), (ALPHA, SOS)])
async def test_the_guides_examples_come_over_mutual_tls_as_they_are(
    editors: SimulatedEditors, name: str, example: GuideExample
) -> None:
    client, now = open_client(editors.sheet(name)), parse_instant(example.now)
    target = build_target(example.flow, example.requested_ids, now, "Europe/Paris")
    pages = await fetch_pages(client, target)
    found = parse_pages(pages, example.flow, now, example.requested_ids, source=name)
    expected = example.parse(example.bundle(), source=name)
    assert found.slots
    assert sort_slots(found.slots) == sort_slots(expected.slots)
    await client.web.aclose()


def sort_slots(slots: list[Any]) -> list[Any]:
    """By instant, then id."""
    return sorted(slots, key=lambda slot: (slot["start"], slot["slot"]))


@pytest.mark.proves("C15", "C47", "E06", "E07", "E11", "E12", "E14", "E44", "E45")
@pytest.mark.parametrize(("fault", "outcome"), FAULTS.items())
async def test_each_fault_ends_the_call_under_its_name(
    editors: SimulatedEditors, fault: str, outcome: CallOutcome
) -> None:
    editors.app.faults.set(ALPHA, fault)
    late = outcome is CallOutcome.TIME_OUT
    client = open_client(editors.sheet(), **({"deadline_s": 1.0} if late else {}))
    with pytest.raises(CallFailed) as failed:
        await fetch_pages(client, TARGET)
    assert failed.value.outcome is outcome
    assert PS.requested_ids[0] not in str(failed.value)
    await client.web.aclose()


@pytest.mark.proves("C21")
async def test_a_search_of_another_kind_is_refused_by_the_editor(alpha: EditorClient) -> None:
    with pytest.raises(CallFailed) as failed:
        await fetch_pages(alpha, "Slot?status=free")
    assert failed.value.outcome is CallOutcome.CLIENT_ERROR


async def test_an_editor_that_is_away_is_unreachable(
    editors: SimulatedEditors, dead_port: int
) -> None:
    client = open_client(editors.sheet(base_url=f"https://localhost:{dead_port}"))
    with pytest.raises(CallFailed) as failed:
        await fetch_pages(client, TARGET)
    assert failed.value.outcome is CallOutcome.UNREACHABLE
    await client.web.aclose()
