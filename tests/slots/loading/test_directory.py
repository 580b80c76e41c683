"""A directory of files: the SAS agenda and the editors' answers, on their offers."""

import json
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from shutil import copyfile
from typing import Any

import pytest

from mappings.instants import parse_instant
from slots.loading.directory import DirectorySlots, attribute_directory
from slots.loading.requests import read_directory_requests
from slots.matching.matching import OfferIndex, build_offer_index
from slots.stored import AGENDA_SOURCE
from tests.slots.bundles import CPTS, FHIR, FORET, MARCEL, PS, RENNES, SOS, THOMAS
from tests.slots.offers import NOW, RPPS, SIRET, canonical, offer, sos_point

AT = parse_instant(PS.now)
THOMAS_PLACES = [
    offer(),
    offer("1810004956", lines=["30 RUE MME DELMAS"]),
]
MARCEL_PLACE = offer(rpps=MARCEL[1:], id=f"rpps:{MARCEL[1:]}@1810004421")


def slots_from_directory(directory: Path, index: OfferIndex, now: datetime) -> DirectorySlots:
    """The slots of the files of a directory on the offers of an index."""
    return attribute_directory(read_directory_requests(directory), index, now)


def write(folder: Path, agenda: Iterable[Any] = (), requests: Iterable[Any] = ()) -> Path:
    """A directory with these lines; text is written as it is."""
    (folder / "fhir").mkdir()
    for example in (PS, CPTS, SOS):
        copyfile(FHIR / example.file, folder / "fhir" / example.file)
    (folder / "agenda.jsonl").write_text("".join(map(_line, agenda)))
    (folder / "fhir" / "requests.jsonl").write_text("".join(map(_line, requests)))
    return folder


def _line(row: object) -> str:
    return (row if isinstance(row, str) else json.dumps(row)) + "\n"


def request(
    example: Any, *requested_ids: str, editor: str = "alpha", **fields: Any
) -> dict[str, Any]:
    """A line of requests.jsonl for a published example."""
    ids = list(requested_ids or example.requested_ids)
    files = [example.file]
    return {"editor": editor, "flow": example.flow, "asked": ids, "files": files} | fields


def professionals() -> OfferIndex:
    """The professionals of the guide's example."""
    return build_offer_index([*THOMAS_PLACES, MARCEL_PLACE])


@pytest.mark.proves("F065", "F068", "C24", "C25", "W11")
def test_agenda_and_editor_on_the_same_cards(tmp_path: Path) -> None:
    own = canonical("a1", start="2021-11-05T08:00:00Z", end="2021-11-05T08:15:00Z", seats_max=2)
    directory = write(tmp_path, [own], [request(PS)])
    found = slots_from_directory(directory, professionals(), AT)
    sources = {key: [s["source"] for s in slots] for key, slots in found.slots.items()}
    assert sources == {
        f"rpps:{RPPS}@1810004421": [AGENDA_SOURCE, "alpha"],
        f"rpps:{RPPS}@1810004956": ["alpha"],
        f"rpps:{MARCEL[1:]}@1810004421": ["alpha", "alpha"],
    }
    assert (found.created, found.unmatched, found.rejected) == ([], {}, {})


@pytest.mark.proves("F066")
def test_a_place_only_the_editor_knows_is_created(tmp_path: Path) -> None:
    directory = write(tmp_path, requests=[request(CPTS)])
    person = offer("1810004421", rpps=FORET[1:], id=f"rpps:{FORET[1:]}@1810004421")
    found = slots_from_directory(directory, build_offer_index([person]), parse_instant(CPTS.now))
    (created,) = found.created
    assert created["id"] == f"rpps:{FORET[1:]}@412345678912345"
    assert created["city"] == "Aussonne"
    (slot,) = found.slots[created["id"]]
    assert (slot["types"], slot["declared_types"]) == (["PUBLIC"], ["PUBLIC", "CPTS"])
    assert found.hidden == {"cpts_stripped": 1}


def test_sos_points_receive_their_slots(tmp_path: Path) -> None:
    directory = write(tmp_path, requests=[request(SOS)])
    found = slots_from_directory(
        directory, build_offer_index([sos_point()]), parse_instant(SOS.now)
    )
    assert len(found.slots[f"sos:{SIRET}:1111111111"]) == 1
    assert found.unmatched == {"unknown_owner": 2}
    assert [o["id"] for o in found.created] == [f"sos:{SIRET}:2222222222"]


@pytest.mark.proves("C21", "C50")
def test_a_refused_answer_is_counted_and_hides_no_other(tmp_path: Path) -> None:
    (tmp_path / "page.html").write_text("<html>502</html>")
    requests = [
        request(PS, files=["../page.html"]),
        request(PS, files=["../absent.json"]),
        request(PS, "34173748400020"),
        {"editor": "alpha"},
        "{broken",
        request(PS, flow="R99"),
        request(PS, THOMAS),
    ]
    directory = write(tmp_path, requests=requests)
    found = slots_from_directory(directory, professionals(), AT)
    assert sum(map(len, found.slots.values())) == 2
    assert found.rejected == {"answer_refused": 3, "bad_request": 3, "not_asked": 2}


def test_damaged_agenda_rows_are_counted(tmp_path: Path) -> None:
    rows = [
        canonical(),
        canonical(start="2026-11-23T09:00:00"),
        canonical(start="2026-11-23T10:00:00Z"),
        canonical(types=["PRIVATE"]),
        canonical(types=None),
        canonical(seats_max="3"),
        canonical(place={"line": 3}),
        canonical(practitioner=[]),
        [],
        "{broken",
        canonical("s2", start="2026-11-23T12:00:00+02:00", end="2026-11-23T12:30:00+02:00"),
        "",
    ]
    found = slots_from_directory(write(tmp_path, rows), build_offer_index([offer()]), NOW)
    assert found.rejected == {"bad_agenda_row": 9}
    assert [s["start"] for s in found.slots[f"rpps:{RPPS}@1810004421"]] == [
        "2026-11-23T09:00:00Z",
        "2026-11-23T10:00:00Z",
    ]


def test_a_directory_without_slots_has_none(tmp_path: Path) -> None:
    found = slots_from_directory(tmp_path, build_offer_index([offer()]), NOW)
    assert (found.slots, found.created, found.rejected) == ({}, [], {})


def test_owners_bound_the_index(tmp_path: Path) -> None:
    directory = write(tmp_path, [canonical()], [request(PS, MARCEL), request(SOS, RENNES)])
    assert read_directory_requests(directory).owners() == {RPPS, MARCEL[1:], SIRET}


@pytest.mark.proves("F069", "W12")
def test_loading_twice_gives_the_same_ids(tmp_path: Path) -> None:
    directory = write(tmp_path, [canonical()], [request(PS)])
    ids = [
        sorted(s["id"] for slots in found.slots.values() for s in slots)
        for found in (slots_from_directory(directory, professionals(), AT) for _ in range(2))
    ]
    assert ids[0] == ids[1]
    assert len(set(ids[0])) == 5
