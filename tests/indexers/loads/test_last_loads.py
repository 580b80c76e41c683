"""What each source gave at its last load, on a real node."""

import hashlib
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from indexers.loads.source_load import LoadRequest, load_source
from indexers.quality.gate import GateClosedError
from indexers.reindex import recipe
from records.trail.last_loads import build_source_load, last_loads, record_loads
from records.trail.trail import Trail
from tests.indexers.file_set import MSP, NOW
from tests.indexers.reindex_harness import ANNE, ReindexHarness, two_doctors
from tests.records.fresh import open_fresh_records


def test_the_last_load_of_each_source_is_kept(tmp_path: Path) -> None:
    trail = Trail(open_fresh_records(tmp_path), "one")
    path = tmp_path / "participation.jsonl"
    path.write_bytes(b"{}\n{}\n")
    first = build_source_load("participation", [path], 2, None, NOW)
    assert first.sha256 == hashlib.sha256(b"{}\n{}\n").hexdigest()
    assert (first.file, first.bytes) == ("participation.jsonl", 6)
    register = replace(first, source="rpps", file="PS.txt", edition=date(2026, 11, 22))
    assert last_loads(trail) == {}
    record_loads(trail, [first, register])
    assert last_loads(trail) == {"participation": first, "rpps": register}
    second = replace(first, rows=3)
    record_loads(trail, [second])
    assert last_loads(trail) == {"participation": second, "rpps": register}
    assert last_loads(Trail(trail.database, "another")) == {}


def test_several_files_of_one_source_are_one_load(tmp_path: Path) -> None:
    paths = [tmp_path / "a.json", tmp_path / "b.csv"]
    for path in paths:
        path.write_text(path.name)
    load = build_source_load("finess", paths, 7, None, NOW)
    assert (load.file, load.bytes) == ("a.json + b.csv", 11)
    assert load.sha256 == hashlib.sha256(b"a.jsonb.csv").hexdigest()


def test_a_reindex_and_a_load_record_what_they_read(
    reindex_harness: ReindexHarness, tmp_path: Path
) -> None:
    files = two_doctors(reindex_harness).site(MSP, "603", "MSP DES TANNEURS")
    files.line("participation", rpps=ANNE, participation=False)
    order = reindex_harness.reindex_request(files)
    recipe.reindex(reindex_harness.es, order)
    loads = last_loads(reindex_harness.trail)
    assert {name: load.rows for name, load in loads.items()} == {
        "rpps": 2,
        "finess": 1,
        "participation": 1,
    }
    assert loads["rpps"].edition == date(2026, 11, 22)
    assert loads["finess"].edition == date(2026, 11, 20)
    assert {load.loaded_at for load in loads.values()} == {order.started}
    path = tmp_path / "participation.jsonl"
    path.write_text(f'{{"rpps": "{ANNE}", "participation": true, "via": 1}}\n')
    load_source(
        reindex_harness.es,
        LoadRequest("participation", path, NOW, tmp_path / "run", reindex_harness.trail),
    )
    after = last_loads(reindex_harness.trail)
    assert after["participation"] == build_source_load("participation", [path], 1, None, NOW)
    assert after["rpps"] == loads["rpps"]


def test_a_run_that_failed_records_nothing(reindex_harness: ReindexHarness) -> None:
    with pytest.raises(GateClosedError):
        reindex_harness.reindex(two_doctors(reindex_harness), floor=1_000)
    assert last_loads(reindex_harness.trail) == {}
