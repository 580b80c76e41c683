"""Many regulators at once on one slot, from several processes."""

import multiprocessing
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from multiprocessing.synchronize import Barrier
from typing import Any

from records.database import Database, open_database, open_transaction
from records.orientations.errors import SlotFull
from records.orientations.seats import take_seat
from tests.records.samples import NOW

SEATS = 3


def rush(url: str, *, processes: int, threads: int, rounds: int) -> list[Counter[str]]:
    """Outcomes of each round: ``taken`` and ``slot_full``. Every process begins each at once."""
    context = multiprocessing.get_context("spawn")
    gate, answers = context.Barrier(processes), context.SimpleQueue()
    runs = [
        context.Process(target=run_process, args=(url, threads, rounds, gate, answers))
        for _ in range(processes)
    ]
    for run in runs:
        run.start()
    told: list[Sequence[Counter[str]]] = [answers.get() for _ in runs]
    for run in runs:
        run.join()
    return [sum(same_round, Counter()) for same_round in zip(*told, strict=True)]


def run_process(url: str, threads: int, rounds: int, gate: Barrier, answers: Any) -> None:
    """One process: in each round all its threads ask for the same occurrence."""
    database = open_database(url)
    counts = []
    with ThreadPoolExecutor(threads) as pool:
        for number in range(rounds):
            start = NOW + timedelta(minutes=number)
            gate.wait()
            counts.append(Counter(pool.map(lambda _, at=start: take(database, at), range(threads))))
    database.close()
    answers.put(counts)


def take(database: Database, start: datetime) -> str:
    """Take a seat; its outcome."""
    try:
        with open_transaction(database) as session:
            take_seat(session, "agenda-1", start, SEATS)
    except SlotFull as full:
        return full.code
    return "taken"
