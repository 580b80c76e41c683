"""A harness on the real node: files, a live index, and processes that reindex."""

import json
import os
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from elasticsearch import Elasticsearch

from elastic.names import locks_index
from mappings.identifiers import is_luhn_valid
from mappings.instants import utc_text
from tests.indexers.file_set import FLORAC, MENDE, NOW, FileSet
from tests.indexers.reindex_harness import ReindexHarness
from tests.records.conftest import database, database_url, empty_database, postgres_url

__all__ = ["database", "database_url", "empty_database", "postgres_url"]

ROOT = Path(__file__).parents[2]
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


@pytest.fixture(scope="session")
def runner_socket() -> Iterator[str]:
    """The socket of a process that has loaded the program and forks runners."""
    with tempfile.TemporaryDirectory(prefix="sas-night-") as folder:
        address = f"{folder}/runners"
        with subprocess.Popen(
            [sys.executable, "-m", "tests.night.command_runner", address],
            cwd=ROOT,
            env={**os.environ, "COLUMNS": "200"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        ) as process:
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n"
            yield address
            process.communicate()


class CommandRunner:
    """A process that forks a real process for each command it receives."""

    def __init__(self, program: str, folder: Path, environment: dict[str, str]) -> None:
        self._output = folder / "output.txt"
        self._connection = socket.socket(socket.AF_UNIX)
        self._connection.connect(program)
        self._orders = self._connection.makefile("rw")
        self._send(environment)
        self._pid = self._answer()

    def start(self, *words: object) -> int:
        """Begin a command; the number of its process."""
        self._send({"words": [str(word) for word in words], "output": str(self._output)})
        return self._answer()

    def end(self) -> tuple[int, str]:
        """Wait for the command; its exit code and what it printed."""
        return self._answer(), self._output.read_text()

    def run(self, *words: object) -> tuple[int, str]:
        """A command from its beginning to its end."""
        self.start(*words)
        return self.end()

    def children(self) -> list[str]:
        """Processes that are still there, and their own."""
        return Path(f"/proc/{self._pid}/task/{self._pid}/children").read_text().split()

    def close(self) -> None:
        """No more commands; returns once the process has ended."""
        self._connection.shutdown(socket.SHUT_WR)
        self._orders.read()
        self._orders.close()
        self._connection.close()

    def _send(self, order: dict[str, Any]) -> None:
        self._orders.write(json.dumps(order) + "\n")
        self._orders.flush()

    def _answer(self) -> int:
        return int(self._orders.readline())


class CrashHarness(ReindexHarness):
    """A reindex harness whose commands run as a scheduler runs them, with folders of their own."""

    def __init__(
        self, es: Elasticsearch, url: str, prefix: str, folder: Path, program: str
    ) -> None:
        super().__init__(es, prefix, folder)
        self.folder = folder
        self.program = program
        self.scratch = folder / "tmp"
        self.scratch.mkdir()
        self.environment = {
            "SAS_ELASTICSEARCH_URL": url,
            "SAS_INDEX_PREFIX": prefix,
            "SAS_STATE_DIR": str(folder / "state"),
            "SAS_REQUEST_TIMEOUT_S": "30",
            "TMPDIR": str(self.scratch),
            "COLUMNS": "200",
        }
        self.runners: list[CommandRunner] = []

    def start_runner(self, **environment: str) -> CommandRunner:
        """A process that runs commands; ``environment`` changes its own."""
        at = self.folder / f"loader-{len(self.runners)}"
        at.mkdir()
        self.runners.append(CommandRunner(self.program, at, {**self.environment, **environment}))
        return self.runners[-1]

    def is_locked(self) -> bool:
        """True while the lock is held."""
        return bool(self.es.exists(index=locks_index(self.prefix), id="offers"))

    def leftover_files(self) -> list[str]:
        """Files that loads left in the temporary folder."""
        return [path.name for path in self.scratch.iterdir()]

    def count_offers_with_slots(self) -> int:
        """Live offers with a slot."""
        query = {"nested": {"path": "slots", "query": {"exists": {"field": "slots.start"}}}}
        return int(self.es.count(index=self.alias, query=query)["count"])


@pytest.fixture
def crash_harness(
    es: Elasticsearch, es_url: str, index_prefix: str, tmp_path: Path, runner_socket: str
) -> Iterator[CrashHarness]:
    """A private corner of the node; every process started for it has ended afterwards."""
    found = CrashHarness(es, es_url, index_prefix, tmp_path, runner_socket)
    yield found
    for loader in found.runners:
        loader.close()


def reindex_command(files: FileSet, *more: object) -> tuple[object, ...]:
    """The words of ``sas reindex`` for a directory, at the instant of the slots."""
    return ("reindex", "--from", files.directory, "--now", utc_text(NOW), *more)


def fill_register(harness: ReindexHarness, name: str, count: int) -> FileSet:
    """So many general practitioners of Mende and Florac, no two of one name."""
    files = harness.files(name)
    for number in range(count):
        family = "".join(LETTERS[number // 26**power % 26] for power in (2, 1, 0))
        place: dict[str, Any] = FLORAC if number % 2 else MENDE
        files.doctor(rpps(number), place, (f"NOM{family}", f"Prenom{family.lower()}"))
    return files


def rpps(number: int) -> str:
    """The RPPS of that number, with its key."""
    body = f"1010000{number:03d}"
    return next(f"{body}{key}" for key in range(10) if is_luhn_valid(f"{body}{key}"))
