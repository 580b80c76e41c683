"""The bench of a reindex: every stage is reported, over the documents of the raw bulk."""

from pathlib import Path

import pytest
from elasticsearch import Elasticsearch

from bench import indexing
from elastic.names import offers_alias
from tests.indexers.file_set import FLORAC, FileSet

DOCTORS = [f"1000000{n:04d}" for n in range(30)]


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    files = FileSet(tmp_path / "files")
    for rpps in DOCTORS:
        files.doctor(rpps).doctor(rpps, FLORAC, practice=f"{rpps}009")
    return files.directory


def test_a_run_tells_its_stages_and_the_raw_bulk_writes_the_same_documents(
    es: Elasticsearch, index_prefix: str, directory: Path, tmp_path: Path
) -> None:
    meter = indexing.build_indexing_meter(es)
    stages = indexing.measure_reindex(es, directory, index_prefix, tmp_path, meter)
    by_name = {stage.name: stage for stage in stages}
    assert list(by_name)[2:4] == [indexing.READING, indexing.WRITING]
    assert all(stage.seconds > 0 for stage in stages)
    assert stages[0].spent.peak_mb[indexing.LOADER] > 1

    bodies = indexing.serialise_in_subprocess(directory, tmp_path)
    raw = indexing.raw_bulk(es, f"{index_prefix}-raw", *bodies, meter)
    assert raw.documents == by_name[indexing.WRITING].documents == 2 * len(DOCTORS)
    assert es.count(index=offers_alias(index_prefix))["count"] == raw.documents
    assert not es.indices.get(index=f"{index_prefix}-raw-*")
    ratio = by_name[indexing.WRITING].seconds / raw.seconds
    assert indexing.raw_bulk_ratio(stages, raw) == pytest.approx(ratio)
    whole, memory = indexing.targets(stages)
    assert whole.is_met
    assert memory.is_met
    assert len(indexing.rows([*stages, raw])) == len(stages) + 1
