"""Repetition counts of the longest tests: few in `make test`, all in `make test-full`."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Repetitions:
    """Counts of one speed of the suite."""

    kills: int
    """Reindexes that are killed outright."""
    record_kills: int
    """Kills of the API, of the worker and of what writes to the records."""
    whole_every: int
    """Kills between two runs that are left to end."""
    oracle_searches: int
    """Random searches whose results are compared with plain arithmetic."""
    facet_searches: int
    """Random searches whose counts are compared with plain arithmetic."""
    paged_searches: int
    """Random results whose every page is read and compared with its counts."""
    radius_searches: int
    """Random searches whose circle is compared with the next larger ones."""
    hinted_searches: int
    """Random searches repeated with every hint, right and wrong."""
    editor_reindexes: int
    """Reindexes during which an editor writes."""
    damaged_inputs: int
    """Damaged inputs of each parser that meets the outside; the whole is a minute in full."""
    typed_lines: int
    """Random lines of French words, none of which may end in an empty page without help."""
    seat_rivals: int
    """Regulators who want one slot of three seats at once."""
    seat_rounds: int
    """Slots that they want one after the other."""


USUAL = Repetitions(
    kills=4,
    record_kills=3,
    whole_every=3,
    oracle_searches=60,
    facet_searches=60,
    paged_searches=12,
    radius_searches=60,
    hinted_searches=24,
    editor_reindexes=1,
    damaged_inputs=25,
    typed_lines=1_000,
    seat_rivals=12,
    seat_rounds=2,
)
FULL = Repetitions(
    kills=50,
    record_kills=50,
    whole_every=5,
    oracle_searches=500,
    facet_searches=300,
    paged_searches=60,
    radius_searches=300,
    hinted_searches=80,
    editor_reindexes=3,
    damaged_inputs=250,
    typed_lines=5_000,
    seat_rivals=100,
    seat_rounds=50,
)
