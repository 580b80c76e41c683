"""The API, the worker and what writes, killed outright at random moments: nothing lost or doubled.

What was answered is kept, what was not is kept once at most, and nobody has to repair anything.
"""

import os
import random
import signal
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from datetime import time as time_of_day
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import pytest
from sqlalchemy import func, select

from bench.processes import sas_path
from mappings.instants import utc_text
from records.agenda.agendas import AGENDAS
from records.database import Database, open_reading
from records.indicators.tables import EventKind, EventRow
from records.kinds import read_record
from records.orientations.tables import OccurrenceSeats, OrientationEvent, OrientationRow
from records.outbox import count_messages
from records.professional_settings import PARTICIPATION
from tests.indexers.file_set import FileSet
from tests.indexers.reindex_harness import ANNE, BRUNO, two_doctors
from tests.night.conftest import CrashHarness
from tests.night.killable import Killable
from tests.night.record_writer import KINDS, SEATS, count_seats, name_kind, name_settings
from tests.records.agenda.agendas import open_slot
from tests.records.conftest import resolve_url
from tests.records.samples import NOW, change
from tests.suite.repetitions import Repetitions
from tests.suite.waiting import PATIENCE_S, wait_for, wait_for_liveness

EVERY_DAY = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
TAKES_PART = {"participation": True, "via": 1, "has_software": True}
LONGEST_S = 1.5
"""A process is killed at a random moment of so many seconds after its first change."""


@dataclass
class WrittenLines:
    """What the writer said it did, over all its lives."""

    done: set[int] = field(default_factory=set)
    tried: int = -1

    def read(self, lines: list[str]) -> None:
        """Take in what one life printed; its last line may be cut."""
        for line in lines:
            word, _, number = line.partition(" ")
            if word == "try" and line.endswith("\n"):
                self.tried = int(number)
            elif word == "done" and line.endswith("\n"):
                self.done.add(int(number))

    @property
    def following(self) -> int:
        """The number to begin with: the one that was under way is tried again."""
        return self.tried + 1 if self.tried in self.done else max(self.tried, 0)

    def list_possible(self, kind: str) -> list[list[int]]:
        """Numbers of a kind that were kept: those done, and perhaps the one under way."""
        done = sorted(one for one in self.done if name_kind(one) == kind)
        open_one = self.tried >= 0 and self.tried not in self.done and name_kind(self.tried) == kind
        return [done, [*done, self.tried]] if open_one else [done]


@dataclass
class KilledRecords:
    """Records that are written to, a worker beside, and the index that it writes."""

    harness: CrashHarness
    database: Database
    url: str
    environment: dict[str, str]
    slot_id: str
    start: datetime
    trail: WrittenLines = field(default_factory=WrittenLines)

    def start_writer(self) -> Killable:
        """The writer, from the change that was under way on."""
        words = [str(self.trail.following), self.slot_id, utc_text(self.start)]
        module = [sys.executable, "-m", "tests.night.record_writer"]
        return Killable([*module, resolve_url(self.url), *words], self.environment)

    def start_worker(self) -> Killable:
        """A worker, as an operator starts it."""
        return Killable([sas_path(), "worker"], self.environment)

    def check(self) -> None:
        """All that was done is there, once; of what was under way at most one change."""
        with open_reading(self.database) as session:
            orientations = session.scalar(select(func.count()).select_from(OrientationRow))
            steps = session.scalar(select(func.count()).select_from(OrientationEvent))
            told = select(func.count()).where(EventRow.kind == EventKind.ORIENTATION)
            events = session.scalar(told)
            seats = session.scalar(select(func.sum(OccurrenceSeats.taken))) or 0
        possible = {len(one) for one in self.trail.list_possible("orientation")}
        assert orientations in possible
        assert (steps, events, seats) == (orientations,) * 3
        settings = read_record(self.database, PARTICIPATION, BRUNO)
        agenda = read_record(self.database, AGENDAS, ANNE)
        said, seats_now = settings.value.additional_info, agenda.value.slots[0].seats
        assert (settings.version, said) in self.list_values("settings", name_settings)
        assert (agenda.version, seats_now) in self.list_values("agenda", count_seats)

    def list_values(self, kind: str, name: Callable[[int], Any]) -> list[tuple[int, Any]]:
        """Version and value that may be there: those of the last change, and all are counted."""
        return [(1 + len(one), name(one[-1])) for one in self.trail.list_possible(kind) if one]

    def count_waiting(self) -> int:
        with open_reading(self.database) as session:
            counts = count_messages(session)
        assert counts.dead == 0
        return counts.waiting


@pytest.fixture
def crash_records(
    crash_harness: CrashHarness, database: Database, database_url: str
) -> Iterator[KilledRecords]:
    """Two doctors, Anne with a slot of every morning, in an index and in records."""
    paris = ZoneInfo("Europe/Paris")
    tomorrow = datetime.now(paris).date() + timedelta(days=1)
    start = datetime.combine(tomorrow, time_of_day(8), paris).astimezone(UTC)
    change(database, rpps=BRUNO)
    agenda = open_slot(database, weekdays=EVERY_DAY, day=tomorrow.isoformat(), seats=SEATS)
    environment = {**os.environ, **crash_harness.environment, "SAS_DATABASE_URL": database_url}
    yield KilledRecords(
        crash_harness, database, database_url, environment, agenda.value.slots[0].id, start
    )


def count_done(writer: Killable) -> int:
    """Changes that this life of the writer made so far."""
    return sum(one.startswith("done") for one in [*writer.lines])


def rebuild(records: KilledRecords, files: FileSet) -> dict[str, Any]:
    """The offers of an index that is built from the records alone; no other is left."""
    harness = records.harness
    for name in harness.indices:
        harness.es.indices.delete(index=name)
    runner = harness.start_runner(SAS_DATABASE_URL=records.url)
    code, output = runner.run("reindex", "--from", files.directory)
    assert code == 0, output
    return harness.offers()


@pytest.mark.proves("F072")
def test_kills_of_a_writer_and_of_a_worker_lose_and_double_nothing(
    crash_records: KilledRecords, repetitions: Repetitions
) -> None:
    files, chance = two_doctors(crash_records.harness), random.Random(48)
    rebuild(crash_records, files)
    running = {"writer": crash_records.start_writer(), "worker": crash_records.start_worker()}
    starts = {"writer": crash_records.start_writer, "worker": crash_records.start_worker}
    try:
        for _ in range(repetitions.record_kills):
            before = len(crash_records.trail.done)
            wait_for(lambda: count_done(running["writer"]) > len(KINDS))
            time.sleep(chance.uniform(0, LONGEST_S))
            name = chance.choice(sorted(running))
            lines = running[name].end()
            if name == "writer":
                crash_records.trail.read(lines)
                assert len(crash_records.trail.done) > before
                crash_records.check()
            running[name] = starts[name]()
        crash_records.trail.read(running["writer"].end())
        crash_records.check()
        wait_for(lambda: crash_records.count_waiting() == 0)
    finally:
        for one in running.values():
            if one.is_running():
                one.end(signal.SIGTERM)
    found = crash_records.harness.offers()
    assert rebuild(crash_records, files) == found
    print(f"{repetitions.record_kills} kills, {len(crash_records.trail.done)} changes")


@dataclass
class ApiTrail:
    """What a client of the API sent, and what it was answered, over all lives of the API."""

    tried: dict[str, int] = field(default_factory=dict)
    done: dict[str, tuple[int, int]] = field(default_factory=dict)
    """Version and number of the last change that was answered."""
    changes: int = 0

    def send(self, url: str) -> None:
        """Change one person after the other until the API is gone."""
        with httpx.Client(base_url=url, timeout=PATIENCE_S) as api, suppress(httpx.TransportError):
            while True:
                for rpps in (ANNE, BRUNO):
                    self.change(api, rpps)

    def change(self, api: httpx.Client, rpps: str) -> None:
        """One change of the version that is there; its answer counts once it is whole."""
        known = self.check(api, rpps)
        self.changes += 1
        self.tried[rpps] = self.changes
        body = {**TAKES_PART, "additional_info": name_settings(self.changes)}
        answered = api.put(name_path(rpps), json=body, headers={"If-Match": f'"{known}"'})
        assert answered.status_code == 200, answered.text
        self.done[rpps] = (answered.json()["version"], self.changes)

    def check(self, api: httpx.Client, rpps: str) -> int:
        """What is there is what was answered, or what was under way; its version."""
        kept = api.get(name_path(rpps)).json()
        version, number = self.done.get(rpps, (1, 0))
        possible = [(version, name_settings(number))]
        if self.tried.get(rpps, number) != number:
            possible.append((version + 1, name_settings(self.tried[rpps])))
        assert (kept["version"], kept["additional_info"]) in possible
        self.done[rpps] = (kept["version"], int(kept["additional_info"][1:]))
        self.tried[rpps] = self.done[rpps][1]
        return int(kept["version"])


def name_path(rpps: str) -> str:
    return f"/v1/professionals/{rpps}/settings"


def start_api(records: KilledRecords) -> tuple[Killable, str]:
    """The service as a newcomer starts it, its worker included, and its address."""
    api = Killable([sas_path(), "serve", "--port", "0"], records.environment)
    wait_for(lambda: api.lines)
    url = next(word for word in api.lines[0].split() if word.startswith("http://"))
    return api, wait_for_liveness(url.removesuffix("/docs"))


@pytest.mark.proves("F072")
def test_kills_of_the_api_and_its_worker_lose_and_double_nothing(
    crash_harness: CrashHarness,
    database: Database,
    database_url: str,
    repetitions: Repetitions,
) -> None:
    files, chance, trail = two_doctors(crash_harness), random.Random(48), ApiTrail()
    environment = {**os.environ, **crash_harness.environment, "SAS_DATABASE_URL": database_url}
    for rpps in (ANNE, BRUNO):
        change(database, rpps=rpps, additional_info=name_settings(0))
    records = KilledRecords(crash_harness, database, database_url, environment, "", NOW)
    rebuild(records, files)
    for _ in range(repetitions.record_kills):
        api, url = start_api(records)
        with ThreadPoolExecutor(1) as client:
            sent = client.submit(trail.send, url)
            time.sleep(chance.uniform(0, LONGEST_S))
            api.end()
            sent.result(PATIENCE_S)
    api, url = start_api(records)
    with httpx.Client(base_url=url, timeout=PATIENCE_S) as client:
        for rpps in (ANNE, BRUNO):
            trail.check(client, rpps)
    wait_for(lambda: records.count_waiting() == 0)
    api.end(signal.SIGTERM)
    found = crash_harness.offers()
    assert rebuild(records, files) == found
    print(f"{repetitions.record_kills} kills, {trail.changes} changes")
