"""docs/reference/indicators.md, from the table of the indicators."""

from collections.abc import Mapping
from types import MappingProxyType

from records.indicators.definitions import INDICATORS
from records.indicators.periods import ChoosePeriod, choose_day, choose_month, choose_week
from tests.documents.tables import NOTICE, markdown_table

INTRODUCTION = f"""# Indicators and events

{NOTICE}

`sas indicators`, `GET /v1/indicators` ([API](api.md#indicators)). For administrators and the data
team. No figure is about a person. Weeks and months are the last whole ones before the day of
reading, in French time, overseas too.
"""
EVENTS = """## Events
An event is a fact without a person, a row of the table `events` of the records:
"""
COLUMNS = (
    ("`at`", "instant"),
    (
        "`kind`",
        "`search`, `lrm_search` (first page of a search), `orientation` (a state it came to), "
        "`with_slot` (daily count)",
    ),
    (
        "`territory`, `department`",
        "of the patient's place for a search, of the recipient for an orientation; nothing finer",
    ),
    ("`mode`", "mode of the search, kind of the orientation"),
    ("`role`", "role of the caller"),
    ("`outcome`", "`found`, `empty`, or a state"),
    ("`amount`, `duration_ms`", "people found or counted; time of the search"),
    ("`editor`", "empty until editors are called"),
)
RULES = """- A search is counted after its page is made. The event waits in memory for a second at
  most, and a thread writes it: a killed process loses that second. While the records are away
  10,000 are held; later ones are dropped and counted in `sas_events_dropped_total`.
- An orientation is counted in the transaction that keeps it.
- Events are kept one by one for 25 whole months. Then a worker puts those of a month that are alike
  together (`event_months`), with their number and their sums.
"""
PERIODS: Mapping[ChoosePeriod, str] = MappingProxyType(
    {choose_week: "week", choose_month: "month", choose_day: "day"}
)


def indicators_page() -> str:
    """The whole page."""
    rows = [
        (f"`{one.name}`", one.sentence, one.unit, PERIODS[one.period], one.computed)
        for one in INDICATORS
    ]
    table = markdown_table(("indicator", "sentence", "unit", "period", "computed from"), rows)
    columns = markdown_table(("column", "content"), COLUMNS)
    return f"{INTRODUCTION}\n{table}\n\n{EVENTS}\n{columns}\n\n{RULES}"
