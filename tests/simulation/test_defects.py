"""Every planted defect is caught with its reason, and nothing healthy is touched."""

import csv
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from geography.address import address_key
from geography.locate import Located, locate
from indexers.offers.locating import structure_request
from indexers.quality.reasons import Reason
from indexers.sources.finess import read_structures
from indexers.sources.finess.structure import Structure
from indexers.sources.geocoded import read_geocoded
from indexers.sources.own_formats import read_keyed
from indexers.sources.rpps.activities import read_activities
from indexers.sources.rpps.shown import shown
from indexers.sources.rpps.skills import read_skills
from mappings.formats import FORMATS
from mappings.records import Precision
from simulation.defects import fhir, own, rpps
from simulation.defects.finess import finess_defects
from slots.loading.requests import agenda_slots, parsed_requests, requests_in
from tests.simulation.sets import NOW, Noted, Written

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


def expected(written: Written, file: str, treatment: str) -> set[tuple[int, str]]:
    return {(one["line"], one["reason"]) for one in written.planted(file, treatment)}


def activities(written: Written) -> tuple[dict[int, dict[str, Any]], Noted]:
    noted = Noted()
    rows = {r["line"]: dict(r) for r in read_activities(written.file(ACTIVITIES), noted)}
    return rows, noted


def sites(written: Written) -> tuple[dict[int, Structure], Noted]:
    noted = Noted()
    return {s["line"]: s for s in read_structures(written.file(FINESS), noted)}, noted


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
def test_every_known_trap_is_planted(damaged: Written, file: str, names: set[str]) -> None:
    assert {one["defect"] for one in damaged.planted(file)} == names


def test_a_healthy_set_raises_no_alarm(healthy: Written) -> None:
    for _, noted in (activities(healthy), sites(healthy)):
        assert (noted.rejections, noted.warnings, noted.unknown) == (set(), set(), Counter())
    refused: Counter[str] = Counter()
    for _ in agenda_slots(healthy.folder, refused):
        pass
    for _ in parsed_requests(healthy.folder, NOW, refused):
        pass
    assert refused == Counter()
    assert healthy.manifest["planted"] == []


def test_rejected_activities_are_the_planted_ones(damaged: Written) -> None:
    _, noted = activities(damaged)
    assert noted.rejections == expected(damaged, ACTIVITIES, "rejected")
    assert noted.warnings == expected(damaged, ACTIVITIES, "warned")


def test_activities_not_shown_are_the_planted_ones_and_the_healthy_ones_of_their_kind(
    healthy: Written, damaged: Written
) -> None:
    before, after = activities(healthy)[0], activities(damaged)[0]
    planted = {one["line"]: one["reason"] for one in damaged.planted(ACTIVITIES, "skipped")}
    assert planted
    for line, row in after.items():
        assert shown(row) == planted.get(line, shown(before[line])), (line, planted.get(line))


def test_other_activities_read_as_if_nothing_had_happened(
    healthy: Written, damaged: Written
) -> None:
    before, after = activities(healthy)[0], activities(damaged)[0]
    changes = {one["line"]: one["changes"] for one in damaged.planted(ACTIVITIES, "cleaned")}
    touched = {one["line"] for one in damaged.planted(ACTIVITIES)} - set(changes)
    compared = [line for line in before if line not in touched]
    assert len(compared) > 0.9 * len(before)
    for line in compared:
        changed = changes.get(line, [])
        assert without(after[line], changed) == without(before[line], changed), line


def test_the_address_of_a_damaged_activity_is_still_in_its_commune(
    healthy: Written, damaged: Written
) -> None:
    before, after = activities(healthy)[0], activities(damaged)[0]
    names = {"cedex", "town_in_office", "code_without_zero", "type_in_street", "c1_apostrophe"}
    lines = [o["line"] for o in damaged.planted(ACTIVITIES) if o["defect"] in names]
    assert lines
    for line in lines:
        old, new = structure_like(before[line]), structure_like(after[line])
        assert (old.insee, old.department) == (new.insee, new.department), line


def structure_like(activity: dict[str, Any]) -> Located:
    found = locate(structure_request(activity, frozenset()).address)
    assert isinstance(found, Located)
    return found


def test_skills(healthy: Written, damaged: Written) -> None:
    noted, calm = Noted(), Noted()
    after = list(read_skills(damaged.file(SKILLS), noted))
    before = list(read_skills(healthy.file(SKILLS), calm))
    assert noted.rejections == expected(damaged, SKILLS, "rejected")
    assert noted.warnings == expected(damaged, SKILLS, "warned")
    assert len(after) == len(before) - len(noted.rejections)


def test_rejected_sites_are_the_planted_ones(damaged: Written) -> None:
    _, noted = sites(damaged)
    doubled = {
        (one["line"], Reason.EGE_ID_DUPLICATE.value)
        for one in damaged.planted(FINESS)
        if one["defect"] == "site_twice"
    }
    assert noted.rejections == expected(damaged, FINESS, "rejected")
    assert noted.warnings == expected(damaged, FINESS, "warned") | doubled
    assert set(noted.unknown) == {"ege.nouvelleRubrique"}


def test_closed_sites_are_told(damaged: Written) -> None:
    found, _ = sites(damaged)
    planted = damaged.planted(FINESS, "skipped")
    assert planted
    assert all(found[one["line"]].get("inactive") for one in planted)


def test_other_sites_read_as_if_nothing_had_happened(healthy: Written, damaged: Written) -> None:
    before = {site["finess"]: site for site in sites(healthy)[0].values()}
    after = {site["finess"]: site for site in sites(damaged)[0].values()}
    changes = {one["id"]: one["changes"] for one in damaged.planted(FINESS, "cleaned")}
    touched = {one["id"] for one in damaged.planted(FINESS)} - set(changes)
    for finess in set(before) - touched:
        changed = changes.get(finess, [])
        assert without(dict(after[finess]), changed) == without(dict(before[finess]), changed)


def test_a_damaged_point_is_refused_or_mended_with_its_reason(
    healthy: Written, damaged: Written
) -> None:
    before = {site["finess"]: located(site) for site in sites(healthy)[0].values()}
    after = {site["finess"]: located(site) for site in sites(damaged)[0].values()}
    planted = damaged.planted(FINESS, "relocated")
    assert planted
    for one in planted:
        old, new = before[one["id"]], after[one["id"]]
        assert one["reason"] in (*new.reasons, ""), one
        assert new.department == old.department, one


def test_a_mended_point_is_the_healthy_one(healthy: Written, damaged: Written) -> None:
    before = {site["finess"]: located(site) for site in sites(healthy)[0].values()}
    after = {site["finess"]: located(site) for site in sites(damaged)[0].values()}
    mended = [o for o in damaged.planted(FINESS) if o["defect"] in MENDED]
    assert {one["defect"] for one in mended} == MENDED
    for one in mended:
        old, new = before[one["id"]], after[one["id"]]
        assert (new.lat, new.lon) == pytest.approx((old.lat, old.lon), abs=1e-4), one


def test_a_commune_dressed_up_as_a_precise_point_is_told_as_such(damaged: Written) -> None:
    found = {site["finess"]: located(site) for site in sites(damaged)[0].values()}
    dressed = [o["id"] for o in damaged.planted(FINESS) if o["defect"] == "commune_key"]
    assert dressed
    assert {found[finess].precision for finess in dressed} == {Precision.MUNICIPALITY}


MENDED = {"swapped", "northing_first", "decimal_comma"}


def located(site: Structure) -> Located:
    request = structure_request(site, frozenset())
    found = locate(request.address, request.points, request.ban_key)
    assert isinstance(found, Located)
    return found


@pytest.mark.parametrize("name", FORMATS)
def test_our_own_formats(healthy: Written, damaged: Written, name: str) -> None:
    noted, calm = Noted(), Noted()
    after = read_keyed(damaged.folder / f"{name}.jsonl", FORMATS[name], noted, KEYS[name])
    before = read_keyed(healthy.folder / f"{name}.jsonl", FORMATS[name], calm, KEYS[name])
    assert noted.rejections == expected(damaged, f"{name}.jsonl", "rejected")
    assert calm.rejections == set()
    assert {key: after[key] for key in before} == before


def test_the_sas_agenda(healthy: Written, damaged: Written) -> None:
    refused, none = Counter[str](), Counter[str]()
    after = {slot["slot"] for slot in agenda_slots(damaged.folder, refused)}
    before = {slot["slot"] for slot in agenda_slots(healthy.folder, none)}
    planted = damaged.planted("agenda.jsonl")
    assert refused == Counter({own.BAD_AGENDA_ROW: len(planted)})
    assert before - after == {one["id"] for one in planted}


def test_editors_answers(healthy: Written, damaged: Written) -> None:
    refused: Counter[str] = Counter()
    requests = list(requests_in(damaged.folder, refused))
    assert refused == Counter({own.BAD_REQUEST: len(damaged.planted("requests.jsonl"))})
    calm = list(requests_in(healthy.folder, Counter()))
    assert [r.asked for r in requests] == [r.asked for r in calm]
    for request, same in zip(requests, calm, strict=True):
        names = {str(path.relative_to(damaged.folder)) for path in request.files}
        planted = [o for o in damaged.manifest["planted"] if o["file"] in names]
        rejected = {(o["slot"], o["reason"]) for o in planted if o["treatment"] == "rejected"}
        answer, untouched = request.parse(NOW), same.parse(NOW)
        assert {(row["slot"], row["reason"]) for row in answer.rejected} == rejected
        gone = {slot for slot, _ in rejected}
        assert answer.slots == [s for s in untouched.slots if s["slot"] not in gone]


def test_geocoded_addresses(healthy: Written, damaged: Written) -> None:
    before = read_geocoded(healthy.folder / "geocoded.csv")
    after = read_geocoded(damaged.folder / "geocoded.csv")
    lost = set(before) - set(after)
    lines = {one["line"] for one in damaged.planted("geocoded.csv")}
    assert lines
    assert lost <= keys_at(damaged.folder / "geocoded.csv", lines)
    assert all(after[key] == before[key] for key in after)


def keys_at(path: Path, lines: set[int]) -> set[str]:
    with path.open(encoding="utf-8", newline="") as handle:
        rows = csv.DictReader(handle)
        return {
            address_key(row["line"], row["postal_code"], row["city"])
            for number, row in enumerate(rows, start=2)
            if number in lines
        }
