"""What is exported to be corrected by hand is bounded: all of it is kept in memory."""

from pathlib import Path

import orjson
import pytest

from indexers.quality import quarantine_corrections
from indexers.quality.quarantine import Quarantine
from indexers.quality.quarantine_corrections import CorrectionFileError, export_rows
from indexers.quality.reasons import Reason
from indexers.runs import folder


@pytest.fixture
def run(tmp_path: Path) -> Path:
    """A run that set three rows of 100 characters aside."""
    path = tmp_path / "run" / folder.QUARANTINE / "rpps.jsonl"
    aside = Quarantine("rpps", path)
    with aside:
        for line in range(3):
            aside.reject(line, Reason.INVALID_RECORD, "x" * 100)
    assert len(path.read_bytes().splitlines()) == 3
    path.with_suffix(".layout.json").write_bytes(orjson.dumps({"suffix": ".txt", "opening": ""}))
    return tmp_path / "run"


@pytest.mark.parametrize(("bound", "most"), [("EXPORTED_ROWS", 2), ("EXPORTED_SIZE", 299)])
def test_more_than_a_person_corrects_is_refused(
    run: Path, bound: str, most: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(quarantine_corrections, bound, most)
    path = run / "rows.txt"
    with pytest.raises(CorrectionFileError, match="by hand"):
        export_rows(run, "rpps", path)
    assert not path.exists()
    monkeypatch.setattr(quarantine_corrections, bound, most + 1)
    assert export_rows(run, "rpps", path) == 3
