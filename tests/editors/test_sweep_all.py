"""All editors at once: one in trouble takes nothing from the others."""

from collections.abc import Callable
from datetime import datetime

import pytest
from elasticsearch import Elasticsearch

from editors.asked_people import fetch_asked_people
from editors.call import CallOutcome
from editors.sweep_all import list_editor_flows, sweep_editors
from mappings.instants import parse_instant
from slots.loading.requests import SourceAnswer
from tests.editors.platform import ALPHA, BETA, SimulatedEditors
from tests.slots.bundles import CPTS, FORET
from tests.slots.offers import RPPS, SIRET, offer, sos_point

PEOPLE = {"R01": {"Europe/Paris": [FORET]}, "SOS1": {"Europe/Paris": [f"3{SIRET}"]}}


def read_clock() -> datetime:
    return parse_instant(CPTS.now)


@pytest.mark.proves("C16", "C17", "C65")
async def test_a_failed_editor_hides_no_other(editors: SimulatedEditors) -> None:
    editors.app.faults.set(ALPHA, "server_error")
    written: list[SourceAnswer] = []
    steps: list[tuple[int, int]] = []

    async def write(answer: SourceAnswer) -> None:
        written.append(answer)

    both = [editors.sheet(ALPHA), editors.sheet(BETA)]
    reports = await sweep_editors(both, PEOPLE, write, read_clock, lambda *step: steps.append(step))
    assert reports[ALPHA].calls == {CallOutcome.SERVER_ERROR: 2}
    assert reports[BETA].calls == {CallOutcome.OK: 1}
    assert [(one.source, list(one.requested_ids)) for one in written] == [(BETA, [FORET])]
    assert written[0].slots
    assert steps[-1] == (3, 3)


async def test_what_the_writer_raises_ends_the_sweep(editors: SimulatedEditors) -> None:
    async def refuse(answer: SourceAnswer) -> None:
        raise OSError(28, "no space left")

    with pytest.raises(ExceptionGroup) as failed:
        await sweep_editors([editors.sheet(BETA)], PEOPLE, refuse, read_clock, lambda *_: None)
    assert isinstance(failed.value.exceptions[0], OSError)


def test_an_editor_is_asked_in_the_flows_of_its_convention(editors: SimulatedEditors) -> None:
    assert list_editor_flows(editors.sheet(ALPHA), PEOPLE) == PEOPLE
    assert list_editor_flows(editors.sheet(BETA), PEOPLE) == {"R04": PEOPLE["R01"]}


def test_whoever_is_indexed_is_asked_about_by_zone_and_department(
    es: Elasticsearch, create_offers: Callable[..., str]
) -> None:
    far = offer("1810009999", rpps="10100050083", timezone="Indian/Reunion", department="974")
    alias = create_offers([offer(), offer("1810001111"), far, sos_point()])
    assert fetch_asked_people(es, alias) == {
        "R01": {"Europe/Paris": [f"8{RPPS}"], "Indian/Reunion": ["810100050083"]},
        "SOS1": {"Europe/Paris": [f"3{SIRET}"]},
    }
    assert fetch_asked_people(es, alias, "974") == {
        "R01": {"Indian/Reunion": ["810100050083"]},
        "SOS1": {},
    }
