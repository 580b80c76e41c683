"""Commands run inside the test process, in a corner of its own."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from cli.main import app
from tests.cli.commands import ANNE, BRUNO, Run
from tests.indexers.file_set import FLORAC, FileSet


@pytest.fixture
def run(es_url: str, index_prefix: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """``run("reindex", ...)`` as a person types it, in a corner of its own."""
    monkeypatch.setenv("SAS_ELASTICSEARCH_URL", es_url)
    monkeypatch.setenv("SAS_INDEX_PREFIX", index_prefix)
    monkeypatch.setenv("SAS_STATE_DIR", str(tmp_path / "state"))
    monkeypatch.setenv("SAS_REQUEST_TIMEOUT_S", "30")
    monkeypatch.setenv("COLUMNS", "200")
    return lambda *words, **more: CliRunner().invoke(app, [str(word) for word in words], **more)


@pytest.fixture
def files(tmp_path: Path) -> FileSet:
    """Two doctors, of Mende and of Florac."""
    return FileSet(tmp_path / "in").doctor(ANNE).doctor(BRUNO, FLORAC)
