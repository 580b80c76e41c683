"""Our own file formats, where no public one exists; ``sas schema NAME`` prints each as JSON Schema.

One JSON object a line (JSON Lines); a CSV with the same column names is accepted for the flat
ones, lists separated by a space. Instants carry an offset, days are plain dates in the zone of
the place.
"""

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    HttpUrl,
    StringConstraints,
    model_validator,
)

from mappings.hours import span_minutes

RppsText = Annotated[str, StringConstraints(pattern=r"^\d{11}$")]
FinessText = Annotated[str, StringConstraints(pattern=r"^(\d{2}|2[AB])\d{7}$")]
SiretText = Annotated[str, StringConstraints(pattern=r"^\d{14}$")]
IdnstText = Annotated[str, StringConstraints(pattern=r"^[0134][0-9A-Z]{9,14}$")]
InseeText = Annotated[str, StringConstraints(pattern=r"^(\d{2}|2[AB])\d{3}$")]
DepartmentText = Annotated[str, StringConstraints(pattern=r"^(\d{2,3}|2[AB])$")]
PhoneText = Annotated[str, StringConstraints(min_length=2, max_length=40)]
ShortText = Annotated[str, StringConstraints(min_length=1, max_length=200)]
ClockTime = Annotated[str, StringConstraints(pattern=r"^([01]\d|2[0-3]):[0-5]\d$|^24:00$")]
Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun", "holiday"]


def _check_span(span: tuple[str, str]) -> tuple[str, str]:
    """An interval that opens nothing would be lost without a word."""
    if span_minutes(*span) is None:
        raise ValueError(
            "opens and closes at the same time: write 00:00-24:00 for a whole day, "
            "20:00-02:00 for a night, and leave out a day that is closed"
        )
    return span


Hours = dict[Weekday, list[Annotated[tuple[ClockTime, ClockTime], AfterValidator(_check_span)]]]
"""Opening intervals of each weekday, local time of the place: ``{"mon": [["08:00", "12:00"]]}``.

``["20:00", "02:00"]`` closes on the next day, ``["00:00", "00:00"]`` is a whole day. ``holiday``
holds the hours of public holidays; without it, ``mappings.hours.add_holiday_hours`` decides.
"""

MAX_ABSENCES = 3


class Format(BaseModel):
    """Base of every format: an unknown field is an error, so that a typo is seen."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class AddressFormat(Format):
    """A postal address; ``insee`` wins over ``city`` when both are given."""

    line: str = Field("", max_length=200)
    postal_code: str = Field(pattern=r"^\d{5}$")
    city: ShortText
    insee: InseeText | None = None


class PointFormat(Format):
    """A WGS84 point in degrees; zero is a coordinate."""

    lat: float = Field(ge=-90, le=90)
    lon: float = Field(ge=-180, le=180)


class CptsMemberPlace(Format):
    """A member of a CPTS at one place: the practice is the RPPS-rang or any IDNST."""

    rpps: RppsText
    idnst: IdnstText


class Cpts(Format):
    """A territorial community of professionals: the communes it covers, its members' places."""

    finess: FinessText
    name: ShortText
    communes: list[InseeText] = Field(default_factory=list, max_length=1500)
    phones: list[PhoneText] = Field(default_factory=list, max_length=10)
    members: list[CptsMemberPlace] = Field(default_factory=list)
    address: AddressFormat | None = None
    additional_info: str = Field("", max_length=1000)


class SosPoint(Format):
    """A fixed consultation point of an SOS Médecins association."""

    id: ShortText
    name: ShortText
    address: AddressFormat
    point: PointFormat | None = None
    phone: PhoneText | None = None
    hours: Hours = Field(default_factory=dict)


class SosAssociation(Format):
    """An SOS Médecins association, known by its SIRET, with its points and its doctors."""

    siret: SiretText
    name: ShortText
    points: list[SosPoint] = Field(min_length=1)
    doctors: list[RppsText] = Field(default_factory=list)


class Circle(Format):
    """An area around a point; ``km`` is its radius."""

    lat: float = Field(ge=-90, le=90)
    lon: float = Field(ge=-180, le=180)
    km: float = Field(gt=0, le=500)


class Solution(Format):
    """A marketplace offer: who it can send, over which territory, and where to ask for it."""

    key: Annotated[str, StringConstraints(pattern=r"^[a-z0-9-]{1,60}$")]
    editor: Annotated[str, StringConstraints(pattern=r"^[a-z0-9-]{1,60}$")]
    name: ShortText
    link: HttpUrl
    professions: list[str] = Field(default_factory=list)
    specialties: list[str] = Field(default_factory=list)
    departments: list[DepartmentText] = Field(default_factory=list)
    communes: list[InseeText] = Field(default_factory=list)
    circle: Circle | None = None
    consultation: list[Literal["AMB", "HH", "VR"]] = Field(default_factory=list)
    phone: PhoneText | None = None
    description: str = Field("", max_length=1000)
    enabled: bool = True

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
    locations: list[IdnstText] = Field(default_factory=list)
    editor_disabled: bool = False
    reorientation: bool = False
    additional_info: str = Field("", max_length=1000)
    updated: datetime | None = None

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
    practitioner_count: int = Field(0, ge=0)
    hours: Hours = Field(default_factory=dict)
    maternity_level: Literal["1", "2A", "2B", "3"] | None = None
    emergency: bool = False
    additional_info: str = Field("", max_length=1000)
    updated: datetime | None = None

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

    start: date
    end: date

    @model_validator(mode="after")
    def in_order(self) -> "DayRange":
        """An absence ends on or after the day it starts."""
        if self.end < self.start:
            raise ValueError("end is before start")
        return self


class Absence(Format):
    """The absences of one professional at one place, or of one structure (F034 to F037)."""

    rpps: RppsText | None = None
    finess: FinessText | None = None
    idnst: IdnstText | None = None
    always: bool = False
    ranges: list[DayRange] = Field(default_factory=list, max_length=MAX_ABSENCES)

    @model_validator(mode="after")
    def somebody(self) -> "Absence":
        """An absence names a professional (at ``idnst``, or everywhere) or a structure."""
        if (self.rpps is None) == (self.finess is None):
            raise ValueError("give rpps or finess, one of them")
        return self


class LrmEntry(Format):
    """A dispatch software allowed to link to a search: its assignment authority."""

    origin: ShortText
    name: ShortText
    active: bool = True


FORMATS: dict[str, type[Format]] = {
    "cpts": Cpts,
    "sos": SosAssociation,
    "solutions": Solution,
    "participation": ParticipationFormat,
    "structures": StructureSettings,
    "absences": Absence,
    "lrm": LrmEntry,
}
