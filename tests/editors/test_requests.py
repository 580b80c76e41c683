"""Searches as the guide writes them, read from what a server received."""

from datetime import datetime
from urllib.parse import parse_qs, parse_qsl

import pytest

from editors.call import EditorClient, fetch_pages
from editors.requests import LOTS, build_target, split_lots
from mappings.instants import parse_instant
from tests.editors.platform import SimulatedEditors

NOW = parse_instant("2026-06-16T10:00:00+02:00")
PERSON, STRUCTURE = "urn:oid:1.2.250.1.71.4.2.1|8", "urn:oid:1.2.250.1.71.4.2.2|3"


def read_query(flow: str, *ids: str, zone: str = "Europe/Paris") -> list[tuple[str, str]]:
    """The parameters of a search."""
    return parse_qsl(build_target(flow, ids, NOW, zone).partition("?")[2])


@pytest.mark.proves("C01", "C02", "C03", "C04", "C05")
def test_a_search_of_professionals() -> None:
    assert build_target("R01", ["810100050075"], NOW, "Europe/Paris").startswith("Slot?")
    assert read_query("R01", "810100050075", "810002673899") == [
        ("_include", "Slot:schedule"),
        ("_include:iterate", "Schedule:actor"),
        ("start", "ge2026-06-16T10:00:00.000+02:00"),
        ("start", "le2026-06-18T23:59:59.999+02:00"),
        ("schedule.actor:Practitioner.identifier", f"{PERSON}10100050075,{PERSON}10002673899"),
        ("status", "free"),
    ]


@pytest.mark.proves("C09")
def test_a_search_with_cpts_asks_two_includes_more() -> None:
    more = [pair for pair in read_query("R04", "8") if pair not in read_query("R01", "8")]
    assert more == [
        ("_include", "Slot:service-type-reference"),
        ("_include:iterate", "HealthcareService:organization"),
    ]


@pytest.mark.proves("C10", "C11")
def test_a_search_of_associations() -> None:
    assert build_target("SOS1", ["334173748400020"], NOW, "Europe/Paris").startswith("Schedule?")
    assert read_query("SOS1", "334173748400020") == [
        ("_revinclude", "Slot:schedule"),
        ("_include", "Schedule:actor:Location"),
        ("_include:iterate", "Location:organization"),
        ("_has:Slot:schedule:start", "ge2026-06-16T10:00:00.000+02:00"),
        ("_has:Slot:schedule:start", "le2026-06-18T23:59:59.999+02:00"),
        ("_has:Slot:schedule:status", "free"),
        ("actor:Location.organization.identifier", f"{STRUCTURE}34173748400020"),
    ]


@pytest.mark.proves("C04")
@pytest.mark.parametrize(
    ("now", "zone", "last"),
    [
        ("2026-10-23T12:00:00Z", "Europe/Paris", "2026-10-25T23:59:59.999+01:00"),
        ("2026-03-27T12:00:00Z", "Europe/Paris", "2026-03-29T23:59:59.999+02:00"),
        ("2026-06-16T23:00:00Z", "Indian/Reunion", "2026-06-19T23:59:59.999+04:00"),
        ("2026-06-16T03:00:00Z", "America/Martinique", "2026-06-17T23:59:59.999-04:00"),
    ],
)
def test_the_window_ends_with_the_day_after_tomorrow_of_the_place(
    now: str, zone: str, last: str
) -> None:
    target = build_target("R01", ["8"], parse_instant(now), zone)
    bounds = parse_qs(target.partition("?")[2])["start"]
    assert bounds[1] == f"le{last}"
    assert datetime.fromisoformat(bounds[0][2:]) == parse_instant(now)


@pytest.mark.proves("C06", "E46")
def test_ids_go_in_lots_each_once() -> None:
    ids = [f"8{number:011}" for number in range(26)]
    assert [len(lot) for lot in split_lots([*ids, *ids], "R01")] == [25, 1]
    assert [len(lot) for lot in split_lots(ids, "SOS1")] == [10, 10, 6]
    assert set(LOTS) == {"R01", "R04", "SOS1"}


@pytest.mark.proves("C07", "C08")
async def test_what_arrives_is_encoded_and_names_fhir_json(
    editors: SimulatedEditors, alpha: EditorClient
) -> None:
    await fetch_pages(alpha, build_target("R01", ["810100050075", "8"], NOW, "Europe/Paris"))
    [(_, query)] = editors.app.searches
    assert "%2B02:00" in query
    assert "%7C810100050075,urn" in query
    assert "+" not in query
    assert "|" not in query
    assert "application/fhir+json" in alpha.web.headers["accept"]
