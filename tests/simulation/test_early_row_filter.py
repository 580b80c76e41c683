"""Rows told before they are read in full are those that a full reading would leave out."""

from pathlib import Path
from typing import Any

import pytest

from indexers.quality.quarantine import Quarantine
from indexers.sources.rpps.activities import read_activities, read_listed
from indexers.sources.rpps.listing import personal_part, row_exclusion_reason
from simulation.scales import ScaleName
from tests.simulation.conftest import Write


@pytest.mark.parametrize("defects", [0.0, 0.2])
def test_the_quick_reading_gives_the_rows_and_counts_of_the_full_one(
    write_set: Write, defects: float
) -> None:
    made = write_set(scale=ScaleName.NATIONAL, departments=("48",), defects=defects)
    path: Path = made.file("PS_*activite*.txt")
    full, quick = Quarantine("rpps"), Quarantine("rpps")
    expected: list[Any] = []
    for row in read_activities(path, full):
        reason = row_exclusion_reason(row)
        if reason is not None:
            full.skip(reason)
        expected.append(row if reason is None else personal_part(row))
    assert list(read_listed(path, quick)) == expected
    hidden = sum("hidden" in row for row in expected)
    assert 0.4 <= hidden / len(expected) <= 0.8
    for counts in ("read", "rejected", "warned", "skipped", "unknown"):
        assert getattr(quick, counts) == getattr(full, counts), counts
