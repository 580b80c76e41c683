"""The rates of a set lie within bounds of the tables (docs/reference/test-data-rates.md)."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime
from statistics import median
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from indexers.quality.quarantine import Quarantine
from indexers.sources.rpps.activities import read_activities
from indexers.sources.rpps.listing import activity_exclusion_reason
from simulation.draws import stream
from simulation.scales import SCALES, ScaleName
from simulation.slots.calendar import PRACTICE, PRACTICES, draw_openings
from simulation.slots.editors import QUIET
from simulation.slots.waits import PARTICIPANT_FACTOR, find_wait
from simulation.table_files import read_table
from tests.simulation.conftest import Write
from tests.simulation.generated_set import NOW, GeneratedSet
from tests.simulation.test_sets import digest

GENERAL_PRACTICE = ("SM26", "SM53", "SM54")
PARIS = ZoneInfo("Europe/Paris")
SlotsByFlow = dict[str, list[dict[str, Any]]]


@pytest.fixture(scope="module")
def people(default_set: GeneratedSet) -> dict[str, dict[str, Any]]:
    """One row of each person who is shown, by RPPS."""
    rows = read_activities(default_set.file("PS_*activite*.txt"), Quarantine("rpps"))
    return {row["rpps"]: dict(row) for row in rows if activity_exclusion_reason(row) is None}


@pytest.fixture(scope="module")
def clients(default_set: GeneratedSet) -> set[str]:
    """RPPS of the people whose agenda an editor serves; SOS Médecins apart."""
    requests = default_set.lines("fhir/requests.jsonl")
    asked = (one["asked"] for one in requests if is_agenda_request(one))
    doctors = {rpps for line in default_set.lines("sos.jsonl") for rpps in line["doctors"]}
    return {idnps[1:] for group in asked for idnps in group} - doctors


def is_agenda_request(request: dict[str, Any]) -> bool:
    return request["flow"] != "SOS1" and request["editor"] != QUIET.id


@pytest.fixture(scope="module")
def slots_by_rpps(slots_by_flow: SlotsByFlow) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for slots in slots_by_flow.values():
        for slot in slots:
            if "practitioner" in slot:
                found[slot["practitioner"]["idnps"][1:]].append(slot)
    return found


def share(part: int, whole: int) -> float:
    assert whole > 50
    return part / whole


def is_general(row: dict[str, Any]) -> bool:
    return row.get("skill") in GENERAL_PRACTICE


def test_half_of_the_general_practitioners_have_a_first_slot_within_three_days() -> None:
    """A quarter takes part, and one in twelve has a place that comes back."""
    rng, wait = stream("waits"), find_wait("10", "SM54")
    drawn = [
        min(
            wait.draw(rng, PARTICIPANT_FACTOR if rng.random() < 0.25 else 1.0),
            2.5 * rng.random() if rng.random() < 0.08 else 999.0,
        )
        for _ in range(20_000)
    ]
    assert median(drawn) == pytest.approx(3.0, abs=0.3)


def test_most_served_general_practitioners_have_nothing_in_the_window(
    people: dict[str, dict[str, Any]],
    clients: set[str],
    slots_by_rpps: dict[str, list[dict[str, Any]]],
) -> None:
    general = [rpps for rpps in clients if rpps in people and is_general(people[rpps])]
    assert 0.38 <= share(sum(rpps in slots_by_rpps for rpps in general), len(general)) < 0.5


def test_specialists_are_rarer_and_the_longest_waits_are_rarest(
    people: dict[str, dict[str, Any]],
    clients: set[str],
    slots_by_rpps: dict[str, list[dict[str, Any]]],
) -> None:
    special = [
        rpps
        for rpps in clients
        if rpps in people and people[rpps]["profession"] == "10" and not is_general(people[rpps])
    ]
    assert 0.04 <= share(sum(rpps in slots_by_rpps for rpps in special), len(special)) <= 0.2
    assert find_wait("10", "SM04").days > find_wait("10", "SM38").days > find_wait("10", "").days


def test_a_booked_place_comes_back_long_before_the_wait_is_over() -> None:
    agendas = [
        draw_openings(stream(n), "Europe/Paris", NOW, PRACTICE, 10.0, wait_days=30.0)
        for n in range(2_000)
    ]
    with_one = sum(map(bool, agendas))
    assert 0.03 <= with_one / len(agendas) <= 0.1
    assert max(map(len, agendas)) <= 2


def test_a_fifth_of_practices_open_in_the_evening_and_half_on_saturday() -> None:
    friday = datetime(2026, 11, 27, 7, 45, tzinfo=UTC)
    evening = saturday = 0
    for n in range(1_000):
        rng = stream("practices", n)
        starts = [
            one.start.astimezone(PARIS)
            for one in draw_openings(rng, "Europe/Paris", friday, PRACTICES.draw(rng), 20.0)
        ]
        evening += any(start.hour >= 19 for start in starts)
        saturday += any(start.weekday() == 5 for start in starts)
    assert 120 <= evening <= 240
    assert 480 <= saturday <= 720


def test_participants_are_of_every_profession_at_the_rates_of_the_table(
    default_set: GeneratedSet, people: dict[str, dict[str, Any]]
) -> None:
    taking = {
        line["rpps"]
        for line in default_set.lines("participation.jsonl")
        if line["participation"] and line.get("via") != 4
    }
    bearers = Counter(row["profession"] for row in people.values())
    part = Counter(row["profession"] for rpps, row in people.items() if rpps in taking)
    assert {"10", "40", "50", "60", "70"} <= set(part)
    assert len(part) >= 8
    nurses = float(next(r["share"] for r in read_table("participation") if r["profession"] == "60"))
    assert share(part["60"], bearers["60"]) == pytest.approx(nurses, abs=0.025)
    general = {rpps for rpps, row in people.items() if is_general(row)}
    assert share(len(general & taking), len(general)) == pytest.approx(0.25, abs=0.03)


def test_some_doctors_are_seen_remotely_only(
    default_set: GeneratedSet, slots_by_rpps: dict[str, list[dict[str, Any]]]
) -> None:
    remote = set(default_set.manifest["examples"]["remote_only"]) & set(slots_by_rpps)
    only = [rpps for rpps in remote if {*map(list_places, slots_by_rpps[rpps])} == {("VR",)}]
    assert len(only) >= 3
    assert len(only) >= 0.8 * len(remote), "the others have a seat in a duty house too"


def list_places(slot: dict[str, Any]) -> tuple[str, ...]:
    return tuple(slot["consultation"])


def test_nurses_come_to_the_patient(
    people: dict[str, dict[str, Any]], slots_by_rpps: dict[str, list[dict[str, Any]]]
) -> None:
    places = [
        list_places(slot)
        for rpps, slots in slots_by_rpps.items()
        if rpps in people and people[rpps]["profession"] == "60"
        for slot in slots
    ]
    assert 0.6 <= share(places.count(("HH",)), len(places)) <= 0.9


def list_hours(default_set: GeneratedSet) -> Iterator[dict[str, Any]]:
    return (line["hours"] for line in default_set.lines("structures.jsonl") if "hours" in line)


def test_hours_differ_pass_midnight_and_know_public_holidays(default_set: GeneratedSet) -> None:
    hours = list(list_hours(default_set))
    spans = [span for one in hours for day in one.values() for span in day]
    assert len({str(one) for one in hours}) >= 25
    assert any(opens > closes > "00:00" for opens, closes in spans)
    assert any("holiday" in one for one in hours)
    assert any("sun" in one for one in hours)


def test_one_pharmacy_in_ten_is_on_duty(default_set: GeneratedSet) -> None:
    infos = [line.get("additional_info", "") for line in default_set.lines("structures.jsonl")]
    on_duty = sum(info.startswith("Pharmacie de garde") for info in infos)
    assert 0.02 <= share(on_duty, len(infos)) <= 0.09


def test_most_duty_houses_take_part(default_set: GeneratedSet) -> None:
    at_night = [
        line
        for line in default_set.lines("structures.jsonl")
        if line.get("hours", {}).get("mon", [["", ""]])[0][0] in ("20:00", "19:30")
    ]
    assert len(at_night) >= 5
    assert sum(line.get("participation", False) for line in at_night) > 0.4 * len(at_night)


@pytest.mark.parametrize("scale", list(ScaleName))
def test_every_scale_gives_the_same_bytes_for_the_same_seed(
    write_set: Write, scale: ScaleName
) -> None:
    made = write_set(scale=scale, departments=("48", "976"))
    assert digest(made.folder) == digest(write_set(scale=scale, departments=("48", "976")).folder)


def test_a_stress_set_has_no_waits() -> None:
    assert [SCALES[scale].waits for scale in ScaleName] == [1.0, 1.0, 0.0]
