"""Same options, same bytes; the files a load expects; people who do not exist."""

import hashlib
import json
import random
from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from indexers.quality.quarantine import Quarantine
from indexers.sources.rpps.activities import read_activities
from mappings.formats import FORMATS
from mappings.identifiers import is_luhn_valid
from mappings.instants import parse_instant
from simulation.outputs import file_names
from simulation.people.numbers import FICTION_PHONES, INVENTED_RPPS_PREFIX, Numbers
from simulation.recipe import (
    DepartmentNotInGazetteerError,
    NotEmptyError,
    Options,
    generate_dataset,
    select_departments,
)
from simulation.scales import SCALES, ScaleName
from slots.loading.requests import read_requests
from tests.simulation.conftest import Write
from tests.simulation.generated_set import FEW, NOW, GeneratedSet

REFERENCES = {"Schedule", "Practitioner", "PractitionerRole", "HealthcareService", "Organization"}


def digest(folder: Path) -> str:
    """Names and bytes of a whole directory."""
    total = hashlib.sha256()
    for path in sorted(p for p in folder.rglob("*") if p.is_file()):
        total.update(str(path.relative_to(folder)).encode() + b"\0" + path.read_bytes())
    return total.hexdigest()


def test_same_options_same_bytes(
    healthy_set: GeneratedSet, faulty_set: GeneratedSet, write_set: Write
) -> None:
    assert digest(write_set(departments=FEW).folder) == digest(healthy_set.folder)
    assert digest(write_set(departments=FEW, defects=0.05).folder) == digest(faulty_set.folder)


def test_seconds_and_the_order_of_departments_do_not_count(
    healthy_set: GeneratedSet, write_set: Write
) -> None:
    again = write_set(departments=FEW[::-1], now=NOW + timedelta(seconds=59))
    assert digest(again.folder) == digest(healthy_set.folder)


@pytest.mark.parametrize(
    "options", [{"seed": 8}, {"now": NOW + timedelta(minutes=1)}, {"departments": FEW[:3]}]
)
def test_each_option_changes_the_bytes(
    healthy_set: GeneratedSet, write_set: Write, options: dict[str, Any]
) -> None:
    assert digest(write_set(**{"departments": FEW} | options).folder) != digest(healthy_set.folder)


def test_the_directory_holds_the_files_of_a_load(healthy_set: GeneratedSet) -> None:
    names = set(file_names(NOW).values()) | {"manifest.json"}
    found = {
        str(p.relative_to(healthy_set.folder)) for p in healthy_set.folder.rglob("*") if p.is_file()
    }
    assert names <= found
    assert found - names == {name for name in found if name.startswith("fhir/")} - names
    assert {f"{name}.jsonl" for name in FORMATS} <= found


def test_the_manifest_tells_every_file_as_it_is(healthy_set: GeneratedSet) -> None:
    written = json.loads((healthy_set.folder / "manifest.json").read_bytes())
    assert written == healthy_set.manifest
    assert written["now"] == "2026-11-24T07:45:00Z"
    for name, result in written["files"].items():
        content = (healthy_set.folder / name).read_bytes()
        assert result["bytes"] == len(content)
        assert result["sha256"] == hashlib.sha256(content).hexdigest()


def test_every_own_line_validates(default_set: GeneratedSet) -> None:
    for name, model in FORMATS.items():
        lines = default_set.lines(f"{name}.jsonl")
        assert lines
        for line in lines:
            model.model_validate(line)


def test_nobody_real(default_set: GeneratedSet) -> None:
    """Numbers of the invented ranges, keys included, and phones of works of fiction."""
    ranges = tuple("+33" + prefix[1:] for prefix in FICTION_PHONES.values())
    for row in read_activities(default_set.file("PS_*activite*.txt"), Quarantine("rpps")):
        assert row["rpps"].startswith(INVENTED_RPPS_PREFIX)
        assert is_luhn_valid(row["rpps"])
        assert row.get("finess", "xx9")[2] == "9"
        assert row.get("siret", "99").startswith("99")
        assert all(phone.startswith(ranges) for phone in row.get("phones", ()))


def test_numbers_are_issued_once_and_hold_their_key() -> None:
    for department in ("01", "2A", "974", "976"):
        numbers = Numbers(department)
        for issue in (numbers.rpps, numbers.siret, numbers.finess):
            issued = [issue() for _ in range(1500)]
            assert len(set(issued)) == len(issued)
            assert all(is_luhn_valid(number) for number in issued if number.isdigit())


def test_numbers_of_two_departments_never_meet() -> None:
    issued = Counter(
        number
        for code in select_departments((), SCALES[ScaleName.NATIONAL])
        for numbers in [Numbers(code)]
        for number in (numbers.rpps(), numbers.finess(), numbers.siret())
    )
    assert issued.most_common(1)[0][1] == 1


def test_every_answer_is_complete(default_set: GeneratedSet) -> None:
    """Bundles whose every reference is inside, slots free and ahead, asked for, 25 at most."""
    editors: set[str] = set()
    for request in read_requests(default_set.folder, Counter()):
        editors.add(request.editor)
        assert 1 <= len(request.requested_ids) <= (10 if request.flow == "SOS1" else 25)
        for path in request.files:
            page = json.loads(path.read_bytes())
            entries = page.get("entry", [])
            held = {f"{e['resource']['resourceType']}/{e['resource']['id']}" for e in entries}
            assert page["type"] == "searchset"
            for entry in entries:
                assert references(entry["resource"]) <= held
    assert len(editors) == 24


def references(value: Any) -> set[str]:
    """Every reference inside a resource, those to what it contains left out."""
    if isinstance(value, list):
        return set().union(*map(references, value)) if value else set()
    if not isinstance(value, dict):
        return set()
    own = value.get("reference")
    found = {own} if isinstance(own, str) and not own.startswith("#") else set()
    return found.union(*(references(part) for part in value.values()))


def test_some_answers_are_empty_and_some_have_several_pages(default_set: GeneratedSet) -> None:
    requests = list(read_requests(default_set.folder, Counter()))
    pages = [json.loads(r.files[0].read_bytes()) for r in requests]
    assert any("entry" not in page and page["total"] == 0 for page in pages)
    several = [r for r in requests if len(r.files) > 1]
    assert several
    first = json.loads(several[0].files[0].read_bytes())
    assert [link["relation"] for link in first["link"]] == ["self", "next"]
    assert {r.flow for r in requests} == {"R01", "R04", "SOS1"}


def test_every_answer_is_read_without_a_refusal(
    default_set: GeneratedSet, slots_by_flow: dict[str, list[dict[str, Any]]]
) -> None:
    kept = {flow: len(slots) for flow, slots in slots_by_flow.items()}
    assert kept == {f: n for f, n in default_set.manifest["slots"].items() if f != "agenda"}


def test_agenda_slots_have_seats_and_lie_ahead(default_set: GeneratedSet) -> None:
    lines = default_set.lines("agenda.jsonl")
    assert any(line["seats_taken"] == line["seats_max"] for line in lines)
    for line in lines:
        assert NOW < parse_instant(line["start"]) < parse_instant(line["end"])
        assert 0 <= line["seats_taken"] <= line["seats_max"]


def test_a_directory_in_use_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("kept")
    with pytest.raises(NotEmptyError, match="new directory"):
        generate_dataset(Options(ScaleName.DEPARTMENT, 1, NOW, ("48",)), tmp_path)
    assert [p.name for p in tmp_path.iterdir()] == ["mine.txt"]


def test_an_unknown_department_is_told_before_anything_is_written(tmp_path: Path) -> None:
    with pytest.raises(DepartmentNotInGazetteerError, match="99"):
        generate_dataset(Options(ScaleName.DEPARTMENT, 1, NOW, ("48", "99")), tmp_path / "new")
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize("scale", [ScaleName.NATIONAL, ScaleName.STRESS])
def test_larger_scales_are_the_same_program_with_larger_numbers(
    healthy_set: GeneratedSet, write_set: Write, scale: ScaleName
) -> None:
    larger = write_set(departments=("48",), scale=scale).manifest
    small = write_set(departments=("48",)).manifest
    assert larger["offers"]["professional"] > small["offers"]["professional"]
    assert larger["scale"] == scale


def test_a_national_set_covers_the_country() -> None:
    codes = select_departments((), SCALES[ScaleName.NATIONAL])
    assert {"01", "2A", "2B", "75", "95", "971", "976"} <= set(codes)
    assert len(codes) >= 101


def test_draws_of_one_department_do_not_depend_on_the_others(write_set: Write) -> None:
    """Its structures and people are the same alone or among others, second practices aside."""
    alone = write_set(departments=("976",)).lines("participation.jsonl")
    among = write_set(departments=("48", "976")).lines("participation.jsonl")
    assert all(line in among for line in random.Random(1).sample(alone, min(20, len(alone))))
