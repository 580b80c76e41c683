"""Searches while changes are projected, beside quiet ones, in turn."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import cycle

from bench.latency import Figures, figures, median_figures
from bench.processes import LoadProcess
from bench.records.people import Person
from mappings.formats import ParticipationFormat
from records.access import OPERATOR
from records.database import Database
from records.errors import RecordMissing
from records.kinds import read_record
from records.professional_settings import PARTICIPATION, change_professional_settings
from records.settings_rules import SoftwareAnswers

PLAN = "ours"
QUIET, BUSY = "quiet", "projecting"


@dataclass(frozen=True, slots=True)
class OpenLoad:
    """Searches a second, for how long, and how often quiet and busy take turns."""

    rate: float = 20.0
    seconds: float = 15.0
    rounds: int = 3
    changes_per_s: float = 10.0


def measure_projection(
    database: Database, load: LoadProcess, people: list[Person], chosen: OpenLoad
) -> dict[str, Figures]:
    """Latencies of an open load, quiet and with so many changes a second, round by round."""
    rounds: dict[str, list[Figures]] = {QUIET: [], BUSY: []}
    for number in range(chosen.rounds):
        for name in (QUIET, BUSY) if number % 2 else (BUSY, QUIET):
            if name == QUIET:
                rounds[name].append(run_load(load, chosen, number))
                continue
            with open_changes(database, people, chosen.changes_per_s):
                rounds[name].append(run_load(load, chosen, number))
    return {name: median_figures(found) for name, found in rounds.items()}


def run_load(load: LoadProcess, chosen: OpenLoad, seed: int) -> Figures:
    """Percentiles of one round; raises ``ValueError`` when a search failed."""
    options = {"rate": chosen.rate, "seconds": chosen.seconds, "seed": seed}
    tally = load.order("open", [PLAN], **options)["tallies"][PLAN]
    if tally["errors"]:
        raise ValueError(f"{tally['errors']} searches failed")
    return figures(tally["latencies_ms"])


@contextmanager
def open_changes(database: Database, people: list[Person], per_s: float) -> Iterator[None]:
    """Changes of settings at a steady pace during the body."""
    over = threading.Event()
    thread = threading.Thread(target=change_until, args=(database, people, per_s, over))
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def change_until(
    database: Database, people: list[Person], per_s: float, over: threading.Event
) -> None:
    """Change one person after the other; what is late is not made up for."""
    due = time.perf_counter()
    for person in cycle(people):
        if over.wait(max(0.0, due - time.perf_counter())):
            return
        toggle_participation(database, person)
        due = max(due + 1 / per_s, time.perf_counter())


def toggle_participation(database: Database, person: Person) -> None:
    """Take part when he does not, and the other way round."""
    version, takes_part = read_participation(database, person)
    said = ParticipationFormat(rpps=person.rpps, participation=not takes_part, via=1)
    answers = SoftwareAnswers(has_software=True, hours_available=True)
    now = datetime.now(UTC)
    change_professional_settings(database, OPERATOR, said, answers, version=version, now=now)


def read_participation(database: Database, person: Person) -> tuple[int | None, bool]:
    """The version of his settings, None without any, and whether he takes part."""
    try:
        stored = read_record(database, PARTICIPATION, person.rpps)
    except RecordMissing:
        return None, False
    return stored.version, stored.value.participation
