"""``sas generate``: exit codes, and one JSON document for programs."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cli.main import app

RUN = CliRunner()
LOZERE = ["--departments", "48", "--now", "2026-11-24T08:45:00+01:00"]


def test_programs_get_one_json_document(tmp_path: Path) -> None:
    done = RUN.invoke(app, ["generate", "--out", str(tmp_path / "set"), *LOZERE, "--json"])
    assert done.exit_code == 0
    manifest = json.loads(done.stdout)
    assert (manifest["now"], manifest["departments"]) == ("2026-11-24T07:45:00Z", ["48"])
    assert manifest["offers"]["professional"] > 100
    assert (tmp_path / "set" / "manifest.json").is_file()


def test_people_get_counts_and_the_next_command(tmp_path: Path) -> None:
    out = str(tmp_path / "set")
    done = RUN.invoke(app, ["generate", "--out", out, *LOZERE, "--defects", "0.05"])
    assert done.exit_code == 0
    assert "planted defects" in done.stdout
    assert "sas reindex --from" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["--departments", "99"], 1, "no department 99"),
        (["--now", "2026-11-24T08:45:00"], 2, "offset"),
        (["--now", "tomorrow"], 2, "offset"),
        (["--scale", "galaxy"], 2, "galaxy"),
        (["--defects", "0.9"], 2, "0.5"),
    ],
)
def test_each_mistake_ends_with_its_code(
    tmp_path: Path, arguments: list[str], code: int, message: str
) -> None:
    done = RUN.invoke(app, ["generate", "--out", str(tmp_path / "set"), *arguments])
    assert done.exit_code == code
    assert message in done.stderr
    assert not (tmp_path / "set").exists()


def test_a_directory_in_use_ends_with_code_1(tmp_path: Path) -> None:
    (tmp_path / "mine").write_text("kept")
    done = RUN.invoke(app, ["generate", "--out", str(tmp_path), *LOZERE])
    assert done.exit_code == 1
    assert "is not empty" in " ".join(done.stderr.split())
