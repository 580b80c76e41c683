"""What a long run may hold at its end beside its middle: resources that grow are leaks."""

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import psutil
from elasticsearch import Elasticsearch

WARM_UP_SHARE = 0.1
"""First part of a run that is not compared: caches fill, connections open."""

MAX_GROWTH = {"resident memory, MB": 12.0, "open descriptors": 10.0, "open contexts": 5.0}
"""Growth of a median from the middle third to the last one. At eight requests a second two thirds
are 1,400 requests apart: 9 kB kept of each, or one descriptor or context of 200, is too much."""

Sample = Mapping[str, float]
"""Each resource of ``MAX_GROWTH`` at one instant."""


@dataclass(frozen=True)
class ResourceProbe:
    """Reads what a process and the indices behind it hold."""

    process: psutil.Process
    es: Elasticsearch
    indices: str
    """Pattern of the indices whose search contexts are counted, and no others of a shared node."""

    def take_sample(self) -> Sample:
        """The resources now; raises ``psutil.NoSuchProcess`` when the process has ended."""
        return {
            "resident memory, MB": self.process.memory_info().rss / 2**20,
            "open descriptors": self.process.num_fds(),
            "open contexts": self.count_open_contexts(),
        }

    def count_open_contexts(self) -> int:
        """Searches and points in time that Elasticsearch holds open on the indices."""
        stats = self.es.indices.stats(index=self.indices, metric="search")
        return int(stats["_all"]["total"]["search"]["open_contexts"])


def measure_growth(samples: Sequence[Sample]) -> dict[str, float]:
    """Growth of the median of each resource, from the middle third to the last, warm-up left out.

    Raises ``statistics.StatisticsError`` when there are too few samples for a third.
    """
    warm = samples[int(len(samples) * WARM_UP_SHARE) :]
    third = len(warm) // 3
    middle, last = warm[third : 2 * third], warm[-third:]
    return {name: find_median(last, name) - find_median(middle, name) for name in MAX_GROWTH}


def find_median(samples: Sequence[Sample], name: str) -> float:
    """The median of one resource."""
    return statistics.median(sample[name] for sample in samples)


def find_leaks(samples: Sequence[Sample]) -> dict[str, float]:
    """The resources that grew by more than ``MAX_GROWTH``, and by how much."""
    growth = measure_growth(samples)
    return {name: grown for name, grown in growth.items() if grown > MAX_GROWTH[name]}
