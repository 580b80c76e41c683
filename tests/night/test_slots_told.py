"""An editor answers all through several reindexes: no acknowledged answer is lost."""

import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import pytest

from tests.indexers.sets import rang
from tests.night import editor
from tests.night.conftest import ROOT, Night, register, reindexing, rpps

REINDEXES = 3
DOCTORS, ASKED = 60, 12


@dataclass
class Told:
    """The last acknowledged answer about each professional, and how many there were."""

    last: dict[str, int | None] = field(default_factory=dict)
    answers: int = 0

    def hear(self, lines: Iterator[str]) -> None:
        """Note each answer as it is acknowledged."""
        for line in lines:
            answer = json.loads(line)
            self.last[answer["rpps"]] = answer["minute"]
            self.answers += 1


@contextmanager
def answering(night: Night, asked: list[str]) -> Iterator[Told]:
    """An editor during the body; what it was acknowledged, whole once the body is left."""
    words = [sys.executable, "-m", "tests.night.editor", night.environment["SAS_ELASTICSEARCH_URL"]]
    told = Told()
    with subprocess.Popen(
        [*words, night.alias, *asked], cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        listening = threading.Thread(target=told.hear, args=(process.stdout,))
        listening.start()
        try:
            yield told
        finally:
            alive = process.poll() is None
            process.terminate()
            listening.join()
    assert alive, "the editor failed"


@pytest.mark.proves("F065", "W11")
def test_no_acknowledged_slot_is_lost_by_reindexes(night: Night) -> None:
    """The answer under way when the editor stops is not acknowledged: it may be there or not."""
    files, asked = register(night, "in", DOCTORS), [rpps(number) for number in range(ASKED)]
    night.reindex(files)
    loader = night.loader()
    with answering(night, asked) as told:
        for _ in range(REINDEXES):
            before, live = told.answers, night.live
            code, said = loader.run(*reindexing(files))
            assert code == 0, said
            assert night.live != live
            assert told.answers > before
    differing = {one for one in asked if begins(night, one) != wanted(told.last.get(one))}
    assert len(differing) <= 1
    print(f"{told.answers} answers during {REINDEXES} reindexes")


def begins(night: Night, of: str) -> list[str]:
    """When the slots of a professional begin."""
    found = night.offers()[f"rpps:{of}@4{rang(of)}"].get("slots", [])
    return [slot["start"][11:16] for slot in found]


def wanted(minute: int | None) -> list[str]:
    """The slots of the last answer."""
    return [] if minute is None else [editor.instant(minute)]
