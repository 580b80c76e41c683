"""Many regulators at once on one slot, from several processes."""

import multiprocessing
from collections import Counter
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from datetime import datetime, timedelta
from threading import Barrier
from typing import NamedTuple

from records.database import Database, open_database
from records.orientations.errors import SlotFull
from records.orientations.kinds import OrientationKind
from tests.records.orientations.agenda import FIRST, name_slot, show_offer
from tests.records.orientations.people import ask
from tests.suite.waiting import PATIENCE_S


class Rush(NamedTuple):
    """A slot of every day, and in how many rounds how many regulators want it at once."""

    url: str
    slot_id: str
    processes: int
    threads: int
    rounds: int


def rush(order: Rush) -> list[Counter[str]]:
    """Outcomes of each round: ``taken`` and ``slot_full``. Every process begins each at once."""
    context = multiprocessing.get_context("spawn")
    with context.Manager() as manager, ProcessPoolExecutor(order.processes, context) as pool:
        gate = manager.Barrier(order.processes, timeout=PATIENCE_S)
        runs = [pool.submit(run_process, order, gate) for _ in range(order.processes)]
        by_process = [run.result() for run in runs]
    return [sum(same_round, Counter()) for same_round in zip(*by_process, strict=True)]


def run_process(order: Rush, gate: Barrier) -> list[Counter[str]]:
    """One process: in each round all its threads ask for the occurrence of one day."""
    database = open_database(order.url)
    counts = []
    with ThreadPoolExecutor(order.threads) as pool:
        for number in range(order.rounds):
            day = FIRST + timedelta(days=number)
            gate.wait()
            asked = [pool.submit(take, database, order.slot_id, day) for _ in range(order.threads)]
            counts.append(Counter(one.result() for one in asked))
    database.close()
    return counts


def take(database: Database, slot_id: str, start: datetime) -> str:
    """Orient to an occurrence; the outcome."""
    offer = show_offer(slot_id, start)
    try:
        ask(database, offer=offer, kind=OrientationKind.SLOT, slot=name_slot(slot_id, start))
    except SlotFull as full:
        return full.code
    return "taken"
