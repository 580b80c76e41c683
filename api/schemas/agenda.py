"""The SAS agenda of a professional as it is sent and answered."""

from datetime import date, datetime
from typing import Annotated

from pydantic import Field

from api.schemas.cards import Shape
from api.schemas.declarations import DeclarationBody, Kept
from mappings.agenda.formats import (
    AgendaClock,
    Consultations,
    DayNames,
    ShownType,
    default_consultation,
)
from mappings.bounds import SEATS
from mappings.formats import Day, IdnstText

Seats = Annotated[int, Field(ge=1, le=int(SEATS.greatest))]


class AgendaSlotBody(DeclarationBody):
    """Hours to open, by the clock of the place: once on `day`, or each week from it on (F105)."""

    idnst: IdnstText | None = None
    """IDNST of the place of practice; needless where there is one."""
    day: Day
    """The day, or the first one that may be meant."""
    weekdays: DayNames = Field(default_factory=list)
    """Each week on these days; none: once."""
    until: Day | None = None
    """The last day that may be meant; null: no end."""
    start: AgendaClock
    """By quarter of an hour, `08:15`."""
    end: AgendaClock
    """On the same day, `24:00` at the latest."""
    seats: Seats | None = None
    """A range for so many patients; null: one appointment."""
    consultation: Consultations = Field(default_factory=default_consultation)
    """At the practice, remote, at the patient's home."""


class AgendaSlotChange(DeclarationBody):
    """What changes of a slot; a member left out stays as it is."""

    day: Day | None = None
    weekdays: DayNames | None = None
    until: Day | None = None
    """Null: no end."""
    start: AgendaClock | None = None
    end: AgendaClock | None = None
    seats: Seats | None = None
    """Null: one appointment."""
    consultation: Consultations | None = None


class KeptAgendaSlot(Shape):
    """A slot as it is kept; `id` names it, whatever changes."""

    id: str
    idnst: str
    timezone: str
    """IANA zone of the place."""
    day: date
    weekdays: list[str]
    until: date | None = None
    start: str
    end: str
    seats: int | None = None
    consultation: list[str]
    types: list[ShownType]
    exceptions: list[date]
    """Days on which it does not take place."""


class AgendaOccurrence(Shape):
    """A slot on one day."""

    id: str
    slot: str
    start: datetime
    end: datetime
    seats: int
    seats_left: int
    absent: bool
    """True during an absence: it shows in no search."""


class KeptAgenda(Kept):
    """The agenda of a professional, and its occurrences of the days asked."""

    rpps: str
    slots: list[KeptAgendaSlot]
    occurrences: list[AgendaOccurrence]
    """Of 14 days from today on where no days are asked."""
