"""The life cycle of what a slot hangs on: out of use, suspended, or outside its period.

FHIR R4: ``active`` of PractitionerRole, Practitioner, Schedule, Organization and
HealthcareService, ``Location.status``, ``PractitionerRole.period``, ``Schedule.planningHorizon``.
"""

import re
from datetime import datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from mappings.instants import InstantError, parse_instant
from slots.fhir.elements import Json, child, text

LOCATION_REFUSALS = {"suspended": "suspended_location", "inactive": "inactive_location"}
"""Reason of a slot at a place of each status; ``active``, unknown and none refuse nothing."""

_PARTIAL = re.compile(r"\d{4}(-\d{2}(-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?)?)?)?")
_MICROSECONDS = len("2021-11-04T14:20:00.000000")


class Validity(NamedTuple):
    """Periods of which one has to hold the start of a slot, and the reason when none does."""

    reason: str
    periods: tuple[Json, ...]


def is_inactive(resource: Json) -> bool:
    """True when ``active`` says false, as a boolean or as a text (E43)."""
    written = resource.get("active")
    return written is False or text(written).lower() == "false"


def location_refusal(location: Json) -> str | None:
    """The reason to refuse the slots of a place that is suspended or inactive."""
    return LOCATION_REFUSALS.get(text(location.get("status")).lower())


def role_validity(roles: list[Json]) -> Validity:
    """The periods of the roles of a professional at one place; a role without is for ever."""
    return Validity("outside_role_period", _different([child(one, "period") for one in roles]))


def horizon_validity(schedule: Json) -> Validity:
    """The planning horizon of a Schedule."""
    return Validity("outside_planning_horizon", (child(schedule, "planningHorizon"),))


def expiry_refusal(rules: list[Validity], start: datetime, zone: str) -> str | None:
    """The reason of the first rule whose periods leave out a slot that starts then."""
    for rule in rules:
        if rule.periods and not any(_is_within(one, start, zone) for one in rule.periods):
            return rule.reason
    return None


def _different(periods: list[Json]) -> tuple[Json, ...]:
    """Each period once, by its bounds as they are written."""
    found = {(text(one.get("start")), text(one.get("end"))): one for one in periods}
    return tuple(found.values())


def _is_within(period: Json, start: datetime, zone: str) -> bool:
    """Both ends count as in (FHIR Period); a day, a month or a year is that of the place.

    An end that is missing or unreadable bounds nothing.
    """
    opens, closes = text(period.get("start")), text(period.get("end"))
    return _compare(start, opens, zone) >= 0 and _compare(start, closes, zone) <= 0


def _compare(moment: datetime, written: str, zone: str) -> int:
    """-1 before, 0 at or unknown, 1 after the dateTime, to the precision that is written."""
    try:
        instant = parse_instant(written)
    except InstantError:
        return _compare_locally(moment, written, zone)
    return (moment > instant) - (moment < instant)


def _compare_locally(moment: datetime, written: str, zone: str) -> int:
    """The same for a year, a month, a day or a local time."""
    precise = written[:_MICROSECONDS] if _PARTIAL.fullmatch(written) else ""
    local = moment.astimezone(ZoneInfo(zone)).isoformat(timespec="microseconds")[: len(precise)]
    return (local > precise) - (local < precise)
