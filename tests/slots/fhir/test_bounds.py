"""Every field of an answer has its bound: a slot beyond it is set aside with its reason, alone."""

import json
import resource as system
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest

from slots.bounds import find_fault
from slots.fhir.answer import AnswerRefusedError
from slots.fhir.merge import merge_duplicate_slots
from tests.slots.bundles import (
    CPTS,
    CPTS_SLOT,
    GONE,
    PS,
    SLOT1,
    SLOT3,
    SOS,
    SOS_SLOT,
    GuideExample,
    Json,
    change_resource,
    edit_resource,
    only,
    rejection_reasons,
    resource,
    slot_ids,
)
from tests.slots.offers import canonical

LONG = "é" * 40_000
ROLE = "PractitionerRole/ExamplePractitionerRoleAgregateur2"
PERSON = "Practitioner/ExamplePractitioner2"
PLACE = "Location/1111111111"
ASSOCIATION = "Organization/ExampleOrgaSOS1"
CPTS_ORGANIZATION = "Organization/ExampleOrgaCPTS1"
OTHERS = [f"ExampleSlotPSIndiv{n}" for n in (2, 3, 4)]


def in_place(**values: Any) -> Callable[[Json], None]:
    return lambda role: role["contained"][0].update(values)


def in_address(**values: Any) -> Callable[[Json], None]:
    return lambda role: role["contained"][0]["address"].update(values)


def identifiers(count: int) -> list[Json]:
    return [{"system": "https://editeur.fr", "value": f"lieu-{n}"} for n in range(count)]


TOO_LONG = [
    (PS, SLOT1, {"id": LONG}),
    (PS, SLOT1, {"serviceType": [{"text": LONG}]}),
    (PS, SLOT1, {"specialty": [{"text": LONG}]}),
    (PS, SLOT1, {"specialty": [{"coding": [{"code": "X", "display": LONG}]}]}),
    (PS, PERSON, {"name": [{"family": LONG}]}),
    (PS, PERSON, {"name": [{"family": "X", "given": ["Jean"] * 4000}]}),
    (PS, ROLE, {"telecom": [{"system": "phone", "value": "0" * 40_000}]}),
    (PS, ROLE, in_address(line=[LONG])),
    (PS, ROLE, in_address(line=["1 rue X"] * 4000)),
    (PS, ROLE, in_address(city=LONG)),
    (PS, ROLE, in_place(name=LONG)),
    (PS, ROLE, in_place(identifier=[{"value": "x" * 600}])),
    (PS, ROLE, in_place(hoursOfOperation=[{"openingTime": LONG}])),
    (SOS, PLACE, {"identifier": [{"value": "\U0001f3e5" * 150}]}),
    (SOS, PLACE, {"name": LONG}),
    (SOS, ASSOCIATION, {"name": LONG}),
    (CPTS, CPTS_ORGANIZATION, {"name": LONG}),
    (CPTS, CPTS_ORGANIZATION, {"telecom": [{"system": "phone", "value": LONG}]}),
]
TOO_MANY = [
    (PS, SLOT1, {"serviceType": [{"text": f"motif {n}"} for n in range(21)]}),
    (PS, SLOT1, {"specialty": [{"text": f"s {n}"} for n in range(21)]}),
    (PS, ROLE, in_place(identifier=identifiers(21))),
    (SOS, PLACE, {"identifier": identifiers(21)}),
    (PS, ROLE, in_place(hoursOfOperation=[{"openingTime": "09:00:00"}] * 141)),
]


def damage(example: GuideExample, key: str, values: Any) -> Json:
    slot = {PS: SLOT1, CPTS: CPTS_SLOT, SOS: SOS_SLOT}[example]
    change = values if callable(values) else lambda found: found.update(values)
    return change_resource(only(example.bundle(), slot), key, change)


@pytest.mark.parametrize(("example", "key", "values"), TOO_LONG)
def test_a_text_beyond_its_bound(example: GuideExample, key: str, values: Any) -> None:
    answer = example.parse(damage(example, key, values))
    assert answer.slots == []
    ((name, reason),) = rejection_reasons(answer).items()
    assert reason == "text_too_long"
    assert len(name) <= 200


@pytest.mark.parametrize(("example", "key", "values"), TOO_MANY)
def test_a_list_beyond_its_bound(example: GuideExample, key: str, values: Any) -> None:
    answer = example.parse(damage(example, key, values))
    assert set(rejection_reasons(answer).values()) == {"too_many_values"}


@pytest.mark.parametrize(
    ("example", "key", "values"),
    [
        (PS, SLOT1, {"meta": {"security": [{"code": "PUBLIC", "system": LONG}]}}),
        (PS, SLOT1, {"comment": "https://rdv.fr/" + "a" * 40_000}),
        (PS, SLOT1, {"serviceType": [{"coding": [{"code": LONG, "system": LONG}]}]}),
        (PS, SLOT1, {"extension": [{"url": LONG, "valueString": LONG}]}),
        (PS, SLOT1, {"specialty": [{"coding": [{"code": "SM54", "system": LONG}]}]}),
        (PS, PERSON, {"identifier": [{"value": LONG}, {"value": "8" * 4_000}]}),
        (PS, ROLE, {"organization": {"identifier": {"value": LONG}}}),
        (PS, ROLE, in_address(postalCode=LONG)),
        (PS, SLOT1, {"start": LONG}),
        (PS, SLOT1, {"schedule": {"reference": "/_history" * 5_000}}),
    ],
)
def test_what_is_no_value_at_all_is_absent(example: GuideExample, key: str, values: Any) -> None:
    """A code, a link, an identifier that no such text can be: read, or refused for want of it."""
    answer = example.parse(damage(example, key, values))
    assert len(answer.slots) + len(answer.rejected) == 1
    assert all(len(json.dumps(slot)) < 3_000 for slot in answer.slots)


@pytest.mark.parametrize(
    ("start", "end", "reason"),
    [
        ("2021-11-05T09:00:00Z", "9999-12-31T23:59:59Z", "too_long"),
        ("9999-12-31T22:00:00Z", "9999-12-31T23:00:00Z", "after_window"),
        ("9999-12-31T23:00:00-14:00", "9999-12-31T23:30:00-14:00", "bad_instant"),
        ("0001-01-01T00:00:00Z", "0001-01-01T00:30:00Z", "past"),
        ("0001-01-01T00:00:00+14:00", "0001-01-01T00:30:00+14:00", "bad_instant"),
        ("1899-12-31T23:00:00Z", "1899-12-31T23:30:00Z", "past"),
        ("2101-01-01T00:00:00Z", "2101-01-01T00:30:00Z", "after_window"),
        ("10000-01-01T00:00:00Z", "10000-01-01T00:30:00Z", "bad_instant"),
        (10**12, "2021-11-05T09:30:00Z", "bad_instant"),
    ],
)
def test_instants_out_of_every_range(start: object, end: object, reason: str) -> None:
    bundle = edit_resource(PS.bundle(), SLOT1, start=start, end=end)
    answer = PS.parse(bundle)
    assert rejection_reasons(answer) == {"ExampleSlotPSIndiv1": reason}
    assert slot_ids(answer) == OTHERS


SHAPES = [
    None, True, 0, -1, 10**30, 1.5, 1e300, "", " ", "\0", "\x1b[2J", "9" * 5_000, [], {}, [[]],
    [None], [{}], {"": None}, [[[[{}]]]], [1, "a", None, {}], "\ud800",
]  # fmt: skip
FIELDS = [
    *((SLOT1, name) for name in resource(PS.bundle(), SLOT1)),
    *((ROLE, name) for name in resource(PS.bundle(), ROLE)),
    *((PERSON, name) for name in resource(PS.bundle(), PERSON)),
    *(("Schedule/ExampleSchedule1", name) for name in ("id", "actor", "active", "planningHorizon")),
    *((ROLE, name) for name in ("period", "healthcareService", "organization", "location")),
]


@pytest.mark.parametrize(("key", "name"), sorted(set(FIELDS)))
def test_an_odd_shape_in_any_field_loses_its_own_slot_at_most(key: str, name: str) -> None:
    for shape in SHAPES:
        answer = PS.parse(edit_resource(PS.bundle(), key, **{name: shape}), origin="sas")
        json.dumps([answer.slots, answer.rejected]).encode()
        assert {"ExampleSlotPSIndiv3", "ExampleSlotPSIndiv4"} <= set(slot_ids(answer))


def as_text(bundle: Json, **texts: str) -> bytes:
    """The bundle as JSON, each marker replaced by a text that no encoder would write."""
    text = json.dumps(bundle)
    for marker, written in texts.items():
        text = text.replace(f'"{marker}"', written)
    return text.encode()


@pytest.mark.parametrize(
    "number", ["1" * 4_301, "-" + "9" * 100_000, "1" * 41, "1e999", "-1e400", "NaN", "Infinity"]
)
@pytest.mark.parametrize("where", ["start", "comment", "id", "meta", "extension"])
def test_a_number_that_no_field_can_hold_is_lost_alone(number: str, where: str) -> None:
    bundle = edit_resource(PS.bundle(), SLOT1, **{where: "MARKER"})
    answer = PS.parse(as_text(bundle, MARKER=number))
    assert set(slot_ids(answer)) >= set(OTHERS)


@pytest.mark.parametrize("depth", [100, 900, 1_000, 1_100, 50_000])
@pytest.mark.parametrize(("opening", "closing"), [("[", "]"), ('{"a":', "}")])
def test_deep_nesting_is_read_or_refused(depth: int, opening: str, closing: str) -> None:
    deep = opening * depth + "1" + closing * depth
    twice = {**PS.bundle(), "entry": [*PS.bundle()["entry"], *PS.bundle()["entry"]]}
    for name in ("Schedule/ExampleSchedule1", ROLE):
        bundle = change_resource(twice, name, lambda found: found.update(extension="MARKER"))
        try:
            answer = PS.parse(as_text(bundle, MARKER=deep))
        except AnswerRefusedError as refused:
            assert depth > 900
            assert "not readable JSON" in str(refused)
        else:
            assert set(slot_ids(answer)) >= set(OTHERS[1:])


HUGE = {
    "empty_lists": "'[' + '[],' * 15_000_000 + '1]'",
    "empty_objects": "'{\"entry\":[' + '{},' * 15_000_000 + '1]}'",
    "one_text": "'{\"a\":\"' + 'x' * 60_000_000 + '\"}'",
    "one_number": "'1' * 60_000_000",
    "brackets": "'[' * 60_000_000",
    "entries": '\'{"resourceType":"Bundle","type":"searchset","entry":[\''
    " + '{},' * 1_200_000 + '{}]}'",
}
MEMORY = 600 << 20
"""Bytes of address space: Python and its libraries have 150 MB, a page of 60 MB is kept twice."""


@pytest.mark.usefixtures("own_process")
@pytest.mark.parametrize("page", HUGE.values(), ids=HUGE)
def test_a_huge_page_is_refused_in_little_memory(page: str) -> None:
    """In a process that may not take more: the page takes gigabytes when nothing bounds it."""
    program = f"""
import sys
from slots.fhir.answer import AnswerRefusedError
from slots.fhir.parser import parse_pages
from datetime import UTC, datetime
try:
    parse_pages([({page}).encode()], "R01", datetime(2026, 11, 23, tzinfo=UTC), None)
except AnswerRefusedError as refused:
    print(refused)
"""
    done = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=lambda: system.setrlimit(system.RLIMIT_AS, (MEMORY, MEMORY)),
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.strip().endswith(".")


def test_the_same_resource_out_of_its_bounds_hides_no_other_place() -> None:
    bundle = change_resource(PS.bundle(), ROLE, in_address(city=LONG))
    answer = PS.parse(bundle)
    assert rejection_reasons(answer) == {"ExampleSlotPSIndiv1": "text_too_long"}
    assert SLOT3.partition("/")[2] in slot_ids(answer)


def test_a_place_without_anything_is_within_its_bounds() -> None:
    bundle = edit_resource(only(PS.bundle(), SLOT1), ROLE, contained=GONE)
    assert len(PS.parse(bundle).slots) == 1


def test_copies_of_one_slot_are_within_its_bounds_together() -> None:
    copies = [
        canonical(reasons=[f"{copy} {rank}" for rank in range(20)], cpts=[{"finess": f"{copy:09}"}])
        for copy in range(30)
    ]
    (merged,) = merge_duplicate_slots(copies)
    assert find_fault(merged) is None
    assert merged["reasons"] == copies[0]["reasons"]
    assert len(merged["cpts"]) == 20
