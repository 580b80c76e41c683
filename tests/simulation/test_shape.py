"""A set has the shape of reality, not only its volume (figures: docs/reference/test-data.md)."""

from collections import Counter, defaultdict
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from geography.gazetteer import load_gazetteer
from geography.projections import is_in_department
from indexers.quality.quarantine import Quarantine
from indexers.sources.finess import read_structures, structure_exclusion_reason
from indexers.sources.geocoding_cache import read_geocoded
from indexers.sources.rpps.activities import read_activities
from indexers.sources.rpps.listing import activity_exclusion_reason
from mappings import codes
from simulation.draws import stream
from simulation.people.professions import TRADES
from simulation.places.territory import build_territory
from simulation.slots.calendar import PRACTICE, SOS_POINT, Rhythm, draw_full_openings, draw_openings
from tests.simulation.generated_set import NOW, GeneratedSet

GENERAL_PRACTICE = {"SM26", "SM53", "SM54"}
SlotsByFlow = dict[str, list[dict[str, Any]]]


@pytest.fixture(scope="module")
def rows(default_set: GeneratedSet) -> list[dict[str, Any]]:
    path = default_set.file("PS_*activite*.txt")
    return [dict(row) for row in read_activities(path, Quarantine("rpps"))]


@pytest.fixture(scope="module")
def offers(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [row for row in rows if activity_exclusion_reason(row) is None]  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def doctors(offers: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [row for row in offers if row["profession"] == "10"]


def test_volumes(default_set: GeneratedSet) -> None:
    counts = default_set.manifest
    assert 15_000 <= sum(counts["offers"].values()) <= 25_000
    assert 8_000 <= sum(counts["slots"].values()) <= 12_000


def test_the_manifest_tells_the_offers_to_expect(
    default_set: GeneratedSet, offers: list[dict[str, Any]]
) -> None:
    counts = default_set.manifest["offers"]
    assert len({(row["rpps"], row["idnst"]) for row in offers}) == counts["professional"]
    sites = read_structures(default_set.file("finess-structures.json"), Quarantine("finess"))
    assert (
        sum(structure_exclusion_reason(site, NOW.date()) is None for site in sites)
        == counts["structure"]
    )
    assert len(default_set.lines("cpts.jsonl")) == counts["cpts"]
    assert sum(len(one["points"]) for one in default_set.lines("sos.jsonl")) == counts["sos_point"]


def test_places_of_a_doctor_and_doctors_of_a_place(doctors: list[dict[str, Any]]) -> None:
    places, people = defaultdict(set), defaultdict(set)
    for row in doctors:
        places[row["rpps"]].add(row["idnst"])
        people[row["address"]["line"], row["address"]["postal_code"]].add(row["rpps"])
    assert sum(map(len, places.values())) / len(places) == pytest.approx(1.59, abs=0.12)
    assert sum(map(len, people.values())) / len(people) == pytest.approx(2.9, abs=0.5)
    assert max(map(len, people.values())) < 60


def test_doctors_in_several_departments(doctors: list[dict[str, Any]]) -> None:
    departments = defaultdict(set)
    for row in doctors:
        departments[row["rpps"]].add(row["department"])
    share = sum(len(found) > 1 for found in departments.values()) / len(departments)
    assert share == pytest.approx(0.079, abs=0.02)


def test_general_practitioners_follow_the_density_of_their_department(
    doctors: list[dict[str, Any]],
) -> None:
    people = defaultdict(set)
    for row in doctors:
        if row["skill"] in GENERAL_PRACTICE:
            people[row["department"]].add(row["rpps"])
    where = build_territory("21")
    real = where.gp_density * where.population / 100_000
    assert len(people["21"]) == pytest.approx(real, rel=0.3)
    assert len(people["976"]) / build_territory("976").population < 50 / 100_000


def test_general_practitioners_are_of_three_codes(doctors: list[dict[str, Any]]) -> None:
    found = Counter(row["skill"] for row in doctors if row["skill"] in GENERAL_PRACTICE)
    assert all(found[code] > 300 for code in GENERAL_PRACTICE)


def test_practices_in_a_structure(doctors: list[dict[str, Any]]) -> None:
    practices = [row for row in doctors if row["skill"] in GENERAL_PRACTICE]
    share = sum("finess" in row for row in practices) / len(practices)
    assert 0.33 <= share <= 0.48


def test_what_must_not_show_is_there(rows: list[dict[str, Any]]) -> None:
    reasons = Counter(str(activity_exclusion_reason(row)) for row in rows)  # type: ignore[arg-type]
    for reason in (
        "student",
        "military",
        "billing_place",
        "teleconsultation",
        "no_structure",
        "sector_not_shown",
    ):
        assert reasons[reason] > 20, reason


def test_names(offers: list[dict[str, Any]]) -> None:
    people = {row["rpps"]: (row["family"], row["given"]) for row in offers}
    families = Counter(family for family, _ in people.values())
    assert families["MARTIN"] > 10
    assert len(families) > 5_000
    for sign in ("-", " ", "'", "É", "Œ"):
        assert any(sign in family for family in families), sign
    givens = {given for _, given in people.values()}
    assert any("-" in given for given in givens)
    assert any(not given.isascii() for given in givens)
    homonyms = Counter(people.values()).most_common(1)[0][1]
    assert homonyms > 1


def test_every_profession_and_speciality_drawn_is_in_the_tables() -> None:
    for trade in TRADES:
        assert trade.profession in codes.professions()
        drawn = {code for code, _ in trade.specialties if code}
        declared = {code for _, code, _ in trade.skills}
        assert drawn | declared <= set(codes.specialties())


def test_cpts_are_of_about_80_000_inhabitants(default_set: GeneratedSet) -> None:
    gazetteer = load_gazetteer()
    sizes = []
    for line in default_set.lines("cpts.jsonl"):
        communes = [gazetteer.by_insee(code) for code in line["communes"]]
        sizes.append(sum(c.population for c in communes if c is not None))
        assert line["members"]
    assert 60_000 <= sorted(sizes)[len(sizes) // 2] <= 120_000


def test_a_place_attached_to_a_cpts_lies_in_its_communes(
    default_set: GeneratedSet, rows: list[dict[str, Any]]
) -> None:
    insee = {row["idnst"]: row["address"]["insee"] for row in rows if "idnst" in row}
    attached = [
        (insee[member["idnst"]], line["communes"])
        for line in default_set.lines("cpts.jsonl")
        for member in line["members"]
    ]
    assert len(attached) > 500
    assert [commune for commune, communes in attached if commune not in communes] == []


def test_participation_is_consistent_with_its_structures(default_set: GeneratedSet) -> None:
    cpts = {line["finess"]: line for line in default_set.lines("cpts.jsonl")}
    vias = Counter()
    for line in default_set.lines("participation.jsonl"):
        vias[line.get("via")] += 1
        if line.get("via") == 2:
            members = {m["idnst"] for m in cpts[line["finess"]]["members"]}
            assert set(line["locations"]) <= members
    assert all(vias[via] > 20 for via in (1, 2, 3, 4))


def test_geocoded_addresses_are_in_their_department(default_set: GeneratedSet) -> None:
    found = list(read_geocoded(default_set.folder / "geocoded.csv").values())
    assert len(found) > 3_000
    known = set(default_set.manifest["departments"])
    nearest = load_gazetteer().nearest
    for lat, lon, _precision in found[::50]:
        department = nearest(lat, lon).department
        assert department in known or any(is_in_department(lat, lon, code) for code in known)


def test_starts_of_slots(slots_by_flow: SlotsByFlow) -> None:
    minutes: Counter[int] = Counter()
    kinds: Counter[str] = Counter()
    consultations: Counter[str] = Counter()
    for slots in slots_by_flow.values():
        for slot in slots:
            minutes[datetime.fromisoformat(slot["start"]).minute] += 1
            kinds.update(slot["types"])
            consultations.update(slot["consultation"])
            assert slot.get("url", "https://").startswith("https://")
    assert set(minutes) == {0, 15, 20, 30, 40, 45}
    assert set(kinds) == {"PUBLIC", "PRO", "SNP", "CPTS"}
    assert set(consultations) == {"AMB", "HH", "VR"}


def test_slots_grow_from_the_next_two_hours_to_the_day_after_tomorrow(
    slots_by_flow: SlotsByFlow,
) -> None:
    """Most of today is taken, but for the places that come back."""
    days: Counter[int] = Counter()
    soon = 0
    for slots in slots_by_flow.values():
        for slot in slots:
            ahead = datetime.fromisoformat(slot["start"]) - NOW
            soon += ahead <= timedelta(hours=2)
            days[ahead // timedelta(hours=24)] += 1
    assert 0.01 <= soon / days.total() <= 0.15
    assert days[0] < days[1]


@pytest.mark.parametrize("zone", ["Europe/Paris", "America/Cayenne", "Indian/Mayotte"])
def test_practices_open_by_day_in_the_zone_of_the_place(zone: str) -> None:
    drawn = [o for n in range(200) for o in draw_openings(stream(n), zone, NOW, PRACTICE, 3.0)]
    hours = {o.start.astimezone(ZoneInfo(zone)).hour for o in drawn}
    assert hours <= set(range(8, 19))


def test_practices_close_on_sunday_and_sos_medecins_does_not() -> None:
    friday, paris = datetime(2026, 11, 27, 19, 0, tzinfo=UTC), ZoneInfo("Europe/Paris")

    def on_sunday(rhythm: Rhythm) -> float:
        agendas = (draw_openings(stream(n), "Europe/Paris", friday, rhythm, 3) for n in range(300))
        days = [o.start.astimezone(paris).weekday() for agenda in agendas for o in agenda]
        return days.count(6) / 300

    assert on_sunday(PRACTICE) < 0.1
    assert on_sunday(SOS_POINT) > 2


@pytest.mark.parametrize(("day", "hour"), [(23, 7), (26, 14), (27, 20), (28, 12), (29, 3)])
def test_full_days_are_as_full_whenever_the_set_is_made(day: int, hour: int) -> None:
    """From Monday to Sunday, by day and by night; 9 slots are drawn, of which some overlap."""
    now = datetime(2026, 11, day, hour, tzinfo=UTC)
    agendas = [draw_full_openings(stream(n), "Europe/Paris", now, PRACTICE, 3) for n in range(400)]
    assert 8 <= sum(map(len, agendas)) / len(agendas) <= 9.3
    assert all(o.start > now for agenda in agendas for o in agenda)


def test_slots_of_one_agenda_do_not_overlap_and_stay_in_the_window() -> None:
    paris = ZoneInfo("Europe/Paris")
    for seed in range(200):
        drawn = draw_openings(stream(seed), "Europe/Paris", NOW, SOS_POINT, 20)
        assert all(a.end <= b.start for a, b in pairwise(drawn))
        assert all(o.start > NOW for o in drawn)
        last = NOW.astimezone(paris).date() + timedelta(days=2)
        assert all(o.start.astimezone(paris).date() <= last for o in drawn)


@pytest.mark.parametrize(("month", "day"), [(3, 28), (10, 24)])
def test_no_slot_in_an_hour_that_a_clock_change_skips_or_doubles(month: int, day: int) -> None:
    eve, paris = datetime(2026, month, day, 12, tzinfo=UTC), ZoneInfo("Europe/Paris")
    for seed in range(100):
        for opening in draw_openings(stream(seed), "Europe/Paris", eve, SOS_POINT, 30):
            local = opening.start.astimezone(paris)
            assert local.replace(fold=0).utcoffset() == local.replace(fold=1).utcoffset()


def test_deserts_are_empty_enough_to_enlarge_a_search(slots_by_flow: SlotsByFlow) -> None:
    people = {
        slot["practitioner"]["idnps"]
        for slots in slots_by_flow.values()
        for slot in slots
        if "practitioner" in slot
    }
    in_department = Counter(idnps[3:6] for idnps in people)
    assert 1 <= in_department["048"] <= 25
    assert 1 <= in_department["976"] <= 25
    assert in_department["075"] > 200
