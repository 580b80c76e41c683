"""Small sources applied in place: the live index becomes what a whole reindex would have made."""

from collections import Counter
from pathlib import Path
from typing import Any

import orjson
import pytest

from elastic.errors import IndexMissing, LockTaken
from elastic.service import lock
from indexers.loads.source_load import (
    EmptySourceError,
    LoadRequest,
    UnknownSourceError,
    load_source,
)
from indexers.quality.gate import GateClosedError
from indexers.reindex.recipe import LOCK
from indexers.runs.progress import ProgressListener
from indexers.sources.own_formats import OwnFormatError
from records.trail import audit
from tests.indexers.file_set import MSP, NOW
from tests.indexers.loads.load_harness import (
    ANNE,
    AT_ANNE,
    BRUNO,
    CARD,
    CENTRE_IN,
    DAY,
    EXTRAS,
    LOCATION,
    OPT_OUT,
    OWN,
    SOLUTION,
    SOS_IN,
    THROUGH_CPTS,
    THROUGH_MSP,
    WHOLE_SOLUTION,
    apply_load,
    base,
    dry_run_lines,
)
from tests.indexers.reindex_harness import ReindexHarness

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
    trail = audit.read_audit_trail(reindex_harness.trail)
    with lock.open_lock(reindex_harness.es, LOCK, prefix=reindex_harness.prefix):
        result = dry_run_lines(reindex_harness, "participation", OWN, THROUGH_MSP)
    assert result["dry_run"] is True
    assert result["kinds"] == {"professional": 2, "structure": 1}
    assert result["fields"]["participant"] == 3
    assert audit.read_audit_trail(reindex_harness.trail) == trail
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
    order = LoadRequest("participation", path, NOW, path.parent / "run", reindex_harness.trail)
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


def test_what_does_not_change_is_not_written(reindex_harness: ReindexHarness) -> None:
    reindex_harness.reindex(base(reindex_harness))
    assert apply_load(reindex_harness, "participation", OWN)["writes"] == 1
    assert apply_load(reindex_harness, "participation", OWN)["writes"] == 0


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
            LoadRequest("participation", path, NOW, tmp_path / "r", reindex_harness.trail),
        )


def test_the_trail_tells_what_was_loaded(reindex_harness: ReindexHarness) -> None:
    reindex_harness.reindex(base(reindex_harness))
    apply_load(reindex_harness, "participation", OWN)
    entry = audit.read_audit_trail(reindex_harness.trail)[0]
    assert entry.event is audit.Event.SOURCE_LOADED
    seconds = entry.details.pop("seconds")
    assert seconds > 0
    assert entry.details == {
        **{"source": "participation", "writes": 1},
        "aside": {"participation": 0},
    }
