"""Our own file formats, where no public one exists; ``sas schema NAME`` prints each as JSON Schema.

One JSON object a line (JSON Lines); a CSV with the same column names is accepted for the flat
ones, lists separated by a space. Instants carry an offset, days are plain dates in the zone of
the place.
"""

from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    HttpUrl,
    StringConstraints,
    UrlConstraints,
    model_validator,
)
from pydantic_core import PydanticCustomError

from mappings.bounds import (
    CODE,
    COMMUNES,
    DAYS,
    FEW,
    FREE_TEXT,
    IDENTIFIER,
    INSTANTS,
    LATITUDE,
    LONGITUDE,
    MANY,
    NAME,
    PHONE,
    PRACTITIONERS,
    RADIUS_KM,
    SOME,
    URL,
    DayBound,
    InstantBound,
    TextBound,
)
from mappings.days import require_day
from mappings.hours import span_minutes


def _within(bound: TextBound | DayBound | InstantBound) -> Callable[[Any], Any]:
    """A validator that refuses a value beyond its bound, with the limit."""

    def check(value: Any) -> Any:
        if not bound.holds(value):
            raise PydanticCustomError("out_of_bounds", bound.limit)
        return value

    return check


def _in_years(value: datetime) -> datetime:
    """A local time is compared as UTC: within a day of the bound, nothing depends on it."""
    aware = value if value.tzinfo else value.replace(tzinfo=UTC)
    _within(INSTANTS)(aware)
    return value


RppsText = Annotated[str, StringConstraints(pattern=r"^[0-9]{11}$")]
FinessText = Annotated[str, StringConstraints(pattern=r"^([0-9]{2}|2[AB])[0-9]{7}$")]
SiretText = Annotated[str, StringConstraints(pattern=r"^[0-9]{14}$")]
IdnstText = Annotated[str, StringConstraints(pattern=r"^[0134][0-9A-Z]{9,14}$")]
InseeText = Annotated[str, StringConstraints(pattern=r"^([0-9]{2}|2[AB])[0-9]{3}$")]
DepartmentText = Annotated[str, StringConstraints(pattern=r"^([0-9]{2,3}|2[AB])$")]
KeyText = Annotated[str, StringConstraints(pattern=r"^[a-z0-9-]{1,60}$")]
CodeText = Annotated[str, StringConstraints(max_length=CODE.longest)]
PhoneText = Annotated[str, StringConstraints(min_length=2, max_length=PHONE.longest)]
ShortText = Annotated[str, StringConstraints(min_length=1, max_length=NAME.longest)]
LongText = Annotated[str, StringConstraints(max_length=FREE_TEXT.longest)]
IdText = Annotated[
    str,
    StringConstraints(min_length=1, max_length=IDENTIFIER.longest),
    AfterValidator(_within(IDENTIFIER)),
]
"""An identifier that its source chose: also bounded in bytes, as it becomes one of the index."""
Link = Annotated[HttpUrl, UrlConstraints(max_length=URL.longest, allowed_schemes=["http", "https"])]
Day = Annotated[
    date,
    BeforeValidator(require_day),
    AfterValidator(_within(DAYS)),
    Field(description=f"A day {DAYS.limit}."),
]
Moment = Annotated[
    datetime, AfterValidator(_in_years), Field(description=f"An instant {INSTANTS.limit}.")
]
Latitude = Annotated[float, Field(ge=LATITUDE.least, le=LATITUDE.greatest)]
Longitude = Annotated[float, Field(ge=LONGITUDE.least, le=LONGITUDE.greatest)]
ClockTime = Annotated[str, StringConstraints(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$|^24:00$")]
Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun", "holiday"]


def _check_span(span: tuple[str, str]) -> tuple[str, str]:
    """An interval that opens nothing would be lost without a word."""
    if span_minutes(*span) is None:
        raise ValueError(
            "opens and closes at the same time: write 00:00-24:00 for a whole day, "
            "20:00-02:00 for a night, and leave out a day that is closed"
        )
    return span


Span = Annotated[tuple[ClockTime, ClockTime], AfterValidator(_check_span)]
Hours = dict[Weekday, Annotated[list[Span], Field(max_length=FEW.most)]]
"""Opening intervals of each weekday, local time of the place: ``{"mon": [["08:00", "12:00"]]}``.

``["20:00", "02:00"]`` closes on the next day, ``["00:00", "00:00"]`` is a whole day. ``holiday``
holds the hours of public holidays; without it, ``mappings.hours.add_holiday_hours`` decides.
"""

Communes = Annotated[list[InseeText], Field(max_length=SOME.most)]

MAX_ABSENCES = 3


class Format(BaseModel):
    """Base of every format: an unknown field is an error, so that a typo is seen."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    def precedence(self) -> tuple[Any, ...]:
        """What decides between two lines of one key: the highest counts, whatever their order.

        Equal ones are decided by their content.
        """
        return ()


class AddressFormat(Format):
    """A postal address; ``insee`` wins over ``city`` when both are given."""

    line: str = Field("", max_length=NAME.longest)
    postal_code: str = Field(pattern=r"^[0-9]{5}$")
    city: ShortText
    insee: InseeText | None = None


class PointFormat(Format):
    """A WGS84 point in degrees; zero is a coordinate."""

    lat: Latitude
    lon: Longitude


class CptsMemberPlace(Format):
    """A member of a CPTS at one place: the practice is the RPPS-rang or any IDNST."""

    rpps: RppsText
    idnst: IdnstText


class Cpts(Format):
    """A territorial community of professionals: the communes it covers, its members' places."""

    finess: FinessText
    name: ShortText
    communes: Communes = Field(default_factory=list)
    phones: list[PhoneText] = Field(default_factory=list, max_length=FEW.most)
    members: list[CptsMemberPlace] = Field(default_factory=list, max_length=MANY.most)
    address: AddressFormat | None = None
    additional_info: LongText = ""

    def precedence(self) -> tuple[Any, ...]:
        """The fuller one: more communes, then more members."""
        return len(self.communes), len(self.members)


class SosPoint(Format):
    """A fixed consultation point of an SOS Médecins association."""

    id: IdText
    name: ShortText
    address: AddressFormat
    point: PointFormat | None = None
    phone: PhoneText | None = None
    hours: Hours = Field(default_factory=dict)

    def precedence(self) -> tuple[Any, ...]:
        """The fuller one: with hours, with a phone, with a point."""
        return bool(self.hours), self.phone is not None, self.point is not None


class SosAssociation(Format):
    """An SOS Médecins association, known by its SIRET, with its points and its doctors."""

    siret: SiretText
    name: ShortText
    points: list[SosPoint] = Field(min_length=1, max_length=SOME.most)
    doctors: list[RppsText] = Field(default_factory=list, max_length=MANY.most)

    def precedence(self) -> tuple[Any, ...]:
        """The fuller one: more points, then more doctors."""
        return len(self.points), len(self.doctors)


class Circle(Format):
    """An area around a point; ``km`` is its radius."""

    lat: Latitude
    lon: Longitude
    km: float = Field(gt=RADIUS_KM.least, le=RADIUS_KM.greatest)


class Solution(Format):
    """A marketplace offer: who it can send, over which territory, and where to ask for it."""

    key: KeyText
    editor: KeyText
    name: ShortText
    link: Link
    professions: list[CodeText] = Field(default_factory=list, max_length=SOME.most)
    specialties: list[CodeText] = Field(default_factory=list, max_length=SOME.most)
    departments: list[DepartmentText] = Field(default_factory=list, max_length=SOME.most)
    communes: list[InseeText] = Field(default_factory=list, max_length=COMMUNES.most)
    circle: Circle | None = None
    consultation: list[Literal["AMB", "HH", "VR"]] = Field(
        default_factory=list, max_length=FEW.most
    )
    phone: PhoneText | None = None
    description: LongText = ""
    enabled: bool = True

    def precedence(self) -> tuple[Any, ...]:
        """One that its editor switched off before one that is on: a refusal holds."""
        return (not self.enabled,)

    @model_validator(mode="after")
    def covers_something(self) -> "Solution":
        """A solution without territory would never be shown."""
        if not (self.departments or self.communes or self.circle):
            raise ValueError("give departments, communes or a circle")
        return self


class ParticipationFormat(Format):
    """A professional's settings (F110): takes part or not, through what, and at which places.

    ``via`` as exchanged: 1 own practice, 2 CPTS, 3 MSP, 4 SOS Médecins. ``locations`` are the
    IDNST of the places attached to the CPTS.
    """

    rpps: RppsText
    participation: bool
    via: Literal[1, 2, 3, 4] | None = None
    finess: FinessText | None = None
    siret: SiretText | None = None
    locations: list[IdnstText] = Field(default_factory=list, max_length=SOME.most)
    editor_disabled: bool = False
    reorientation: bool = False
    additional_info: LongText = ""
    updated: Moment | None = None

    def precedence(self) -> tuple[Any, ...]:
        """The later one; without an instant, or at the same one, a refusal holds."""
        return order_moment(self.updated), not self.participation

    @model_validator(mode="after")
    def via_is_complete(self) -> "ParticipationFormat":
        """Participation needs its via, and each via its structure."""
        if not self.participation:
            return self
        if self.via is None:
            raise ValueError("participation needs via: 1, 2, 3 or 4")
        if self.via in (2, 3) and self.finess is None:
            raise ValueError("via 2 (CPTS) and 3 (MSP) need finess")
        if self.via == 2 and not self.locations:  # noqa: PLR2004
            raise ValueError("via 2 (CPTS) needs at least one place in locations")
        if self.via == 4 and self.siret is None:  # noqa: PLR2004
            raise ValueError("via 4 (SOS Médecins) needs siret")
        return self


class StructureSettings(Format):
    """Settings of a health centre (FINESS) or of an SOS association (SIRET), and its extras."""

    finess: FinessText | None = None
    siret: SiretText | None = None
    participation: bool = False
    hours_available: bool = False
    practitioner_count: int = Field(0, ge=int(PRACTITIONERS.least), le=int(PRACTITIONERS.greatest))
    hours: Hours = Field(default_factory=dict)
    maternity_level: Literal["1", "2A", "2B", "3"] | None = None
    emergency: bool = False
    additional_info: LongText = ""
    updated: Moment | None = None

    def precedence(self) -> tuple[Any, ...]:
        """The later one; without an instant, or at the same one, a refusal holds."""
        return order_moment(self.updated), not self.participation

    @model_validator(mode="after")
    def one_key(self) -> "StructureSettings":
        """Exactly one of FINESS and SIRET names the structure."""
        if (self.finess is None) == (self.siret is None):
            raise ValueError("give finess or siret, one of them")
        if self.participation and not self.hours_available:
            raise ValueError("participation needs hours_available")
        if self.participation and self.finess and self.practitioner_count == 0:
            raise ValueError("participation of a health centre needs practitioner_count")
        return self


class DayRange(Format):
    """Whole days, both included, in the zone of the place."""

    start: Day
    end: Day

    @model_validator(mode="after")
    def in_order(self) -> "DayRange":
        """An absence ends on or after the day it starts."""
        if self.end < self.start:
            raise PydanticCustomError("days_in_disorder", "end is before start")
        return self


class Absence(Format):
    """The absences of one professional at one place, or of one structure (F034 to F037)."""

    rpps: RppsText | None = None
    finess: FinessText | None = None
    idnst: IdnstText | None = None
    always: bool = False
    ranges: list[DayRange] = Field(default_factory=list, max_length=MAX_ABSENCES)

    @property
    def who(self) -> str:
        """RPPS or FINESS of who is absent."""
        return self.rpps or self.finess or ""

    def covers(self, day: date) -> bool:
        """True on a day of absence, by the clock of the place."""
        return self.always or any(days.start <= day <= days.end for days in self.ranges)

    def precedence(self) -> tuple[Any, ...]:
        """The longer absence: without an end, then the one that ends last, then by its days."""
        days = sum((one.end - one.start).days + 1 for one in self.ranges)
        return self.always, max((one.end for one in self.ranges), default=DAYS.first), days

    @model_validator(mode="after")
    def somebody(self) -> "Absence":
        """An absence names a professional (at ``idnst``, or everywhere) or a structure."""
        if (self.rpps is None) == (self.finess is None):
            raise ValueError("give rpps or finess, one of them")
        return self


def group_absences(absences: Iterable[Absence]) -> dict[str, tuple[Absence, ...]]:
    """Absences by RPPS or FINESS, of all their places."""
    groups: dict[str, list[Absence]] = {}
    for absence in absences:
        groups.setdefault(absence.who, []).append(absence)
    return {who: tuple(held) for who, held in groups.items()}


class LrmEntry(Format):
    """A dispatch software allowed to link to a search: its assignment authority."""

    origin: ShortText
    name: ShortText
    active: bool = True

    def precedence(self) -> tuple[Any, ...]:
        """One switched off before one that is on: a refusal holds."""
        return (not self.active,)


def rank_record(record: Format) -> tuple[Any, ...]:
    """Rank of one of several lines of a key: by ``precedence``, then by content."""
    return *record.precedence(), record.model_dump_json()


def order_moment(moment: datetime | None) -> datetime:
    """For comparisons: no instant is before any, a local time is as if it were UTC."""
    if moment is None:
        return INSTANTS.first
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


FORMATS: dict[str, type[Format]] = {
    "cpts": Cpts,
    "sos": SosAssociation,
    "solutions": Solution,
    "participation": ParticipationFormat,
    "structures": StructureSettings,
    "absences": Absence,
    "lrm": LrmEntry,
}
