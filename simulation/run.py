"""State of one run of the generator."""

import random
from dataclasses import dataclass
from datetime import datetime

from simulation.draws import stream
from simulation.outputs import Outputs
from simulation.scales import DatasetScale
from simulation.tally import DatasetTally


@dataclass(frozen=True, slots=True)
class GenerationRun:
    """The seed, the scale and the frozen instant, with where to write and what to count."""

    seed: int
    scale: DatasetScale
    now: datetime
    outputs: Outputs
    tally: DatasetTally

    def stream(self, department: str, topic: str) -> random.Random:
        """The random numbers of one topic of a department."""
        return stream(self.seed, department, topic)
