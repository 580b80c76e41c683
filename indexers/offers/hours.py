"""Opening hours of an offer: one form for its card, one for the filter."""

from collections.abc import Mapping, Sequence

from indexers.offers.records import Record
from mappings.fields import drop_empty_fields
from mappings.formats import Weekday
from mappings.hours import add_holiday_hours, open_minutes

HOURS_FIELDS = ("hours", "open_minutes")
"""Written together, or the card and the filter would disagree."""


def hours_fields(
    hours: Mapping[Weekday, Sequence[Sequence[str]]], *, on_duty: bool = False
) -> Record:
    """The fields that opening hours give; none without hours (F102).

    ``on_duty``: a place of the permanence of care, which public holidays do not close.
    """
    shown = add_holiday_hours({str(day): spans for day, spans in hours.items()}, on_duty=on_duty)
    return drop_empty_fields(hours=shown, open_minutes=open_minutes(shown))
