"""Orientations given today: who was asked already comes later, so that calls spread.

An offer keeps them as ``orientations_today``, the day of the place and their count; on any other
day, and without them, it was not asked. One that was cancelled is not counted.
"""

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from geography.departments import load_zones
from mappings.records import Offer
from search_engine.backend.bodies import Clause
from search_engine.query.clauses import or_clause
from search_engine.request.profiles import AskedDebit

DAY, COUNT = "orientations_today.day", "orientations_today.count"


def count_orientations(offer: Offer, moment: datetime) -> int:
    """Orientations of the day that it is at the place."""
    today = offer.get("orientations_today")
    if today is None or today["day"] != _write_day(moment, ZoneInfo(offer["timezone"])):
        return 0
    return today["count"]


def list_asked_credits(
    row: AskedDebit, moment: datetime, zones: tuple[str, ...] = ()
) -> Iterator[tuple[Clause, int]]:
    """(offers, minutes): a debit is written as a credit of those who were asked less.

    The highest debit is that of everybody, and who was asked ``most`` times or more gets none back.
    ``zones`` are those of the offers looked among, none for all.
    """
    asked = orientation_today_clause(moment, zones)
    yield {"bool": {"must_not": [asked]}}, row.debit * row.most
    for count in range(1, row.most):
        exactly = {"bool": {"filter": [asked, {"term": {COUNT: count}}]}}
        yield exactly, row.debit * (row.most - count)


def orientation_today_clause(moment: datetime, among: tuple[str, ...] = ()) -> Clause:
    """Offers with at least one orientation of their own day."""
    zones: defaultdict[str, list[str]] = defaultdict(list)
    for zone in load_zones(among):
        zones[_write_day(moment, zone)].append(zone.key)
    days = tuple((day, tuple(sorted(keys))) for day, keys in sorted(zones.items()))
    return _on_days(days)


@lru_cache(maxsize=8)
def _on_days(days: tuple[tuple[str, tuple[str, ...]], ...]) -> Clause:
    """The same all day long, and shared by all callers: not to be changed."""
    today = [
        {"bool": {"filter": [{"term": {DAY: day}}, {"terms": {"timezone": list(zones)}}]}}
        for day, zones in days
    ]
    return {"bool": {"filter": [{"range": {COUNT: {"gte": 1}}}, or_clause(today)]}}


def _write_day(moment: datetime, zone: ZoneInfo) -> str:
    return moment.astimezone(zone).date().isoformat()
