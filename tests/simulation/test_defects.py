"""Every planted defect is caught with its reason, and nothing healthy is touched."""

import csv
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from geography.address import address_key
from geography.locate import Location, locate
from indexers.offers.locating import structure_request
from indexers.quality.reasons import Reason
from indexers.sources.finess import read_structures
from indexers.sources.finess.structure import Structure
from indexers.sources.geocoding_cache import read_geocoded
from indexers.sources.own_formats import read_keyed
from indexers.sources.rpps.activities import read_activities
from indexers.sources.rpps.listing import activity_exclusion_reason
from indexers.sources.rpps.skills import read_skills
from mappings.formats import FORMATS
from mappings.records import Precision
from simulation.defects import fhir, own, rpps
from simulation.defects.finess import finess_defects
from slots.loading.requests import agenda_slots, parse_requests, read_requests
from tests.simulation.generated_set import NOW, GeneratedSet, RecordingQuarantine

ACTIVITIES, SKILLS = "PS_LibreAcces_Personne_activite_*.txt", "PS_LibreAcces_SavoirFaire_*.txt"
FINESS = "finess-structures.json"

KEYS = {
    "cpts": lambda v: v.finess,
    "sos": lambda v: v.siret,
    "solutions": lambda v: f"{v.editor}:{v.key}",
    "participation": lambda v: v.rpps,
    "structures": lambda v: v.finess or v.siret,
    "absences": lambda v: f"{v.rpps or v.finess}@{v.idnst or ''}",
    "lrm": lambda v: v.origin,
}


def defect_lines(generated_set: GeneratedSet, file: str, treatment: str) -> set[tuple[int, str]]:
    return {(one["line"], one["reason"]) for one in generated_set.find_defects(file, treatment)}


def activities(
    generated_set: GeneratedSet,
) -> tuple[dict[int, dict[str, Any]], RecordingQuarantine]:
    noted = RecordingQuarantine()
    rows = {r["line"]: dict(r) for r in read_activities(generated_set.file(ACTIVITIES), noted)}
    return rows, noted


def sites(generated_set: GeneratedSet) -> tuple[dict[int, Structure], RecordingQuarantine]:
    noted = RecordingQuarantine()
    return {s["line"]: s for s in read_structures(generated_set.file(FINESS), noted)}, noted


def without(record: dict[str, Any], changes: list[str]) -> dict[str, Any]:
    return {key: value for key, value in record.items() if key not in ("line", *changes)}


@pytest.mark.parametrize(
    ("file", "names"),
    [
        (ACTIVITIES, {d.name for d in (*rpps.ACTIVITIES, rpps.CUT, rpps.RENAMED_HEADER)}),
        (SKILLS, {d.name for d in rpps.SKILLS}),
        (FINESS, {d.name for d in finess_defects(NOW)}),
        ("agenda.jsonl", {d.name for d in own.AGENDA}),
        ("requests.jsonl", {d.name for d in own.REQUESTS}),
        ("geocoded.csv", {d.name for d in own.GEOCODED}),
        ("fhir/*/*.json", {d.name for d in fhir.SLOTS}),
        *[(f"{name}.jsonl", {d.name for d in defects}) for name, defects in own.OWN.items()],
    ],
)
def test_every_known_trap_is_planted(faulty_set: GeneratedSet, file: str, names: set[str]) -> None:
    assert {one["defect"] for one in faulty_set.find_defects(file)} == names


def test_a_healthy_set_raises_no_alarm(healthy_set: GeneratedSet) -> None:
    for _, noted in (activities(healthy_set), sites(healthy_set)):
        assert (noted.rejections, noted.warnings, noted.unknown) == (set(), set(), Counter())
    refused: Counter[str] = Counter()
    for _ in agenda_slots(healthy_set.folder, refused):
        pass
    for _ in parse_requests(read_requests(healthy_set.folder, refused), NOW, refused):
        pass
    assert refused == Counter()
    assert healthy_set.manifest["planted"] == []


def test_rejected_activities_are_the_planted_ones(faulty_set: GeneratedSet) -> None:
    _, noted = activities(faulty_set)
    assert noted.rejections == defect_lines(faulty_set, ACTIVITIES, "rejected")
    assert noted.warnings == defect_lines(faulty_set, ACTIVITIES, "warned")


def test_activities_not_shown_are_the_planted_ones_and_the_healthy_ones_of_their_kind(
    healthy_set: GeneratedSet, faulty_set: GeneratedSet
) -> None:
    before, after = activities(healthy_set)[0], activities(faulty_set)[0]
    planted = {one["line"]: one["reason"] for one in faulty_set.find_defects(ACTIVITIES, "skipped")}
    assert planted
    for line, row in after.items():
        assert activity_exclusion_reason(row) == planted.get(
            line, activity_exclusion_reason(before[line])
        ), (line, planted.get(line))


def test_other_activities_read_as_if_nothing_had_happened(
    healthy_set: GeneratedSet, faulty_set: GeneratedSet
) -> None:
    before, after = activities(healthy_set)[0], activities(faulty_set)[0]
    changes = {
        one["line"]: one["changes"] for one in faulty_set.find_defects(ACTIVITIES, "cleaned")
    }
    touched = {one["line"] for one in faulty_set.find_defects(ACTIVITIES)} - set(changes)
    compared = [line for line in before if line not in touched]
    assert len(compared) > 0.9 * len(before)
    for line in compared:
        changed = changes.get(line, [])
        assert without(after[line], changed) == without(before[line], changed), line


def test_the_address_of_a_damaged_activity_is_still_in_its_commune(
    healthy_set: GeneratedSet, faulty_set: GeneratedSet
) -> None:
    before, after = activities(healthy_set)[0], activities(faulty_set)[0]
    names = {"cedex", "town_in_office", "code_without_zero", "type_in_street", "c1_apostrophe"}
    lines = [o["line"] for o in faulty_set.find_defects(ACTIVITIES) if o["defect"] in names]
    assert lines
    for line in lines:
        old, new = structure_like(before[line]), structure_like(after[line])
        assert (old.insee, old.department) == (new.insee, new.department), line


def structure_like(activity: dict[str, Any]) -> Location:
    found = locate(structure_request(activity, frozenset()).address)
    assert isinstance(found, Location)
    return found


def test_skills(healthy_set: GeneratedSet, faulty_set: GeneratedSet) -> None:
    noted, calm = RecordingQuarantine(), RecordingQuarantine()
    after = list(read_skills(faulty_set.file(SKILLS), noted))
    before = list(read_skills(healthy_set.file(SKILLS), calm))
    assert noted.rejections == defect_lines(faulty_set, SKILLS, "rejected")
    assert noted.warnings == defect_lines(faulty_set, SKILLS, "warned")
    assert len(after) == len(before) - len(noted.rejections)


def test_rejected_sites_are_the_planted_ones(faulty_set: GeneratedSet) -> None:
    _, noted = sites(faulty_set)
    doubled = {
        (one["line"], Reason.EGE_ID_DUPLICATE.value)
        for one in faulty_set.find_defects(FINESS)
        if one["defect"] == "site_twice"
    }
    assert noted.rejections == defect_lines(faulty_set, FINESS, "rejected")
    assert noted.warnings == defect_lines(faulty_set, FINESS, "warned") | doubled
    assert set(noted.unknown) == {"ege.nouvelleRubrique"}


def test_closed_sites_are_told(faulty_set: GeneratedSet) -> None:
    found, _ = sites(faulty_set)
    planted = faulty_set.find_defects(FINESS, "skipped")
    assert planted
    assert all(found[one["line"]].get("inactive") for one in planted)


def test_other_sites_read_as_if_nothing_had_happened(
    healthy_set: GeneratedSet, faulty_set: GeneratedSet
) -> None:
    before = {site["finess"]: site for site in sites(healthy_set)[0].values()}
    after = {site["finess"]: site for site in sites(faulty_set)[0].values()}
    changes = {one["id"]: one["changes"] for one in faulty_set.find_defects(FINESS, "cleaned")}
    touched = {one["id"] for one in faulty_set.find_defects(FINESS)} - set(changes)
    for finess in set(before) - touched:
        changed = changes.get(finess, [])
        assert without(dict(after[finess]), changed) == without(dict(before[finess]), changed)


def test_a_damaged_point_is_refused_or_mended_with_its_reason(
    healthy_set: GeneratedSet, faulty_set: GeneratedSet
) -> None:
    before = {site["finess"]: locate_site(site) for site in sites(healthy_set)[0].values()}
    after = {site["finess"]: locate_site(site) for site in sites(faulty_set)[0].values()}
    planted = faulty_set.find_defects(FINESS, "relocated")
    assert planted
    for one in planted:
        old, new = before[one["id"]], after[one["id"]]
        assert one["reason"] in (*new.reasons, ""), one
        assert new.department == old.department, one


def test_a_mended_point_is_the_healthy_one(
    healthy_set: GeneratedSet, faulty_set: GeneratedSet
) -> None:
    before = {site["finess"]: locate_site(site) for site in sites(healthy_set)[0].values()}
    after = {site["finess"]: locate_site(site) for site in sites(faulty_set)[0].values()}
    mended = [o for o in faulty_set.find_defects(FINESS) if o["defect"] in REPAIRED]
    assert {one["defect"] for one in mended} == REPAIRED
    for one in mended:
        old, new = before[one["id"]], after[one["id"]]
        assert (new.lat, new.lon) == pytest.approx((old.lat, old.lon), abs=1e-4), one


def test_a_commune_dressed_up_as_a_precise_point_is_told_as_such(faulty_set: GeneratedSet) -> None:
    found = {site["finess"]: locate_site(site) for site in sites(faulty_set)[0].values()}
    dressed = [o["id"] for o in faulty_set.find_defects(FINESS) if o["defect"] == "commune_key"]
    assert dressed
    assert {found[finess].precision for finess in dressed} == {Precision.MUNICIPALITY}


REPAIRED = {"swapped", "northing_first", "decimal_comma"}


def locate_site(site: Structure) -> Location:
    request = structure_request(site, frozenset())
    found = locate(request.address, request.points, request.ban_key)
    assert isinstance(found, Location)
    return found


@pytest.mark.parametrize("name", FORMATS)
def test_our_own_formats(healthy_set: GeneratedSet, faulty_set: GeneratedSet, name: str) -> None:
    noted, calm = RecordingQuarantine(), RecordingQuarantine()
    after = read_keyed(faulty_set.folder / f"{name}.jsonl", FORMATS[name], noted, KEYS[name])
    before = read_keyed(healthy_set.folder / f"{name}.jsonl", FORMATS[name], calm, KEYS[name])
    assert noted.rejections == defect_lines(faulty_set, f"{name}.jsonl", "rejected")
    assert calm.rejections == set()
    assert {key: after[key] for key in before} == before


def test_the_sas_agenda(healthy_set: GeneratedSet, faulty_set: GeneratedSet) -> None:
    refused, none = Counter[str](), Counter[str]()
    after = {slot["slot"] for slot in agenda_slots(faulty_set.folder, refused)}
    before = {slot["slot"] for slot in agenda_slots(healthy_set.folder, none)}
    planted = faulty_set.find_defects("agenda.jsonl")
    assert refused == Counter({own.BAD_AGENDA_ROW: len(planted)})
    assert before - after == {one["id"] for one in planted}


def test_editors_answers(healthy_set: GeneratedSet, faulty_set: GeneratedSet) -> None:
    refused: Counter[str] = Counter()
    requests = list(read_requests(faulty_set.folder, refused))
    assert refused == Counter({own.BAD_REQUEST: len(faulty_set.find_defects("requests.jsonl"))})
    calm = list(read_requests(healthy_set.folder, Counter()))
    assert [r.requested_ids for r in requests] == [r.requested_ids for r in calm]
    for request, same in zip(requests, calm, strict=True):
        names = {str(path.relative_to(faulty_set.folder)) for path in request.files}
        planted = [o for o in faulty_set.manifest["planted"] if o["file"] in names]
        rejected = {(o["slot"], o["reason"]) for o in planted if o["treatment"] == "rejected"}
        answer, untouched = request.parse(NOW), same.parse(NOW)
        assert {(row["slot"], row["reason"]) for row in answer.rejected} == rejected
        gone = {slot for slot, _ in rejected}
        assert answer.slots == [s for s in untouched.slots if s["slot"] not in gone]


def test_geocoded_addresses(healthy_set: GeneratedSet, faulty_set: GeneratedSet) -> None:
    before = read_geocoded(healthy_set.folder / "geocoded.csv")
    after = read_geocoded(faulty_set.folder / "geocoded.csv")
    lost = set(before) - set(after)
    lines = {one["line"] for one in faulty_set.find_defects("geocoded.csv")}
    assert lines
    assert lost <= keys_at(faulty_set.folder / "geocoded.csv", lines)
    assert all(after[key] == before[key] for key in after)


def keys_at(path: Path, lines: set[int]) -> set[str]:
    with path.open(encoding="utf-8", newline="") as handle:
        rows = csv.DictReader(handle)
        return {
            address_key(row["line"], row["postal_code"], row["city"])
            for number, row in enumerate(rows, start=2)
            if number in lines
        }
