"""Small sources applied in place: the live index becomes what a whole reindex would have made."""

from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson
import pytest
from elasticsearch import Elasticsearch

from elastic import optimistic
from elastic.errors import IndexMissing, LockTaken
from elastic.service import audit, lock
from indexers.changes import patching
from indexers.loads.source_load import (
    EmptySourceError,
    LoadRequest,
    UnknownSourceError,
    dry_run_load,
    load_source,
)
from indexers.quality.gate import GateClosedError
from indexers.reindex.recipe import LOCK
from indexers.runs.progress import ProgressListener
from indexers.sources.own_formats import OwnFormatError
from tests.indexers.file_set import CENTRE, CPTS, FLORAC, MSP, NOW, SOS_SIRET, FileSet, rang
from tests.indexers.reindex_harness import TEN, ReindexHarness, slot

ANNE, BRUNO = "10100000016", "10100000024"
AT_ANNE, AT_BRUNO = f"rpps:{ANNE}@4{rang(ANNE)}", f"rpps:{BRUNO}@4{rang(BRUNO)}"
DAY = {"start": "2026-11-23", "end": "2026-11-23"}
LOCATION = f"4{rang(ANNE)}"

OWN = {"rpps": ANNE, "participation": True, "via": 1}
THROUGH_CPTS = {
    "rpps": ANNE,
    "participation": True,
    "via": 2,
    "finess": CPTS,
    "locations": [LOCATION],
}
THROUGH_MSP = {"rpps": BRUNO, "participation": True, "via": 3, "finess": MSP}
OPT_OUT = {"rpps": BRUNO, "participation": False, "editor_disabled": True}
CENTRE_IN = {
    "finess": CENTRE,
    "participation": True,
    "hours_available": True,
    "practitioner_count": 2,
}
SOS_IN = {"siret": SOS_SIRET, "participation": True, "hours_available": True}
EXTRAS = {
    "finess": MSP,
    "hours": {"mon": [["08:00", "12:00"]]},
    "maternity_level": "1",
    "emergency": True,
    "additional_info": "Sonner",
}
CARD = {"finess": CPTS, "name": "CPTS Lozère", "communes": ["48095"], "phones": ["0466000002"]}
SOLUTION = {
    "key": "visio",
    "editor": "acme",
    "name": "Acme",
    "link": "https://acme.example",
    "departments": ["48"],
}
WHOLE_SOLUTION = {
    **SOLUTION,
    "professions": ["10"],
    "specialties": ["SM54"],
    "communes": ["48095", "14074"],
    "circle": {"lat": 44.5, "lon": 3.5, "km": 12.5},
    "consultation": ["VR", "HH"],
    "phone": "0466000009",
    "description": "Le <b>soir</b>",
}


@pytest.fixture
def reindex_harness(es: Elasticsearch, index_prefix: str, tmp_path: Path) -> ReindexHarness:
    return ReindexHarness(es, index_prefix, tmp_path)


def base(harness: ReindexHarness, name: str = "in") -> FileSet:
    """Two doctors, an MSP, a health centre, an SOS association."""
    files = harness.files(name).doctor(ANNE).doctor(BRUNO, FLORAC)
    return files.site(MSP, "603", "MSP").site(CENTRE, "124", "CENTRE DE SANTE").sos()


def apply_load(
    harness: ReindexHarness, source: str, *lines: dict[str, Any], **changes: Any
) -> dict[str, Any]:
    path = harness.files("loads").directory / f"{source}.jsonl"
    path.write_bytes(b"".join(orjson.dumps(line) + b"\n" for line in lines))
    run = path.parent / "run"
    order = LoadRequest(source, path, datetime.now(UTC), run, harness.prefix, **changes)
    return load_source(harness.es, order)


def dry_run_lines(harness: ReindexHarness, source: str, *lines: dict[str, Any]) -> dict[str, Any]:
    path = harness.files("rehearsed").directory / f"{source}.jsonl"
    path.write_bytes(b"".join(orjson.dumps(line) + b"\n" for line in lines))
    now = datetime.now(UTC)
    return dry_run_load(
        harness.es, LoadRequest(source, path, now, path.parent / "run", harness.prefix)
    )


CASES: dict[str, tuple[str, list[dict[str, Any]], list[dict[str, Any]]]] = {
    "own practice": ("participation", [], [OWN]),
    "through a CPTS": ("participation", [OWN], [THROUGH_CPTS]),
    "no longer through a CPTS": ("participation", [THROUGH_CPTS], [OWN]),
    "through an MSP": ("participation", [OWN], [THROUGH_MSP]),
    "the last one leaves the MSP": ("participation", [THROUGH_MSP], [OWN]),
    "opt-out": ("participation", [], [OPT_OUT]),
    "two at once": ("participation", [OPT_OUT], [OWN, THROUGH_MSP]),
    "a centre takes part": ("structures", [], [CENTRE_IN]),
    "a centre leaves": ("structures", [CENTRE_IN], [EXTRAS]),
    "an association takes part": ("structures", [EXTRAS], [SOS_IN]),
    "extras": ("structures", [], [EXTRAS]),
    "extras taken back": ("structures", [EXTRAS], [CENTRE_IN]),
    "an absence": ("absences", [], [{"rpps": ANNE, "ranges": [DAY]}]),
    "another absence": (
        "absences",
        [{"rpps": ANNE, "ranges": [DAY]}],
        [{"rpps": BRUNO, "always": True}, {"finess": MSP, "ranges": [DAY]}],
    ),
    "absent at one place": ("absences", [], [{"rpps": ANNE, "idnst": LOCATION, "always": True}]),
    "a CPTS comes": ("cpts", [], [CARD]),
    "a CPTS is renamed": ("cpts", [CARD], [{**CARD, "name": "CPTS Mende", "phones": []}]),
    "a CPTS goes": ("cpts", [CARD], [{**CARD, "finess": "480000058"}]),
    "a solution comes": ("solutions", [], [SOLUTION]),
    "a solution says all it can": ("solutions", [SOLUTION], [WHOLE_SOLUTION]),
    "a solution takes back what it said": ("solutions", [WHOLE_SOLUTION], [SOLUTION]),
    "a solution is switched off": (
        "solutions",
        [SOLUTION],
        [{**SOLUTION, "enabled": False}, {**SOLUTION, "key": "other"}],
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_a_load_gives_what_a_reindex_would_have_given(
    reindex_harness: ReindexHarness, case: str
) -> None:
    """With a CPTS, and a member of it, whenever that is not what is loaded."""
    source, before, after = CASES[case]
    others = {"cpts": [CARD], "participation": [THROUGH_CPTS]}
    for name, lines in (("before", before), ("after", after)):
        files = base(reindex_harness, name)
        for other, text in {**others, source: lines}.items():
            for line in text:
                files.line(other, **line)
    expected = reindex_harness.files("after").offers()
    reindex_harness.reindex(reindex_harness.files("before"))
    live = reindex_harness.offers()
    result = dry_run_lines(reindex_harness, source, *after)
    assert reindex_harness.offers() == live
    apply_load(reindex_harness, source, *after)
    assert reindex_harness.offers() == expected
    assert result["outcomes"] == outcomes(live, expected)


def outcomes(before: dict[str, Any], after: dict[str, Any]) -> Counter[str]:
    """How many offers come, go and change, by plain comparison."""
    return Counter(
        "added" if key not in before else "removed" if key not in after else "changed"
        for key in {*before, *after}
        if before.get(key) != after.get(key)
    )


def test_a_rehearsal_names_what_changes_and_leaves_no_trail(
    reindex_harness: ReindexHarness,
) -> None:
    reindex_harness.reindex(base(reindex_harness))
    trail = audit.read_audit_trail(reindex_harness.es, prefix=reindex_harness.prefix)
    with lock.open_lock(reindex_harness.es, LOCK, prefix=reindex_harness.prefix):
        result = dry_run_lines(reindex_harness, "participation", OWN, THROUGH_MSP)
    assert result["dry_run"] is True
    assert result["kinds"] == {"professional": 2, "structure": 1}
    assert result["fields"]["participant"] == 3
    assert audit.read_audit_trail(reindex_harness.es, prefix=reindex_harness.prefix) == trail
    with pytest.raises(EmptySourceError):
        dry_run_lines(reindex_harness, "participation")


def test_a_rehearsal_of_the_registry_counts_its_entries(reindex_harness: ReindexHarness) -> None:
    reindex_harness.reindex(base(reindex_harness))
    one = {"origin": "1.2.250.1.1", "name": "Un"}
    assert dry_run_lines(reindex_harness, "lrm", one)["outcomes"] == {"added": 1}
    apply_load(reindex_harness, "lrm", one)
    again = dry_run_lines(
        reindex_harness, "lrm", {**one, "name": "Deux"}, {"origin": "1.2.250.1.2", "name": "B"}
    )
    assert again["outcomes"] == {"changed": 1, "added": 1}


def test_a_long_load_keeps_its_lock_and_says_where_it_is(reindex_harness: ReindexHarness) -> None:
    class RecordingProgressListener(ProgressListener):
        def __init__(self) -> None:
            super().__init__()
            self.notifications: list[str | int] = []

        def show_stage(self, name: str) -> None:
            self.notifications.append(name)

        def show_count(self, done: int) -> None:
            self.notifications.append(done)

    reindex_harness.reindex(base(reindex_harness))
    watch = RecordingProgressListener()
    path = reindex_harness.files("loads").directory / "participation.jsonl"
    path.write_bytes(orjson.dumps(OWN))
    order = LoadRequest("participation", path, NOW, path.parent / "run", reindex_harness.prefix)
    load_source(reindex_harness.es, order, watch)
    assert watch.notifications == ["Taking the lock", "Loading participation", 1]
    assert len(watch._beats) == 1


@pytest.mark.proves("F111")
def test_a_setting_loaded_is_searched_at_once(reindex_harness: ReindexHarness) -> None:
    reindex_harness.reindex(base(reindex_harness))
    taking_part = {"bool": {"filter": [{"term": {"participant": True}}, {"term": {"rpps": ANNE}}]}}
    assert reindex_harness.es.count(index=reindex_harness.alias, query=taking_part)["count"] == 0
    apply_load(reindex_harness, "participation", OWN)
    assert reindex_harness.es.count(index=reindex_harness.alias, query=taking_part)["count"] == 1


def test_stored_slots_are_judged_again_by_a_new_setting(reindex_harness: ReindexHarness) -> None:
    reindex_harness.reindex(base(reindex_harness).line("cpts", **CARD))
    both = {**TEN, "declared_types": ["PUBLIC", "CPTS"], "cpts": [CPTS]}
    reindex_harness.give_slots(AT_ANNE, both)
    apply_load(reindex_harness, "participation", THROUGH_CPTS)
    assert reindex_harness.offers()[AT_ANNE]["slots"][0]["types"] == ["PUBLIC", "CPTS"]
    apply_load(reindex_harness, "participation", OWN)
    assert reindex_harness.offers()[AT_ANNE]["slots"][0]["types"] == ["PUBLIC"]
    apply_load(reindex_harness, "absences", {"rpps": ANNE, "ranges": [DAY]})
    assert reindex_harness.offers()[AT_ANNE]["slots"][0]["hidden_reason"] == "absent"
    apply_load(reindex_harness, "absences", {"rpps": BRUNO, "ranges": [DAY]})
    (slot_again,) = reindex_harness.offers()[AT_ANNE]["slots"]
    assert slot_again["types"] == ["PUBLIC"]
    assert "hidden_reason" not in slot_again


@pytest.mark.proves("F036", "W27")
def test_an_absence_of_one_day_hides_that_day_s_slots_of_every_source(
    reindex_harness: ReindexHarness,
) -> None:
    reindex_harness.reindex(base(reindex_harness))
    tomorrow = ("2026-11-24T10:00:00Z", "2026-11-24T10:20:00Z")
    agenda = slot("sas-agenda:1", TEN["start"], "2026-11-23T10:30:00Z", source="sas-agenda")
    reindex_harness.give_slots(AT_ANNE, TEN, agenda, slot("acme:2", *tomorrow))
    apply_load(reindex_harness, "absences", {"rpps": ANNE, "ranges": [DAY]})
    hidden = {
        one["id"]: one.get("hidden_reason") for one in reindex_harness.offers()[AT_ANNE]["slots"]
    }
    assert hidden == {"acme:1": "absent", "sas-agenda:1": "absent", "acme:2": None}


def test_the_slots_of_a_point_stay_when_its_association_is_loaded_again(
    reindex_harness: ReindexHarness,
) -> None:
    reindex_harness.reindex(base(reindex_harness).line("structures", **SOS_IN))
    point = f"sos:{SOS_SIRET}:PFG-1"
    reindex_harness.give_slots(point, TEN)
    address = {"line": "2 avenue Foch", "postal_code": "48000", "city": "Mende"}
    kept = {"id": "PFG-1", "name": "Garde de Mende", "address": address}
    added = {**kept, "id": "PFG-2", "name": "Garde de Florac"}
    apply_load(reindex_harness, "sos", {"siret": SOS_SIRET, "name": "SOS", "points": [kept, added]})
    offers = reindex_harness.offers()
    assert offers[point]["slots"] == [TEN]
    assert offers[point]["lines"] == ["2 avenue Foch"]
    assert offers[point]["participant"] is True
    assert offers[f"sos:{SOS_SIRET}:PFG-2"]["participant"] is True
    apply_load(reindex_harness, "sos", {"siret": SOS_SIRET, "name": "SOS", "points": [added]})
    assert point not in reindex_harness.offers()


def test_a_cpts_keeps_the_seat_that_finess_gave_it(reindex_harness: ReindexHarness) -> None:
    reindex_harness.reindex(base(reindex_harness).site(CPTS, "604", "CPTS").line("cpts", **CARD))
    seat = reindex_harness.offers()[f"cpts:{CPTS}"]["point"]
    apply_load(reindex_harness, "cpts", {**CARD, "name": "CPTS Mende"})
    card = reindex_harness.offers()[f"cpts:{CPTS}"]
    assert (card["title"], card["point"]) == ("CPTS Mende", seat)


def test_a_card_keeps_the_point_a_geocoder_gave_its_address(
    reindex_harness: ReindexHarness,
) -> None:
    """A load asks no geocoder; the reindex had answers for this address, and not for another."""
    address = {"line": "5 rue du Collège", "postal_code": "48000", "city": "Mende"}
    files = base(reindex_harness).line("cpts", **CARD, address=address)
    header = "line,postal_code,city,lat,lon,precision,score"
    row = "5 rue du Collège,48000,Mende,44.5201,3.5011,housenumber,0.95"
    (files.directory / "geocoded.csv").write_text(f"{header}\n{row}\n", encoding="utf-8")
    reindex_harness.reindex(files)
    before = reindex_harness.offers()[f"cpts:{CPTS}"]
    assert before["precision"] == "housenumber"
    apply_load(reindex_harness, "cpts", {**CARD, "name": "CPTS Mende", "address": address})
    card = reindex_harness.offers()[f"cpts:{CPTS}"]
    assert card["title"] == "CPTS Mende"
    assert (card["point"], card["sources"]) == (before["point"], before["sources"])
    apply_load(
        reindex_harness, "cpts", {**CARD, "address": {**address, "line": "6 rue du Collège"}}
    )
    assert reindex_harness.offers()[f"cpts:{CPTS}"]["precision"] == "municipality"


def test_what_does_not_change_is_not_written(reindex_harness: ReindexHarness) -> None:
    reindex_harness.reindex(base(reindex_harness))
    assert apply_load(reindex_harness, "participation", OWN)["writes"] == 1
    assert apply_load(reindex_harness, "participation", OWN)["writes"] == 0


def test_a_slot_that_arrives_while_a_card_is_written_stays(
    reindex_harness: ReindexHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The load has read the card, an editor writes it, the load writes: a conflict, read again."""
    at_centre = {"id": "1", "name": "Mende", "address": {"postal_code": "48000", "city": "Mende"}}
    association = {"siret": SOS_SIRET, "name": "SOS", "points": [at_centre]}
    reindex_harness.reindex(reindex_harness.files().line("sos", **association))
    point = f"sos:{SOS_SIRET}:1"
    usual, rounds = optimistic.write_operations, []

    def write_late(client: Any, index: str, operations: Any, *more: Any) -> Any:
        ready = list(operations)
        rounds.append(len(ready))
        if len(rounds) == 1:
            reindex_harness.give_slots(point, TEN)
        return usual(client, index, ready, *more)

    monkeypatch.setattr(optimistic, "write_operations", write_late)
    report = apply_load(reindex_harness, "sos", {**association, "name": "SOS Lozère"})
    offer = reindex_harness.offers()[point]
    assert (offer["association"], offer["slots"]) == ("SOS Lozère", [TEN])
    assert (rounds, report["writes"]) == ([1, 1], 1)


def test_an_offer_that_changes_meanwhile_is_read_again(
    reindex_harness: ReindexHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    reindex_harness.reindex(base(reindex_harness))
    usual, arrived = patching.apply_patch, []

    def while_a_slot_arrives(offer: Any, patch: Any) -> Any:
        if offer["id"] == AT_ANNE and not arrived:
            arrived.append(True)
            reindex_harness.give_slots(AT_ANNE, TEN)
        return usual(offer, patch)

    monkeypatch.setattr(patching, "apply_patch", while_a_slot_arrives)
    apply_load(reindex_harness, "participation", OWN)
    offer = reindex_harness.offers()[AT_ANNE]
    assert offer["participant"] is True
    assert offer["slots"] == [TEN]


def test_too_many_bad_lines_change_nothing(reindex_harness: ReindexHarness) -> None:
    reindex_harness.reindex(base(reindex_harness))
    before = reindex_harness.offers()
    with pytest.raises(GateClosedError, match="Nothing was changed"):
        apply_load(reindex_harness, "participation", OWN, {"rpps": "1"})
    assert reindex_harness.offers() == before
    apply_load(reindex_harness, "participation", OWN, {"rpps": "1"}, accept_drift=True)
    assert reindex_harness.offers()[AT_ANNE]["participant"] is True


def test_an_empty_file_takes_nothing_back_unless_told_so(reindex_harness: ReindexHarness) -> None:
    reindex_harness.reindex(base(reindex_harness).line("participation", **OWN))
    with pytest.raises(EmptySourceError, match="nothing was changed"):
        apply_load(reindex_harness, "participation")
    assert reindex_harness.offers()[AT_ANNE]["participant"] is True
    apply_load(reindex_harness, "participation", accept_drift=True)
    assert "participant" not in reindex_harness.offers()[AT_ANNE]


def test_a_load_needs_a_live_index_a_lock_and_a_known_source(
    reindex_harness: ReindexHarness, tmp_path: Path
) -> None:
    with pytest.raises(IndexMissing, match="sas reindex"):
        apply_load(reindex_harness, "participation", OWN)
    with (
        lock.open_lock(reindex_harness.es, LOCK, prefix=reindex_harness.prefix),
        pytest.raises(LockTaken),
    ):
        apply_load(reindex_harness, "participation", OWN)
    with pytest.raises(UnknownSourceError, match="choose one of participation"):
        apply_load(reindex_harness, "rpps", OWN)
    reindex_harness.reindex(base(reindex_harness))
    path = tmp_path / "participation.csv"
    path.write_text("rpps,colour\n")
    with pytest.raises(OwnFormatError, match="colour"):
        load_source(
            reindex_harness.es,
            LoadRequest("participation", path, NOW, tmp_path / "r", reindex_harness.prefix),
        )


def test_the_trail_tells_what_was_loaded(reindex_harness: ReindexHarness) -> None:
    reindex_harness.reindex(base(reindex_harness))
    apply_load(reindex_harness, "participation", OWN)
    entry = audit.read_audit_trail(reindex_harness.es, prefix=reindex_harness.prefix)[0]
    assert entry.event is audit.Event.SOURCE_LOADED
    seconds = entry.details.pop("seconds")
    assert seconds > 0
    assert entry.details == {
        **{"source": "participation", "writes": 1},
        "aside": {"participation": 0},
    }
