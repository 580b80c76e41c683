"""A harness on the real node: files, a live index, and processes that reindex."""

import json
import os
import subprocess
import sys
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

ROOT = Path(__file__).parents[2]
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


class CommandRunner:
    """A process that forks a real process for each command it receives."""

    def __init__(self, folder: Path, environment: dict[str, str]) -> None:
        self._output = folder / "output.txt"
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.night.command_runner"],
            cwd=ROOT,
            env={**os.environ, **environment},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def start(self, *words: object) -> int:
        """Begin a command; the number of its process."""
        assert self._process.stdin is not None
        order = {"words": [str(word) for word in words], "output": str(self._output)}
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
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
        pid = self._process.pid
        return Path(f"/proc/{pid}/task/{pid}/children").read_text().split()

    def close(self) -> None:
        """No more commands."""
        self._process.communicate()

    def _answer(self) -> int:
        assert self._process.stdout is not None
        return int(self._process.stdout.readline())


class CrashHarness(ReindexHarness):
    """A reindex harness whose commands run as a scheduler runs them, with folders of their own."""

    def __init__(self, es: Elasticsearch, url: str, prefix: str, folder: Path) -> None:
        super().__init__(es, prefix, folder)
        self.folder = folder
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
        self.runners.append(CommandRunner(at, {**self.environment, **environment}))
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
    es: Elasticsearch, es_url: str, index_prefix: str, tmp_path: Path
) -> Iterator[CrashHarness]:
    """A private corner of the node; every process started for it has ended afterwards."""
    found = CrashHarness(es, es_url, index_prefix, tmp_path)
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
