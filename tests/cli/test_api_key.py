"""``sas api-key``: keys made and revoked at once are none of them lost."""

import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import orjson
import pytest

from mappings.roles import UserRole
from records.keys.store import read_active_keys
from records.keys.values import StoredKey, generate_api_key
from tests.records.fresh import open_fresh_records
from tests.small_disk import fill_disk, open_small_disk

pytestmark = pytest.mark.usefixtures("own_process")


def start_command(state: Path, *words: str, **environment: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-c", "from cli.main import app; app()", *words],
        env={**os.environ, "SAS_STATE_DIR": str(state), **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def start_api_key(state: Path, *words: str, **environment: str) -> "subprocess.Popen[str]":
    return start_command(state, "api-key", *words, **environment)


def end(process: "subprocess.Popen[str]") -> tuple[int, str, str]:
    out, err = process.communicate(timeout=120)
    return process.returncode, out, err


def read_kept(state: Path) -> tuple[StoredKey, ...]:
    database = open_fresh_records(state)
    try:
        return read_active_keys(database)
    finally:
        database.close()


def test_seven_new_keys_and_one_revoked_at_once(tmp_path: Path) -> None:
    code, out, _ = end(start_api_key(tmp_path, "new", "first", "--role", "OSNP", "--json"))
    assert code == 0
    revoked = orjson.loads(out)["id"]
    names = [f"caller {number}" for number in range(7)]
    started = [start_api_key(tmp_path, "new", name, "--role", "OSNP", "--json") for name in names]
    started.insert(3, start_api_key(tmp_path, "revoke", revoked))
    ends = [end(one) for one in started]
    assert [code for code, _, _ in ends] == [0] * 8, ends
    kept = read_kept(tmp_path)
    assert sorted(key.name for key in kept) == names
    made = [orjson.loads(out) for _, out, _ in (*ends[:3], *ends[4:])]
    by_id = {key.id: key for key in kept}
    assert all(by_id[one["id"]].has_secret(one["key"].rpartition("_")[2]) for one in made)


@pytest.mark.parametrize("words", [("records", "up"), ("api-key", "list")])
def test_the_file_of_an_earlier_version_comes_in(tmp_path: Path, words: tuple[str, ...]) -> None:
    _, stored = generate_api_key("lrm", [UserRole.OSNP], datetime.now(UTC))
    file = tmp_path / "keys.json"
    file.write_bytes(orjson.dumps({"keys": [stored.model_dump(mode="json")]}))
    code, _, err = end(start_command(tmp_path / "state", *words, SAS_API_KEYS_FILE=str(file)))
    assert code == 0, err
    assert "1 keys" in err
    assert read_kept(tmp_path / "state") == (stored,)


def test_a_file_that_is_cut_is_named_and_left(tmp_path: Path) -> None:
    file = tmp_path / "keys.json"
    file.write_bytes(b'{"keys": [')
    for words in (("new", "x", "--role", "OSNP"), ("list",), ("revoke", "0" * 12)):
        code, _, err = end(start_api_key(tmp_path, *words, SAS_API_KEYS_FILE=str(file)))
        assert (code, str(file) in err, "Traceback" in err) == (1, True, False)
    assert file.read_bytes() == b'{"keys": ['
    assert read_kept(tmp_path) == ()


def test_a_full_disk_is_one_sentence_and_the_keys_stay() -> None:
    with open_small_disk() as disk:
        assert end(start_api_key(disk, "new", "first", "--role", "OSNP"))[0] == 0
        fill_disk(disk)
        code, out, err = end(start_api_key(disk, "new", "second", "--role", "OSNP"))
        assert (code, out) == (1, "")
        assert "disk is full" in err
        assert "Traceback" not in err
        (disk / "filling").unlink()
        assert [key.name for key in read_kept(disk)] == ["first"]


def test_a_name_is_listed_as_it_was_given(tmp_path: Path) -> None:
    """Brackets are the markup of the library of tables: a closing one ended the list for good."""
    for name in ("[/samu]", "[red]samu[/red]", "two\nlines"):
        assert end(start_api_key(tmp_path, "new", name, "--role", "OSNP"))[0] == 0
    code, out, _ = end(start_api_key(tmp_path, "list"))
    assert code == 0
    assert all(shown in out for shown in ("[/samu]", "[red]samu[/red]", "two lines"))
