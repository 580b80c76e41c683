"""The whole bench, end to end, on a dozen offers: real processes, a real node, tiny counts."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import orjson
import pytest

from bench.dataset import Site

TINY = ("--searches", "6", "--rounds", "1", "--rate", "20", "--open-seconds", "0.5")


def _bench(site: Site, out: Path, *options: str) -> "subprocess.CompletedProcess[str]":
    given = () if "--from" in options else ("--reuse", site.prefix)
    command = [sys.executable, "-m", "bench", *given, "--out", str(out)]
    return subprocess.run(
        [*command, *TINY, "--connections", "3", *options],
        env={**os.environ, "SAS_ELASTICSEARCH_URL": site.url},
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def _read_results(out: Path) -> tuple[dict[str, Any], str]:
    [results], [page] = out.glob("*.json"), out.glob("*.md")
    return orjson.loads(results.read_bytes()), page.read_text("utf-8")


def test_a_run_measures_everything_and_leaves_the_index(site: Site, tmp_path: Path) -> None:
    done = _bench(site, tmp_path)
    assert done.returncode == 0, done.stderr
    results, page = _read_results(tmp_path)
    found = results["found"]
    assert found["one"]["raw"]["count"] == found["one"]["ours"]["count"] == 6
    assert found["many"]["ours"]["count"] == 12
    sent = [found["many"][name]["requests_a_search"] for name in ("raw", "ours")]
    # Elasticsearch keeps the answers of counts for the second in which they are requested again.
    assert sent[0] == pytest.approx(sent[1], rel=0.25), "ours sends what was recorded"
    assert found["many"]["ours"]["cpu_ms_a_search"]["api"] > 0
    assert found["one"]["stages_p50_ms"]["total"] > 0
    assert [target["value"] for target in found["targets"] if target["name"] == "errors"] == [0]
    assert {"machine", "versions", "commit", "scale", "offers"} <= results["about"].keys()
    assert "| 1 connection, ms |" in page
    assert "| Paris with facets, took, ms |" in page
    assert "times the offers" not in page, "growth is measured where there is a small set"
    assert "1 connection, ms" in done.stdout
    assert site.client.indices.exists_alias(name=site.alias)


@pytest.mark.full_run
def test_a_set_that_is_already_written_is_indexed_and_left(site: Site, tmp_path: Path) -> None:
    """Beside a smaller one, so that growth has its row; ``--strict`` counts it."""
    files, out = tmp_path / "set", tmp_path / "out"
    sas = Path(sys.executable).with_name("sas")
    made = [sas, "generate", "--out", files, "--departments", "976", "--seed", "3"]
    subprocess.run(made, check=True, capture_output=True, timeout=60)
    before = sorted(file.name for file in files.iterdir())
    done = _bench(site, out, "--from", str(files), "--growth", site.prefix, "--strict")
    results, page = _read_results(out)
    assert sorted(file.name for file in files.iterdir()) == before
    assert "times the offers, p50, ms |" in page
    targets = {target["name"]: target["met"] for target in results["found"]["targets"]}
    assert {"Paris with facets", "Lozère", "growth"} <= targets.keys()
    assert done.returncode == (0 if all(targets.values()) else 1), done.stderr
    assert results["about"]["offers"] > 100


@pytest.mark.full_run
def test_a_profile_names_functions_of_ours(site: Site, tmp_path: Path) -> None:
    done = _bench(site, tmp_path, "--profile")
    assert done.returncode == 0, done.stderr
    results, page = _read_results(tmp_path)
    assert results["found"]["ours"]["cpu_ms"] > 0
    assert results["found"]["ours"]["lines"]["parts"]
    assert "with what it calls" in page


def test_a_load_is_never_put_on_another_machine(tmp_path: Path, site: Site) -> None:
    far = Site(site.client, "http://elasticsearch.example:9200", site.prefix, tmp_path)
    done = _bench(far, tmp_path)
    assert done.returncode == 2
    assert "this machine only" in done.stderr
