"""Opening hours of structures: several ways of each kind, nights and public holidays included."""

from dataclasses import dataclass
from functools import cache

from simulation.draws import WeightedChoice, build_weighted
from simulation.table_files import read_table

Hours = dict[str, list[tuple[str, str]]]
"""Opening intervals by weekday and ``holiday``, in the shape of ``mappings.formats.Hours``."""

WEEK = ("mon", "tue", "wed", "thu", "fri")


@dataclass(frozen=True, slots=True)
class OpeningHours:
    """One way to open; ``is_on_duty`` where it is open for the others at night or on Sunday."""

    spans: Hours
    is_on_duty: bool = False


@cache
def opening_hours(kind: str) -> WeightedChoice[OpeningHours]:
    """The ways to open of a kind of structure (``simulation/tables/opening_hours.csv``)."""
    rows = [row for row in read_table("opening_hours") if row["kind"] == kind]
    return build_weighted([(_read_row(row), float(row["weight"])) for row in rows])


def _read_row(row: dict[str, str]) -> OpeningHours:
    days = dict.fromkeys(WEEK, row["week"])
    days |= {"sat": row["saturday"], "sun": row["sunday"], "holiday": row["holiday"]}
    days |= dict(one.split("=") for one in row["except"].split(";") if one)
    spans = {day: parse_spans(text) for day, text in days.items() if text}
    return OpeningHours(spans, row["note"] == "duty")


def parse_spans(text: str) -> list[tuple[str, str]]:
    """``08:30-12:30 14:00-19:30`` as two intervals."""
    pairs = (span.split("-") for span in text.split())
    return [(opens, closes) for opens, closes in pairs]


def every_day(span: tuple[str, str]) -> Hours:
    """The same opening seven days a week."""
    return {day: [span] for day in (*WEEK, "sat", "sun")}


ALWAYS: Hours = every_day(("00:00", "24:00"))
