"""The bench of the records: its files can be imported, and it sees what a search shows."""

from pathlib import Path

import pytest

from bench.records import imports
from bench.records.changes import BUILDERS, build_agenda_slot, build_setting, has_card
from bench.records.imports import AGENDAS, RULES, SETTINGS, write_files
from bench.records.people import Person
from bench.records.spread import list_requests
from indexers.loads.records_import import READERS
from indexers.runs.folder import Quarantines
from records.orientations.kinds import OrientationKind
from tests.records.orientations.people import SLOT_ID, build_offer
from tests.records.samples import NOW

ANNE = Person("10100000016", "410100000016001", "Europe/Paris")


def test_its_files_are_those_of_a_country(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert (SETTINGS, AGENDAS, RULES) == (21_000, 9_000, 5)
    monkeypatch.setattr(imports, "SETTINGS", 20)
    monkeypatch.setattr(imports, "AGENDAS", 10)
    quarantines = Quarantines(None)
    read = {kind: READERS[kind](file, quarantines) for kind, file in write_files(tmp_path).items()}
    assert {kind: len(rows) for kind, rows in read.items()} == {"participation": 20, "agendas": 10}
    assert {len(agenda.slots) for agenda in read["agendas"].values()} == {RULES}


def test_a_change_shows_in_a_search_or_not_yet() -> None:
    card = {"participation": {"sas": False}, "availability": {"days": []}}
    kinds = {builder(ANNE).kind: builder(ANNE).shows for builder in BUILDERS}
    assert not kinds["setting"]({"results": [card]})
    assert kinds["setting"]({"results": [{**card, "participation": {"sas": True}}]})
    assert not kinds["absence"]({"results": [card]})
    assert kinds["absence"]({"results": []})
    assert not build_agenda_slot(ANNE).shows({"results": [card]})
    assert has_card({"results": [card]}, ANNE)
    assert build_setting(ANNE).person is ANNE


def test_an_editor_s_slot_is_booked() -> None:
    *on_slots, beyond = list_requests(build_offer(), NOW)
    kinds = [(one.kind, one.slot) for one in on_slots]
    assert kinds == [(OrientationKind.SLOT, SLOT_ID), (OrientationKind.BOOKING, SLOT_ID)]
    assert beyond.start == NOW.replace(hour=NOW.hour + 1)
