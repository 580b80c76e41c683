"""An editor answers all through several reindexes: no acknowledged answer is lost."""

import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import pytest

from tests.indexers.file_set import rang
from tests.night import editor
from tests.night.conftest import ROOT, CrashHarness, fill_register, reindex_command, rpps
from tests.suite.repetitions import Repetitions

DOCTORS, EDITOR_DOCTORS = 60, 12


@dataclass
class AcknowledgedAnswers:
    """The last acknowledged answer about each professional, and how many there were."""

    last: dict[str, int | None] = field(default_factory=dict)
    answers: int = 0

    def record_answers(self, lines: Iterator[str]) -> None:
        """Note each answer as it is acknowledged."""
        for line in lines:
            answer = json.loads(line)
            self.last[answer["rpps"]] = answer["minute"]
            self.answers += 1


@contextmanager
def open_editor(harness: CrashHarness, rpps_list: list[str]) -> Iterator[AcknowledgedAnswers]:
    """An editor during the body; what it was acknowledged, whole once the body is left."""
    words = [
        sys.executable,
        "-m",
        "tests.night.editor",
        harness.environment["SAS_ELASTICSEARCH_URL"],
    ]
    acknowledged = AcknowledgedAnswers()
    with subprocess.Popen(
        [*words, harness.alias, *rpps_list], cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        reading = threading.Thread(target=acknowledged.record_answers, args=(process.stdout,))
        reading.start()
        try:
            yield acknowledged
        finally:
            alive = process.poll() is None
            process.terminate()
            reading.join()
    assert alive, "the editor failed"


@pytest.mark.proves("F065", "W11")
def test_no_acknowledged_slot_is_lost_by_reindexes(
    crash_harness: CrashHarness, repetitions: Repetitions
) -> None:
    """The answer under way when the editor stops is not acknowledged: it may be there or not."""
    files, doctors = (
        fill_register(crash_harness, "in", DOCTORS),
        [rpps(number) for number in range(EDITOR_DOCTORS)],
    )
    crash_harness.reindex(files)
    loader = crash_harness.start_runner()
    with open_editor(crash_harness, doctors) as acknowledged:
        for _ in range(repetitions.editor_reindexes):
            before, live = acknowledged.answers, crash_harness.live
            code, output = loader.run(*reindex_command(files))
            assert code == 0, output
            assert crash_harness.live != live
            assert acknowledged.answers > before
    pairs = {
        one: (live_starts(crash_harness, one), answer_starts(acknowledged.last.get(one)))
        for one in doctors
    }
    differing = {one: (live, last) for one, (live, last) in pairs.items() if live != last}
    assert len(differing) <= 1, differing
    print(f"{acknowledged.answers} answers during {repetitions.editor_reindexes} reindexes")


def live_starts(harness: CrashHarness, of: str) -> list[str]:
    """When the slots of a professional begin."""
    found = harness.offers()[f"rpps:{of}@4{rang(of)}"].get("slots", [])
    return [slot["start"][11:16] for slot in found]


def answer_starts(minute: int | None) -> list[str]:
    """The slots of the last answer."""
    return [] if minute is None else [editor.instant(minute)]
