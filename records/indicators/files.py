"""Indicators as plain values and as a file for a spreadsheet."""

import csv
import io
from collections.abc import Iterable, Iterator
from typing import Any

from mappings.instants import utc_text
from records.indicators.counting import IndicatorNumber
from records.indicators.definitions import IndicatorValues

SPLITS = ("territory", "department", "mode", "outcome", "role", "via")
"""What values may be of, in the order of the columns."""
HEADER = ("indicator", "sentence", "unit", "since", "until", *SPLITS, "value")


def describe_indicators(found: Iterable[IndicatorValues]) -> list[dict[str, Any]]:
    """Indicators as JSON; a member whose value is unknown is absent."""
    return [
        {
            "name": one.indicator.name,
            "sentence": one.indicator.sentence,
            "unit": one.indicator.unit,
            "since": utc_text(one.period.since),
            "until": utc_text(one.period.until),
            "values": [_describe_value(value) for value in one.values],
        }
        for one in found
    ]


def _describe_value(value: IndicatorNumber) -> dict[str, Any]:
    known = {name: of for name, of in value.of.items() if of is not None}
    return known | {"value": value.number}


def write_csv(found: Iterable[IndicatorValues]) -> str:
    """One line a value, with semicolons, in UTF-8 with a mark: French spreadsheets open it."""
    out = io.StringIO()
    out.write("\ufeff")
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerow(HEADER)
    writer.writerows(list_lines(found))
    return out.getvalue()


def list_lines(found: Iterable[IndicatorValues]) -> Iterator[tuple[Any, ...]]:
    """The cells of each value."""
    for one in found:
        about = (one.indicator.name, one.indicator.sentence, one.indicator.unit)
        period = (utc_text(one.period.since), utc_text(one.period.until))
        for value in one.values:
            of = (value.of.get(name) for name in SPLITS)
            yield (*about, *period, *("" if cell is None else cell for cell in of), value.number)
