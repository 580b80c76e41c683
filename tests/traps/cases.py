"""The sixty traps every importer must meet, one damage each, and the expected result.

Most damages are defects of the generator (``simulation/defects``), planted in one healthy row.
Whole files, several rows and values of one field have cases of their own.
``tests/traps/test_traps.py`` runs each case through the pipeline that a load uses.
"""

from tests.traps.defect_cases import DEFECTS
from tests.traps.place_cases import PLACES
from tests.traps.row_cases import ROWS

CASES = (*ROWS, *PLACES, *DEFECTS)
