"""The SAS agenda of a professional as exchanged: rules of opening, never their occurrences."""

from collections.abc import Iterable
from datetime import date
from functools import cache
from typing import Annotated, Any, Literal, TypeVar
from zoneinfo import available_timezones

from pydantic import AfterValidator, Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from mappings.bounds import SEATS, SOME
from mappings.formats import Day, Format, IdnstText, Moment, RppsText, order_moment

QUARTER = 15
LAST_MINUTE, MIDNIGHT = "23:59", "24:00"
"""Ends of a day that the quarter hours do not have."""

Consultation = Literal["AMB", "VR", "HH"]
ShownType = Literal["SNP", "PUBLIC", "PRO"]
DayName = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
DAY_NAMES: tuple[DayName, ...] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
CONSULTATIONS: tuple[Consultation, ...] = ("AMB", "VR", "HH")
SLOT_TYPES: tuple[ShownType, ...] = ("SNP", "PUBLIC", "PRO")
MAX_RULES = SOME.most
"""Rules of one agenda."""
MAX_EXCEPTIONS = 400
"""Days on which a weekly slot does not take place: a year has 366."""

ItemT = TypeVar("ItemT")


@cache
def _list_zones() -> frozenset[str]:
    """Read from the disk, so once."""
    return frozenset(available_timezones())


def _check_zone(name: str) -> str:
    if name not in _list_zones():
        raise PydanticCustomError("no_such_zone", "no IANA time zone has this name")
    return name


def _check_clock(text: str) -> str:
    hour, separator, minute = text.partition(":")
    plain = text.isascii() and len(text) == len(LAST_MINUTE) and (hour + minute).isdigit()
    on_grid = plain and separator and int(hour) < 24 and int(minute) in range(0, 60, QUARTER)  # noqa: PLR2004
    if not on_grid and text not in (LAST_MINUTE, MIDNIGHT):
        raise PydanticCustomError("no_such_hour", "write HH:MM by quarter of an hour")
    return text


def _sort_like(order: tuple[ItemT, ...], values: Iterable[ItemT]) -> list[ItemT]:
    return sorted(set(values), key=order.index)


AgendaClock = Annotated[str, AfterValidator(_check_clock)]
"""A quarter of an hour, ``08:15``; a day ends at ``23:59`` or ``24:00``."""
ZoneText = Annotated[str, AfterValidator(_check_zone)]
SlotIdText = Annotated[str, StringConstraints(pattern=r"^([0-9a-f]{16})?$")]
DayNames = Annotated[list[DayName], AfterValidator(lambda days: _sort_like(DAY_NAMES, days))]
Consultations = Annotated[
    list[Consultation],
    Field(min_length=1),
    AfterValidator(lambda values: _sort_like(CONSULTATIONS, values)),
]
ShownTypes = Annotated[
    list[ShownType],
    Field(min_length=1),
    AfterValidator(lambda values: _sort_like(SLOT_TYPES, values)),
]


def default_consultation() -> list[Consultation]:
    """At the practice, where nothing else was given."""
    return ["AMB"]


def _default_types() -> list[ShownType]:
    return ["SNP"]


class AgendaSlotFormat(Format):
    """A slot of an agenda: once on ``day``, or weekly from it on, in the local time of its place.

    Without ``seats`` it is one appointment, with it a range of hours for so many patients.
    """

    id: SlotIdText = ""
    """Given by the service; a slot that is new in a file has none."""
    idnst: IdnstText
    timezone: ZoneText
    """IANA zone of the place: its clock is the one of ``start`` and ``end``."""
    day: Day
    """The day, or the first one that may be meant."""
    weekdays: DayNames = Field(default_factory=list)
    """Days of the week; none: once."""
    until: Day | None = None
    """The last day that may be meant; None: no end."""
    start: AgendaClock
    end: AgendaClock
    seats: int | None = Field(None, ge=1, le=int(SEATS.greatest))
    consultation: Consultations = Field(default_factory=default_consultation)
    types: ShownTypes = Field(default_factory=_default_types)
    exceptions: Annotated[
        list[Day], Field(max_length=MAX_EXCEPTIONS), AfterValidator(lambda days: sorted(set(days)))
    ] = Field(default_factory=list)
    """Days on which it does not take place."""

    @property
    def is_weekly(self) -> bool:
        """True when it comes back each week."""
        return bool(self.weekdays)

    @property
    def last_day(self) -> date | None:
        """The last day that may be meant; None without an end."""
        return self.until if self.is_weekly else self.day

    @model_validator(mode="after")
    def in_order(self) -> "AgendaSlotFormat":
        """It ends after it starts, on the same day; only a weekly one has a last day."""
        if self.end <= self.start or self.start in (LAST_MINUTE, MIDNIGHT):
            raise PydanticCustomError("hours_in_disorder", "end is not after start")
        if self.until is not None and (self.until < self.day or not self.is_weekly):
            raise PydanticCustomError("days_in_disorder", "until is before day")
        return self


class AgendaFormat(Format):
    """The SAS agenda of one professional: all its slots, at all places."""

    rpps: RppsText
    slots: list[AgendaSlotFormat] = Field(default_factory=list, max_length=MAX_RULES)
    updated: Moment | None = None

    def precedence(self) -> tuple[Any, ...]:
        """The later one, then the one with fewer slots."""
        return order_moment(self.updated), -len(self.slots)
