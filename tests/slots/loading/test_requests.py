"""The files of a directory of answers: regular, inside and within their bounds, or refused."""

import json
import os
from collections import Counter
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from mappings.instants import parse_instant
from slots.fhir import answer as answers
from slots.loading import requests
from slots.loading.requests import agenda_slots, parse_requests, read_directory_requests
from tests.slots.bundles import FHIR, PS, without
from tests.slots.loading.test_directory import request, write
from tests.slots.offers import NOW, canonical

AT = parse_instant(PS.now)


def read(directory: Path, now: datetime = AT) -> tuple[list[int], Counter[str], list[str]]:
    """Slots of each answer read, refusals by reason, and their sentences."""
    found = read_directory_requests(directory)
    rejected, sentences = Counter(found.rejected), list[str]()
    answers = parse_requests(
        found.requests, now, rejected, lambda _, error: sentences.append(str(error))
    )
    return [len(answer.slots) for answer in answers], rejected, sentences


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A directory inside another one, with everything that a name may lead to."""
    inside = tmp_path / "in"
    inside.mkdir()
    write(inside, requests=[request(PS)])
    (tmp_path / "outside.json").write_bytes((FHIR / PS.file).read_bytes())
    (inside / "fhir" / "out.json").symlink_to(tmp_path / "outside.json")
    (inside / "fhir" / "loop.json").symlink_to(inside / "fhir" / "loop.json")
    (inside / "fhir" / "device.json").symlink_to("/dev/zero")
    (inside / "fhir" / "alias.json").symlink_to(inside / "fhir" / PS.file)
    os.mkfifo(inside / "fhir" / "pipe.json")
    return inside


def name_file(folder: Path, *names: str) -> None:
    """The directory asks for one answer of these files, and for a sound one."""
    lines = [request(PS, files=list(names)), request(PS, editor="beta")]
    (folder / "fhir/requests.jsonl").write_text("".join(json.dumps(one) + "\n" for one in lines))


@pytest.mark.parametrize(
    "name",
    [
        "pipe.json",
        "/dev/zero",
        "/dev/stdin",
        "device.json",
        "/etc/passwd",
        "../../outside.json",
        "out.json",
        "loop.json",
        "a\0b.json",
        "\x1b[2J",
        "x" * 1_000,
        "y/" * 500,
        ".",
        "..",
        "",
        "gone.json",
        f"{PS.file}/x",
    ],
)
def test_a_file_that_is_not_a_regular_one_inside_is_never_read(folder: Path, name: str) -> None:
    """Neither waited for, nor read for ever; the next answer is read."""
    name_file(folder, name)
    counts, rejected, (sentence,) = read(folder)
    assert counts == [4]
    assert rejected == {"answer_refused": 1}
    assert "\n" not in sentence
    assert "\x1b" not in sentence


@pytest.mark.parametrize("name", [PS.file, f"./{PS.file}", f"../fhir/{PS.file}", "alias.json"])
def test_a_file_inside_is_read_however_it_is_named(folder: Path, name: str) -> None:
    name_file(folder, name)
    assert read(folder)[:2] == ([4, 4], Counter())


def test_the_directory_itself_may_be_a_link_or_relative(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    link = folder.parent / "link"
    link.symlink_to(folder)
    monkeypatch.chdir(folder.parent)
    for directory in (link, Path("in"), Path("./link/")):
        assert read(directory)[:2] == ([4], Counter())


@pytest.mark.parametrize(
    ("page", "reason"),
    [
        ({**without(PS.bundle(), "Slot/ExampleSlotPSIndiv1"), "total": 4}, "answer_incomplete"),
        ({**PS.bundle(), "link": [{"relation": "next", "url": "?p=2"}]}, "answer_incomplete"),
        ({"resourceType": "OperationOutcome"}, "answer_in_error"),
        ({"resourceType": "Slot"}, "answer_refused"),
    ],
)
def test_a_refused_answer_is_counted_under_its_reason(folder: Path, page: Any, reason: str) -> None:
    (folder / "fhir/bad.json").write_text(json.dumps(page))
    name_file(folder, "bad.json")
    counts, rejected, sentences = read(folder)
    assert (counts, rejected) == ([4], {reason: 1})
    assert reason in requests.WHOLE_ANSWER
    assert len(sentences) == 1


def test_an_answer_without_any_page_is_no_empty_answer(folder: Path) -> None:
    """Taken as "no slot", it would erase all slots of the professionals it is about."""
    name_file(folder)
    counts, rejected, (sentence,) = read(folder)
    assert (counts, rejected) == ([4], {"answer_incomplete": 1})
    assert "no page" in sentence


def test_a_page_over_the_bound_is_not_read_whole(folder: Path) -> None:
    with (folder / "fhir/huge.json").open("wb") as huge:
        huge.truncate(1 << 40)
    name_file(folder, "huge.json")
    counts, rejected, (sentence,) = read(folder)
    assert (counts, rejected) == ([4], {"answer_refused": 1})
    assert "over 67,108,864 bytes" in sentence


def test_the_pages_of_one_answer_are_bounded_together(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same small file a thousand times is not a thousand times its memory."""
    monkeypatch.setattr(answers, "ANSWER_VALUES", 10_000)
    name_file(folder, *[PS.file] * 1_000)
    counts, rejected, (sentence,) = read(folder)
    assert (counts, rejected) == ([4], {"answer_too_large": 1})
    assert "fewer ids" in sentence


@pytest.mark.parametrize(
    "line",
    [
        {"editor": "x" * 201},
        {"editor": ""},
        {"editor": " "},
        {"editor": "alpha "},
        {"editor": "sas-agenda "},
        {"editor": "a\x1b[2Jb"},
        {"editor": "a\0b"},
        {"editor": "sas-agenda"},
        {"editor": None},
        {"editor": ["alpha"]},
        {"flow": ["R01"]},
        {"flow": {}},
        {"asked": "810100050075"},
        {"asked": ["8" * 40_000]},
        {"asked": ["810100050075"] * 20_001},
        {"asked": [None]},
        {"files": {"a": "b"}},
        {"files": ["x" * 40_000]},
        {"files": None},
    ],
)
def test_an_odd_line_is_refused_alone(folder: Path, line: dict[str, Any]) -> None:
    lines = [request(PS, **line), request(PS, editor="beta")]
    (folder / "fhir/requests.jsonl").write_text("".join(json.dumps(one) + "\n" for one in lines))
    assert read(folder)[:2] == ([4], {"bad_request": 1})


@pytest.mark.parametrize(
    "line", [b"[" * 100_000, b"1" * 5_000, b"\xff\xfe", b"null", b"7", b'{"editor":' + b"1" * 5_000]
)
def test_a_line_that_is_no_json_is_refused_alone(folder: Path, line: bytes) -> None:
    sound = json.dumps(request(PS)).encode()
    (folder / "fhir/requests.jsonl").write_bytes(line + b"\n" + sound + b"\n")
    assert read(folder)[:2] == ([4], {"bad_request": 1})


def test_a_line_without_end_is_refused_alone(folder: Path) -> None:
    with (folder / "fhir/requests.jsonl").open("wb") as lines:
        lines.write(b'{"editor":"' + b"x" * (9 << 20) + b'"}\n')
        lines.write(json.dumps(request(PS)).encode())
    assert read(folder)[:2] == ([4], {"bad_request": 1})


@pytest.mark.parametrize("name", ["fhir/requests.jsonl", "agenda.jsonl"])
def test_a_pipe_in_place_of_a_file_is_never_waited_for(folder: Path, name: str) -> None:
    (folder / name).unlink()
    os.mkfifo(folder / name)
    _, rejected, _ = read(folder)
    assert rejected.total() == 1


AGENDA_FAULTS: list[dict[str, Any]] = [
    {"seats_max": 10**12},
    {"seats_max": 10**30},
    {"seats_max": 10_001},
    {"seats_taken": -1},
    {"seats_max": 2.5},
    {"seats_max": True},
    {"end": "9999-12-31T23:59:59Z"},
    {"end": "2026-11-24T09:00:01Z"},
    {"start": "1850-01-01T09:00:00Z", "end": "1850-01-01T09:30:00Z"},
    {"start": "2150-01-01T09:00:00Z", "end": "2150-01-01T09:30:00Z"},
    {"start": "9999-12-31T09:00:00Z", "end": "9999-12-31T09:30:00Z"},
    {"start": None},
    {"end": 12},
    {"reasons": ["x" * 40_000]},
    {"reasons": ["x"] * 21},
    {"reasons": "x"},
    {"types": ["PUBLIC"] * 21},
    {"types": [["PUBLIC"]]},
    {"url": "https://rdv.fr/" + "x" * 40_000},
    {"phone": "0" * 600},
    {"place": {"line": "x" * 40_000}},
    {"place": {"identifiers": ["x" * 600]}},
    {"place": {"identifiers": [None]}},
    {"structure": {"idnst": "4" * 600}},
    {"sos": {"siret": "3" * 600}},
    {"practitioner": {"idnps": "8" * 600}},
    {"cpts": [{"finess": "1" * 600}]},
    {"cpts": ["1310000001"]},
]


@pytest.mark.parametrize("fault", AGENDA_FAULTS)
def test_an_agenda_row_beyond_a_bound_is_set_aside_alone(
    tmp_path: Path, fault: dict[str, Any]
) -> None:
    directory = write(tmp_path, [{**canonical(), **fault}, canonical()])
    rejected: Counter[str] = Counter()
    assert len(list(agenda_slots(directory, rejected))) == 1
    assert rejected == {"bad_agenda_row": 1}


def test_what_no_field_is_named_for_is_not_kept(tmp_path: Path) -> None:
    """Nothing bounds it: neither its depth, which no writer takes back, nor its size."""
    deep: Any = 1
    for _ in range(300):
        deep = [deep]
    row = {**canonical(), "note": deep, "place": {"line": "1 rue X", "more": deep}}
    found = read_directory_requests(write(tmp_path, [row]))
    (slot,) = found.agenda()
    assert "note" not in slot
    assert slot["place"] == {"line": "1 rue X"}
    assert found.rejected == {}


def test_the_simulated_agenda_is_within_its_bounds(tmp_path: Path) -> None:
    row = canonical(seats_max=3, seats_taken=1, url="https://rdv.fr/a", reasons=["x"] * 20)
    rejected: Counter[str] = Counter()
    (slot,) = agenda_slots(write(tmp_path, [row]), rejected)
    assert slot == row
    assert NOW.year == int(slot["start"][:4])


def test_a_byte_order_mark_costs_no_line(tmp_path: Path) -> None:
    directory = write(tmp_path, [canonical()], [request(PS)])
    for name in (requests.AGENDA_FILE, requests.REQUESTS_FILE):
        file = directory / name
        file.write_bytes(b"\xef\xbb\xbf" + file.read_bytes())
    found = read_directory_requests(directory)
    assert (len(found.agenda_lines), len(found.requests), found.rejected) == (1, 1, {})
