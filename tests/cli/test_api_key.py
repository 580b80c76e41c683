"""``sas api-key``: keys made and revoked at once are none of them lost."""

import os
import stat
import subprocess
import sys
from pathlib import Path

import orjson
import pytest

from mappings.api_keys import read_keys
from tests.small_disk import fill_disk, open_small_disk

pytestmark = pytest.mark.usefixtures("own_process")


def start_api_key(file: Path, *words: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-c", "from cli.main import app; app()", "api-key", *words],
        env={**os.environ, "SAS_API_KEYS_FILE": str(file)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def end(process: "subprocess.Popen[str]") -> tuple[int, str, str]:
    out, err = process.communicate(timeout=120)
    return process.returncode, out, err


def test_seven_new_keys_and_one_revoked_at_once(tmp_path: Path) -> None:
    file = tmp_path / "keys.json"
    code, out, _ = end(start_api_key(file, "new", "first", "--role", "OSNP", "--json"))
    assert code == 0
    file.chmod(0o640)
    revoked = orjson.loads(out)["id"]
    names = [f"caller {number}" for number in range(7)]
    started = [start_api_key(file, "new", name, "--role", "OSNP", "--json") for name in names]
    started.insert(3, start_api_key(file, "revoke", revoked))
    ends = [end(one) for one in started]
    assert [code for code, _, _ in ends] == [0] * 8, ends
    kept = read_keys(file)
    assert sorted(key.name for key in kept) == names
    made = [orjson.loads(out) for _, out, _ in (*ends[:3], *ends[4:])]
    by_id = {key.id: key for key in kept}
    assert all(by_id[one["id"]].has_secret(one["key"].rpartition("_")[2]) for one in made)
    assert stat.S_IMODE(file.stat().st_mode) == 0o640


def test_a_file_that_is_cut_is_named_and_left(tmp_path: Path) -> None:
    file = tmp_path / "keys.json"
    file.write_bytes(b'{"keys": [')
    for words in (("new", "x", "--role", "OSNP"), ("list",), ("revoke", "0" * 12)):
        code, _, err = end(start_api_key(file, *words))
        assert (code, str(file) in err, "Traceback" in err) == (1, True, False)
    assert file.read_bytes() == b'{"keys": ['


def test_a_full_disk_is_one_sentence_and_the_keys_stay() -> None:
    with open_small_disk() as disk:
        file = disk / "keys.json"
        assert end(start_api_key(file, "new", "first", "--role", "OSNP"))[0] == 0
        before = file.read_bytes()
        fill_disk(disk)
        code, out, err = end(start_api_key(file, "new", "second", "--role", "OSNP"))
        assert (code, out) == (1, "")
        assert str(file) in err
        assert "disk is full" in err
        assert "Traceback" not in err
        assert file.read_bytes() == before


def test_a_name_is_listed_as_it_was_given(tmp_path: Path) -> None:
    """Brackets are the markup of the library of tables: a closing one ended the list for good."""
    file = tmp_path / "keys.json"
    for name in ("[/samu]", "[red]samu[/red]", "two\nlines"):
        assert end(start_api_key(file, "new", name, "--role", "OSNP"))[0] == 0
    code, out, _ = end(start_api_key(file, "list"))
    assert code == 0
    assert all(shown in out for shown in ("[/samu]", "[red]samu[/red]", "two lines"))
