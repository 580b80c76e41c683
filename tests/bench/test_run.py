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
    command = [sys.executable, "-m", "bench", "--reuse", site.prefix, "--out", str(out)]
    return subprocess.run(
        [*command, *TINY, "--connections", "3", *options],
        env={**os.environ, "SAS_ELASTICSEARCH_URL": site.url},
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def _written(out: Path) -> tuple[dict[str, Any], str]:
    [told], [page] = out.glob("*.json"), out.glob("*.md")
    return orjson.loads(told.read_bytes()), page.read_text("utf-8")


def test_a_run_measures_everything_and_leaves_the_index(site: Site, tmp_path: Path) -> None:
    done = _bench(site, tmp_path)
    assert done.returncode == 0, done.stderr
    told, page = _written(tmp_path)
    found = told["found"]
    assert found["one"]["raw"]["count"] == found["one"]["ours"]["count"] == 6
    assert found["many"]["ours"]["count"] == 12
    sent = [found["many"][name]["requests_a_search"] for name in ("raw", "ours")]
    # Elasticsearch keeps the answers of counts for the second in which they are asked again.
    assert sent[0] == pytest.approx(sent[1], rel=0.25), "ours sends what was recorded"
    assert found["many"]["ours"]["cpu_ms_a_search"]["api"] > 0
    assert found["one"]["stages_p50_ms"]["total"] > 0
    assert [target["value"] for target in found["targets"] if target["name"] == "errors"] == [0]
    assert {"machine", "versions", "commit", "scale", "offers"} <= told["about"].keys()
    assert "| 1 connection, ms |" in page
    assert "1 connection, ms" in done.stdout
    assert site.client.indices.exists_alias(name=site.alias)


def test_a_profile_names_functions_of_ours(site: Site, tmp_path: Path) -> None:
    done = _bench(site, tmp_path, "--profile")
    assert done.returncode == 0, done.stderr
    told, page = _written(tmp_path)
    assert told["found"]["ours"]["cpu_ms"] > 0
    assert told["found"]["ours"]["lines"]["parts"]
    assert "with what it calls" in page


def test_a_load_is_never_put_on_another_machine(tmp_path: Path, site: Site) -> None:
    far = Site(site.client, "http://elasticsearch.example:9200", site.prefix, tmp_path)
    done = _bench(far, tmp_path)
    assert done.returncode == 2
    assert "this machine only" in done.stderr
