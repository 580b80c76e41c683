"""The standard streams of every command: unable to hold a character, full, or without a reader."""

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest
import typer

from cli.main import CommandLine, app

pytestmark = pytest.mark.usefixtures("own_process")

SAS = [sys.executable, "-c", "from cli.main import app; app()"]
NO_NODE = {"SAS_ELASTICSEARCH_URL": "http://127.0.0.1:1", "COLUMNS": "200"}
ANSWER = Path(__file__).parents[1] / "fixtures" / "fhir" / "ps-searchset.json"
PARSE = ["slots", "parse", str(ANSWER), "--flow", "R01", "--asked", "10100050075"]
PRINTING = [["search", "--help"], ["schema"], [*PARSE, "--now", "2021-11-04T14:19:35Z"]]
"""Commands that print without a node: through click, through a console, line by line."""


def run(words: Sequence[str], **options: object) -> "subprocess.CompletedProcess[bytes]":
    env = {**os.environ, **NO_NODE, **options.pop("env", {})}  # type: ignore[dict-item]
    options = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "timeout": 120, **options}
    return subprocess.run([*SAS, *words], check=False, env=env, **options)  # type: ignore[call-overload, no-any-return]


def test_every_command_is_behind_the_streams() -> None:
    assert type(app) is CommandLine
    assert CommandLine.__call__ is not typer.Typer.__call__
    project = (Path(__file__).parents[2] / "pyproject.toml").read_text()
    assert 'sas = "cli.main:app"' in project


@pytest.mark.parametrize("encoding", ["cp850", "ascii:strict"])
def test_a_character_that_the_output_cannot_hold_is_replaced(encoding: str) -> None:
    done = run(["search", "--help"], env={"PYTHONIOENCODING": encoding})
    assert done.returncode == 0, done.stderr
    assert b"Traceback" not in done.stderr
    assert b"sas search" in done.stdout


@pytest.mark.parametrize("words", PRINTING)
def test_a_reader_that_left_ends_the_command_as_the_signal_would(words: list[str]) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    done = run(words, stdout=writing)
    os.close(writing)
    assert (done.returncode, done.stderr) == (141, b"")


@pytest.mark.parametrize("words", PRINTING[:2])
def test_an_output_that_is_full_is_one_sentence(words: list[str]) -> None:
    with Path("/dev/full").open("wb") as full:
        done = run(words, stdout=full)
    assert done.returncode == 1
    assert done.stderr.startswith(b"The standard output cannot be written, no space left")
    assert b"Traceback" not in done.stderr


def test_a_message_that_nobody_receives_stops_nothing() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    done = run(["search", "MG"], stderr=writing)
    os.close(writing)
    assert (done.returncode, done.stdout) == (2, b"")
