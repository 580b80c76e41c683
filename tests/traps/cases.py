"""The sixty traps every importer must meet, one damage each, and what must come out.

Each case fills a directory from healthy rows changed in one place; ``tests/traps/test_traps.py``
runs it through the pipeline that a load uses.
"""

from tests.traps.place_cases import PLACES
from tests.traps.row_cases import ROWS

CASES = (*ROWS, *PLACES)
