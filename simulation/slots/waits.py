"""Days until the first open slot of an agenda (``simulation/tables/waits.csv``)."""

import random
from dataclasses import dataclass
from functools import cache
from math import log

from simulation.people.people import GeneratedPerson
from simulation.table_files import read_table

PARTICIPANT_FACTOR = 0.25
"""A participant in the SAS keeps places for the same day: a quarter of the wait of others."""
REMOTE_DAYS, REMOTE_SPREAD = 1.0, 1.4
"""Wait for a doctor who is seen remotely only: a median of one day."""


@dataclass(frozen=True, slots=True)
class Wait:
    """Days until the first slot: ``days`` in the middle, ``spread`` that of their logarithm."""

    days: float
    spread: float

    def draw(self, rng: random.Random, factor: float = 1.0) -> float:
        """Days, of which half are below ``days`` times ``factor``."""
        return factor * rng.lognormvariate(log(self.days), self.spread)


REMOTE_WAIT = Wait(REMOTE_DAYS, REMOTE_SPREAD)


def draw_wait_days(rng: random.Random, person: GeneratedPerson, *, participates: bool) -> float:
    """Days until the first slot of a professional, freed places apart."""
    wait = find_wait(person.trade.profession, person.specialty)
    return wait.draw(rng, PARTICIPANT_FACTOR if participates else 1.0)


@cache
def find_wait(profession: str, specialty: str) -> Wait:
    """The wait of the first row that fits; the last one fits everybody."""
    fits = (
        row
        for row in read_table("waits")
        if row["profession"] in (profession, "")
        and specialty in (row["specialties"].split() or [specialty])
    )
    row = next(fits)
    return Wait(float(row["days"]), float(row["spread"]))
