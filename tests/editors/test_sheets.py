"""A sheet that cannot be used is refused with the line that is wrong."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson
import pytest

from editors.sheets import SheetInvalid, read_sheets
from simulation.editors.sheets import issue_certificates, write_sheets
from tests.editors.platform import ALPHA, BETA, SimulatedEditors


@pytest.fixture
def sheets(editors: SimulatedEditors, tmp_path: Path) -> Path:
    """The sheets of the examples' editors."""
    market = issue_certificates(tmp_path, datetime.now(UTC))
    return write_sheets(market, editors.app.books, editors.port)


def change_first(path: Path, **changed: Any) -> Path:
    """The sheets, the first one changed in some lines; None removes one."""
    first, *others = orjson.loads(path.read_bytes())
    kept = {name: value for name, value in {**first, **changed}.items() if value is not None}
    path.write_bytes(orjson.dumps([kept, *others]))
    return path


def test_the_simulation_writes_sheets_that_are_read(sheets: Path) -> None:
    alpha, beta = read_sheets(sheets)
    assert (alpha.name, alpha.flow, alpha.sos, list(alpha.list_flows())) == (
        (ALPHA, "R01", True, ["R01", "SOS1"])
    )
    assert (beta.name, beta.flow, beta.sos) == (BETA, "R04", False)
    assert alpha.certificate == sheets.parent / "platform.pem"


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"base_url": "http://localhost/a"}, "Editor 1, base_url"),
        ({"flow": "R02"}, "Editor 1, flow"),
        ({"common_name": None}, "Editor 1, common_name: Field required"),
        ({"parallel_calls": 0}, "Editor 1, parallel_calls"),
        ({"name": "sas-agenda"}, "Editor 1, name"),
        ({"password": "x"}, "Editor 1, password"),
        ({"key": "none.key"}, "no file none.key"),
        ({"name": BETA}, f"{BETA} is there twice"),
    ],
)
def test_a_line_that_is_wrong_is_named(sheets: Path, changed: dict[str, Any], said: str) -> None:
    with pytest.raises(SheetInvalid, match=said):
        read_sheets(change_first(sheets, **changed))


@pytest.mark.parametrize("content", [b"", b"{", b"[1]", b'"alpha"', b"\xff"])
def test_what_is_no_sheet_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "editors.json"
    path.write_bytes(content)
    with pytest.raises(SheetInvalid):
        read_sheets(path)
